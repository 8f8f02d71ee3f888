import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PortholeError } from '../../../src/contract/errors.ts'
import { formatLink, type Link, parseLink } from '../../../src/contract/link.ts'

const taskId = '4f1c9ad2b7e84c0e9d7a1f6b2c3d4e5f'
const place = { accountId: '111122223333', region: 'eu-west-1', clusterName: 'storefront', taskId }

const name = fc.stringMatching(/^[\w-]{1,40}$/)
const anyPlace = {
  accountId: fc.stringMatching(/^\d{12}$/),
  region: fc.constantFrom('eu-west-1', 'us-gov-east-1', 'cn-north-1', 'ap-southeast-3'),
  clusterName: name,
  taskId: fc.stringMatching(/^[0-9a-f]{32}$/),
}
const anyLink: fc.Arbitrary<Link> = fc.oneof(
  fc.record({ kind: fc.constant('task' as const), ...anyPlace }),
  fc.record({ kind: fc.constant('shell' as const), ...anyPlace, containerName: name }),
)

describe('porthole:// links', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(anyLink, (link) => {
        expect(parseLink(formatLink(link))).toEqual(link)
      }),
    )
  })

  it('name a task, or a container in it', () => {
    expect(parseLink(`porthole://task/111122223333/eu-west-1/storefront/${taskId}`)).toEqual({
      kind: 'task',
      ...place,
    })
    expect(parseLink(`porthole://shell/111122223333/eu-west-1/storefront/${taskId}/nginx`)).toEqual({
      kind: 'shell',
      ...place,
      containerName: 'nginx',
    })
  })

  it.each([
    '',
    'porthole://',
    'https://task/111122223333/eu-west-1/storefront/4f1c9ad2b7e84c0e9d7a1f6b2c3d4e5f',
    `porthole://run/111122223333/eu-west-1/storefront/${taskId}`,
    `porthole://task/111122223333/eu-west-1/storefront/${taskId}/nginx`,
    `porthole://task/111122223333/eu-west-1/storefront/${taskId}?command=rm`,
    `porthole://task/111122223333/eu-west-1/storefront/${taskId}#x`,
    `porthole://task/11112222/eu-west-1/storefront/${taskId}`,
    `porthole://task/111122223333/eu-west-1/..%2F..%2Fetc/${taskId}`,
    `porthole://shell/111122223333/eu-west-1/storefront/${taskId}`,
    `porthole://shell/111122223333/eu-west-1/storefront/${taskId}/$(reboot)`,
    `porthole://shell/111122223333/eu-west-1/storefront/${taskId}/nginx/more`,
    'javascript:alert(1)',
    `porthole://task/${'1'.repeat(5000)}`,
  ])('are refused as a whole when anything is off: %j', (text) => {
    expect(() => parseLink(text)).toThrow(PortholeError)
  })

  it('are refused with a PortholeError, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((tail) => `porthole://${tail}`),
        ),
        (text) => {
          try {
            parseLink(text)
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(PortholeError)
          }
        },
      ),
    )
  })
})
