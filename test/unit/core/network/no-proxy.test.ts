import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseNoProxy } from '../../../../src/core/network/no-proxy.ts'

describe('NO_PROXY', () => {
  test.each([
    ['*', 'ecs.eu-west-1.amazonaws.com', 443, true],
    ['amazonaws.com', 'ecs.eu-west-1.amazonaws.com', 443, true],
    ['.amazonaws.com', 'ecs.eu-west-1.amazonaws.com', 443, true],
    ['.amazonaws.com', 'amazonaws.com', 443, true],
    ['*.amazonaws.com', 'ecs.eu-west-1.amazonaws.com', 443, true],
    ['amazonaws.com', 'notamazonaws.com', 443, false],
    ['amazonaws.com', 'amazonaws.com.example.org', 443, false],
    ['AmazonAWS.com.', 'ECS.eu-west-1.amazonaws.COM.', 443, true],
    ['example.org, amazonaws.com', 'sts.amazonaws.com', 443, true],
    ['example.org amazonaws.com', 'sts.amazonaws.com', 443, true],
    ['amazonaws.com:443', 'sts.amazonaws.com', 443, true],
    ['amazonaws.com:443', 'sts.amazonaws.com', 8443, false],
    ['10.0.0.0/8', '10.1.2.3', 443, true],
    ['10.0.0.0/8', '11.1.2.3', 443, false],
    ['10.0.0.0/8', '10.example.com', 443, false],
    ['192.168.1.7', '192.168.1.7', 443, true],
    ['192.168.1.7', '192.168.1.70', 443, false],
    ['192.168.1.7:8080', '192.168.1.7', 443, false],
    ['fd00::/8', 'fd12:3456::1', 443, true],
    ['[::1]:443', '::1', 443, true],
    ['::1', '0:0:0:0:0:0:0:1', 443, true],
    ['10.0.0.0/33', '10.1.2.3', 443, false],
    ['10.0.0.0/', '10.1.2.3', 443, false],
    ['ama*.com', 'amazonaws.com', 443, false],
    ['', 'sts.amazonaws.com', 443, false],
    [',, ,', 'sts.amazonaws.com', 443, false],
  ])('%j with %s:%i', (text, host, port, expected) => {
    expect(parseNoProxy(text).match({ host, port }) !== undefined).toBe(expected)
  })

  test('says which entry it was', () => {
    const rules = parseNoProxy('example.org,.Amazonaws.com')
    expect(rules.match({ host: 'sts.amazonaws.com', port: 443 })).toBe('.Amazonaws.com')
  })

  test('takes any text without failing, and never excepts a host that no entry ends with', () => {
    const host = 'ecs.eu-west-1.amazonaws.com'
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const entry = parseNoProxy(text).match({ host, port: 443 })
        if (entry === undefined || entry === '*') return
        const name = entry
          .toLowerCase()
          .replace(/:\d+$/, '')
          .replace(/^\*?\./, '')
          .replace(/\.$/, '')
        expect(host.endsWith(name)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('excepts every name under an entry and the entry itself', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    fc.assert(
      fc.property(
        fc.array(label, { minLength: 1, maxLength: 4 }),
        fc.array(label, { maxLength: 3 }),
        (zone, under) => {
          const host = [...under, ...zone].join('.')
          expect(parseNoProxy(zone.join('.')).match({ host, port: 443 })).toBeDefined()
          expect(parseNoProxy(zone.join('.')).match({ host: `x${host}`, port: 443 }) !== undefined).toBe(
            under.length > 0,
          )
        },
      ),
    )
  })
})
