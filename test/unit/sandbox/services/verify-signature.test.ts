import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { HttpRequest } from '@smithy/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AwsError } from '../../../../src/sandbox/services/http/aws-error.ts'
import { AccessKeys, permissionSetPrincipal } from '../../../../src/sandbox/services/identity/access-keys.ts'
import {
  type SignedRequest,
  verifySignature,
} from '../../../../src/sandbox/services/signing/verify-signature.ts'

const now = Date.UTC(2026, 10, 18, 14, 31, 7)
const minute = 60_000
const keys = new AccessKeys()
const principal = permissionSetPrincipal('111122223333', 'PlatformEngineer', 'ana', ['ecs:*'])
const key = keys.issue(principal, now, 60 * minute)

const signer = new SignatureV4({ credentials: key, region: 'eu-west-1', service: 'ecs', sha256: Sha256 })

interface Unsigned {
  method?: string
  path?: string
  query?: Record<string, string>
  body?: string
  at?: number
}

/** A request that the SDK's own signer signed, as the server receives it. */
async function signed({ method = 'POST', path = '/', query = {}, body = '{}', at = now }: Unsigned = {}) {
  const request = await signer.sign(httpRequest(method, path, query, body), { signingDate: new Date(at) })
  return received(request.method, path, query, request.headers, body)
}

async function presigned(query: Record<string, string>, expiresIn = 60): Promise<SignedRequest> {
  const path = '/v1/data-channel/ecs-execute-command-1'
  const request = await signer.presign(httpRequest('GET', path, query, undefined), {
    signingDate: new Date(now),
    expiresIn,
  })
  return received('GET', path, request.query as Record<string, string>, request.headers, '')
}

function httpRequest(
  method: string,
  path: string,
  query: Record<string, string>,
  body: string | undefined,
): HttpRequest {
  const headers = { host: '127.0.0.1:4510' }
  return { method, protocol: 'http:', hostname: '127.0.0.1', port: 4510, path, query, headers, body }
}

function received(
  method: string,
  path: string,
  query: Record<string, string>,
  headers: Record<string, string>,
  body: string,
): SignedRequest {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const rawQuery = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
  return { method, path, rawQuery, headers: Object.fromEntries(lowerCase), body: Buffer.from(body) }
}

function verify(
  request: SignedRequest,
  changes: { now?: number; service?: string; expireAll?: boolean } = {},
) {
  return verifySignature(request, {
    service: 'ecs',
    regions: ['eu-west-1'],
    now,
    findKey: (accessKeyId) => keys.find(accessKeyId),
    ...changes,
  })
}

function refusal(act: () => unknown): AwsError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof AwsError) return thrown
    throw thrown
  }
  throw new Error('The request was accepted.')
}

describe('a signature in the header', () => {
  it('names the caller and the region', async () => {
    const caller = verify(await signed())
    expect(caller.key.principal.arn).toBe(principal.arn)
    expect(caller.region).toBe('eu-west-1')
  })

  it('is accepted for any path and query that the SDK can sign', async () => {
    const segment = fc.string({
      unit: fc.constantFrom('a', '-', '~', '_', '.', '!', "'", '(', '*', ' ', 'é', '%'),
    })
    await fc.assert(
      fc.asyncProperty(segment, fc.dictionary(segment, segment, { maxKeys: 4 }), async (name, query) => {
        const path = `/v1/${encodeURIComponent(`x${name}`)}`
        const safe = Object.fromEntries(Object.entries(query).filter(([each]) => each !== ''))
        expect(verify(await signed({ method: 'GET', path, query: safe, body: '' })).region).toBe('eu-west-1')
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['the body', (request: SignedRequest) => ({ ...request, body: Buffer.from('{"cluster":"other"}') })],
    ['the path', (request: SignedRequest) => ({ ...request, path: '/other' })],
    ['the query', (request: SignedRequest) => ({ ...request, rawQuery: 'a=b' })],
    [
      'a signed header',
      (request: SignedRequest) => ({ ...request, headers: { ...request.headers, host: 'evil' } }),
    ],
  ])('is refused when %s was changed', async (_, change) => {
    const error = refusal(() => verify(change({ ...request })))
    expect(error.code).toBe('InvalidSignatureException')
    expect(error.message).toContain('does not match the signature you provided')
  })

  it('is refused when it is over five minutes old or early', async () => {
    expect(refusal(() => verify(request, { now: now + 5 * minute + 1000 })).message).toMatch(
      'Signature expired: 20261118T143107Z is now earlier than 20261118T143108Z (20261118T143608Z - 5 min.)',
    )
    expect(refusal(() => verify(request, { now: now - 5 * minute - 1000 })).message).toMatch(
      'not yet current',
    )
    expect(verify(request, { now: now + 5 * minute }).region).toBe('eu-west-1')
  })

  it('is refused for another service or an unknown region', async () => {
    expect(refusal(() => verify(request, { service: 'ssm' })).message).toContain("correct service: 'ssm'")
    const elsewhere = verifySignature.bind(undefined, request, {
      service: 'ecs',
      regions: ['us-east-1'],
      now,
      findKey: (id) => keys.find(id),
    })
    expect(refusal(elsewhere).message).toContain('valid region')
  })

  it('is refused for an unknown key, a missing session token and an expired key', async () => {
    const token = { 'x-amz-security-token': undefined }
    expect(refusal(() => verify({ ...request, headers: { ...request.headers, ...token } })).code).toBe(
      'UnrecognizedClientException',
    )
    const unknown = String(request.headers.authorization).replace(key.accessKeyId, 'ASIAUNKNOWN')
    const headers = { ...request.headers, authorization: unknown }
    expect(refusal(() => verify({ ...request, headers })).code).toBe('UnrecognizedClientException')
    const late = await signed({ at: now + 61 * minute })
    expect(refusal(() => verify(late, { now: now + 61 * minute })).code).toBe('ExpiredTokenException')
    expect(refusal(() => verify(request, { expireAll: true })).code).toBe('ExpiredTokenException')
  })

  it('is refused when it is missing or in pieces', () => {
    const without = { ...request, headers: { host: '127.0.0.1' } }
    expect(refusal(() => verify(without)).code).toBe('MissingAuthenticationTokenException')
    const broken = {
      ...request,
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential', host: '127.0.0.1' },
    }
    expect(refusal(() => verify(broken)).code).toBe('IncompleteSignatureException')
  })
})

const request = await signed()

describe('a presigned query', () => {
  it('is accepted until it expires', async () => {
    const url = await presigned({ role: 'publish_subscribe', 'cell-number': 'AAEAAb/+==' })
    expect(verify(url).key.accessKeyId).toBe(key.accessKeyId)
    expect(verify(url, { now: now + minute }).region).toBe('eu-west-1')
    expect(refusal(() => verify(url, { now: now + minute + 1000 })).message).toContain('Signature expired')
  })

  it('is refused when a parameter was changed', async () => {
    const url = await presigned({ role: 'publish_subscribe' })
    const changed = { ...url, rawQuery: url.rawQuery.replace('publish_subscribe', 'publish') }
    expect(refusal(() => verify(changed)).code).toBe('InvalidSignatureException')
  })
})
