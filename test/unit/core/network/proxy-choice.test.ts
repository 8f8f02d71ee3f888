import { describe, expect, test } from 'vitest'
import { chooseProxy, describeProxy } from '../../../../src/core/network/proxy-choice.ts'

const https = new URL('https://ecs.eu-west-1.amazonaws.com')
const upper = 'http://upper.example:1'
const lower = 'http://lower.example:2'
const all = 'http://all.example:3'

function hostFor(url: URL, environment: Record<string, string>): string | undefined {
  return chooseProxy(url, environment).proxy?.host
}

describe('The choice of a proxy', () => {
  test.each([
    ['nothing set', {}, undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: upper }, 'upper.example'],
    ['https_proxy', { https_proxy: lower }, 'lower.example'],
    ['lower case before upper case', { HTTPS_PROXY: upper, https_proxy: lower }, 'lower.example'],
    ['an empty lower case switches off', { HTTPS_PROXY: upper, https_proxy: '' }, undefined],
    ['ALL_PROXY', { ALL_PROXY: all }, 'all.example'],
    ['all_proxy before ALL_PROXY', { ALL_PROXY: upper, all_proxy: all }, 'all.example'],
    ['the scheme before ALL_PROXY', { ALL_PROXY: all, HTTPS_PROXY: upper }, 'upper.example'],
    ['an empty HTTPS_PROXY before ALL_PROXY', { ALL_PROXY: all, HTTPS_PROXY: '' }, undefined],
    ['HTTP_PROXY is not for https', { HTTP_PROXY: upper }, undefined],
    ['NO_PROXY', { HTTPS_PROXY: upper, NO_PROXY: '.amazonaws.com' }, undefined],
    [
      'no_proxy before NO_PROXY',
      { HTTPS_PROXY: upper, NO_PROXY: '*', no_proxy: 'example.org' },
      'upper.example',
    ],
    ['NO_PROXY for others', { HTTPS_PROXY: upper, NO_PROXY: 'example.org' }, 'upper.example'],
  ])('%s', (_name, environment, expected) => {
    expect(hostFor(https, environment)).toBe(expected)
    expect(hostFor(new URL('wss://ssmmessages.eu-west-1.amazonaws.com/x'), environment)).toBe(expected)
  })

  test.each(['http://127.0.0.1:4566', 'https://localhost:4566', 'ws://[::1]:4566', 'wss://127.9.9.9'])(
    '%s goes through a proxy only when asked to',
    (url) => {
      const environment = { ALL_PROXY: all }
      expect(chooseProxy(new URL(url), environment)).toMatchObject({
        reason: 'this computer itself is reached without a proxy',
      })
      expect(hostFor(new URL(url), { ...environment, PORTHOLE_PROXY_LOOPBACK: 'true' })).toBe('all.example')
    },
  )

  test.each([
    ['proxy.example:8080', 'http://proxy.example:8080'],
    ['http://proxy.example', 'http://proxy.example:80'],
    ['https://proxy.example', 'https://proxy.example:443'],
    ['socks5://proxy.example', 'socks5://proxy.example:1080'],
    ['http://[fd00::1]:3128', 'http://[fd00::1]:3128'],
  ])('%s is %s', (text, expected) => {
    const { proxy } = chooseProxy(https, { HTTPS_PROXY: text })
    expect(proxy && describeProxy(proxy)).toBe(expected)
  })

  test('a login is decoded for the proxy and never described', () => {
    const { proxy } = chooseProxy(https, { HTTPS_PROXY: 'http://ana:p%40ss%zz@proxy.example:1' })
    expect(proxy).toMatchObject({ userName: 'ana', password: 'p%40ss%zz' })
    const { proxy: encoded } = chooseProxy(https, { HTTPS_PROXY: 'http://ana:p%40ss@proxy.example:1' })
    expect(encoded).toMatchObject({ password: 'p@ss' })
    expect(encoded && describeProxy(encoded)).toBe('http://proxy.example:1 (with a login)')
  })

  test.each(['ftp://proxy.example', 'http://', 'http://ana:secret word@:1'])(
    '%s is refused without being quoted',
    (text) => {
      const choose = () => chooseProxy(https, { HTTPS_PROXY: text })
      expect(choose).toThrow(
        expect.objectContaining({ value: expect.objectContaining({ code: 'CONFIG_INVALID' }) }),
      )
      expect(choose).not.toThrow(/secret/)
    },
  )

  test('why there is none is said', () => {
    expect(chooseProxy(https, { HTTP_PROXY: upper }).reason).toContain('HTTP_PROXY is only for http')
    expect(chooseProxy(https, { HTTPS_PROXY: upper, NO_PROXY: 'a.b,amazonaws.com' }).reason).toBe(
      'NO_PROXY has amazonaws.com',
    )
  })
})
