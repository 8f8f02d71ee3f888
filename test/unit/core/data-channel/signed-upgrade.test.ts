import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkStreamUrl, signUpgrade } from '../../../../src/core/data-channel/signed-upgrade.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session-token' }
const now = Date.UTC(2026, 10, 23, 12, 0, 0)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** SigV4 written down again, so that a mistake in how the signer is used shows. */
function expectedSignature(canonicalQuery: string): string {
  const canonical = [
    'GET',
    '/v1/data-channel/ecs-execute-command-abc',
    canonicalQuery,
    'host:ssmmessages.eu-west-1.amazonaws.com',
    'x-amz-date:20261123T120000Z',
    'x-amz-security-token:session-token',
    '',
    'host;x-amz-date;x-amz-security-token',
    sha256(''),
  ].join('\n')
  const scope = '20261123/eu-west-1/ssmmessages/aws4_request'
  const toSign = ['AWS4-HMAC-SHA256', '20261123T120000Z', scope, sha256(canonical)].join('\n')
  const key = ['eu-west-1', 'ssmmessages', 'aws4_request'].reduce(
    (current, part) => hmac(current, part),
    hmac('AWS4secret', '20261123'),
  )
  return hmac(key, toSign).toString('hex')
}

function sign(url: string) {
  return signUpgrade({ url: new URL(url), region: 'eu-west-1', credentials: async () => credentials, now })
}

const base = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/ecs-execute-command-abc'

describe('the signature of the upgrade', () => {
  test.each([
    ['?role=publish_subscribe', 'role=publish_subscribe'],
    // Sorted and encoded again for the signature; the URL itself goes out as it came.
    ['?role=publish_subscribe&cell-number=AAE%2Bx%3D%3D', 'cell-number=AAE%2Bx%3D%3D&role=publish_subscribe'],
  ])('covers %s', async (search, canonicalQuery) => {
    const headers = await sign(base + search)
    expect(headers['x-amz-date']).toBe('20261123T120000Z')
    expect(headers['x-amz-security-token']).toBe('session-token')
    expect(headers.host).toBeUndefined()
    expect(headers.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/ssmmessages/aws4_request, ' +
        `SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=${expectedSignature(canonicalQuery)}`,
    )
  })

  test('is left out when the URL is signed already, without asking for credentials', async () => {
    const headers = await signUpgrade({
      url: new URL(`${base}?role=publish_subscribe&x-amz-Signature=abc`),
      region: 'eu-west-1',
      credentials: () => Promise.reject(new Error('not needed')),
      now,
    })
    expect(headers).toEqual({})
  })
})

describe('stream URLs', () => {
  test.each([
    'wss://ssmmessages.eu-west-1.amazonaws.com/x',
    'ws://127.0.0.1:80/x',
    'ws://localhost/x',
    'ws://[::1]:1/x',
  ])('%s is accepted', (url) => {
    expect(checkStreamUrl(url).href).toContain(new URL(url).host)
  })

  test.each([
    'ws://ssmmessages.eu-west-1.amazonaws.com/x?secret=1',
    'ws://127.example.com/x',
    'ws://localhost.example.com/x',
    'https://127.0.0.1/x',
    'file:///etc/passwd',
    'nonsense',
    '',
  ])('%j is refused without repeating its query', (url) => {
    expect(() => checkStreamUrl(url)).toThrow(
      expect.objectContaining({ value: expect.objectContaining({ code: 'ENDPOINT_REFUSED' }) }),
    )
    try {
      checkStreamUrl(url)
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('secret=1')
    }
  })
})
