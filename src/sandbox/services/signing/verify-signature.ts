import { timingSafeEqual } from 'node:crypto'
import { AwsError } from '../http/aws-error.ts'
import type { AccessKey } from '../identity/access-keys.ts'
import {
  type CredentialScope,
  canonicalRequest,
  sha256Hex,
  signatureOf,
  signingAlgorithm,
  stringToSign,
} from './canonical-request.ts'

/** AWS accepts a signature five minutes before and after its own time. */
const maximumClockSkew = 5 * 60_000
/** A presigned URL lives for seven days at most. */
const maximumPresignedSeconds = 7 * 24 * 3600

/**
 * S3 takes it in place of the body's hash, where TLS vouches for the body:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
const unsignedPayload = 'UNSIGNED-PAYLOAD'

export interface SignedRequest {
  method: string
  /** Path as sent, still encoded. */
  path: string
  /** Query as sent, without the question mark. */
  rawQuery: string
  headers: Record<string, string | string[] | undefined>
  body: Uint8Array
}

export interface VerifierOptions {
  /** Signing names that may stand in the credential scope, e.g. `ecs`. */
  service: string
  /** Regions that exist; the one in the credential scope says where the call goes. */
  regions: readonly string[]
  now: number
  /** The key of an id, valid or expired. */
  findKey: (accessKeyId: string) => AccessKey | undefined
  /** A fault: treat every temporary key as expired. */
  expireAll?: boolean
}

export interface VerifiedCaller {
  key: AccessKey
  region: string
}

interface Signature {
  scope: CredentialScope
  signedHeaders: string[]
  signature: string
  /** YYYYMMDDTHHMMSSZ */
  date: string
  sessionToken: string | undefined
  payloadHash: string
  /** Seconds a presigned URL is good for; absent for the header form. */
  expires: number | undefined
}

/**
 * Rebuilds and compares an AWS Signature Version 4, from the Authorization
 * header or from a presigned query, and says who signed.
 * @throws {AwsError} named as the JSON services name them: MissingAuthenticationTokenException,
 * IncompleteSignatureException, UnrecognizedClientException, ExpiredTokenException,
 * InvalidSignatureException. The query protocol has names of its own for the same refusals.
 */
export function verifySignature(request: SignedRequest, options: VerifierOptions): VerifiedCaller {
  const isS3 = options.service === 's3'
  const given = readSignature(request, isS3)
  const key = findUsableKey(given, options)
  checkScope(given, options)
  checkTime(given, options.now)
  if (!isS3 || given.payloadHash !== unsignedPayload) checkPayload(given, request)
  checkSignature(given, request, key, isS3)
  return { key, region: given.scope.region }
}

function readSignature(request: SignedRequest, isS3: boolean): Signature {
  const query = new URLSearchParams(request.rawQuery)
  if (query.has('X-Amz-Signature')) return readPresigned(query, isS3)
  const header = single(request.headers.authorization)
  if (header === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  return readHeader(header, request)
}

function readHeader(header: string, request: SignedRequest): Signature {
  const [algorithm, ...rest] = header.split(' ')
  if (algorithm !== signingAlgorithm) {
    throw new AwsError('IncompleteSignatureException', `Unsupported AWS 'algorithm': '${algorithm}'.`)
  }
  const fields = new Map<string, string>()
  for (const pair of rest.join(' ').split(',')) {
    const equals = pair.indexOf('=')
    if (equals === -1) {
      const quoted = `'${pair.trim()}' not a valid key=value pair (missing equal-sign) in Authorization header`
      throw new AwsError('IncompleteSignatureException', `${quoted}: '${header}'.`)
    }
    fields.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
  }
  const date = single(request.headers['x-amz-date'])
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name))
  if (missing.length > 0 || date === undefined) {
    const needs = missing.map((name) => `Authorization header requires '${name}' parameter.`)
    if (date === undefined) {
      needs.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    }
    throw new AwsError('IncompleteSignatureException', `${needs.join(' ')} Authorization=${algorithm}`)
  }
  return {
    scope: readScope(fields.get('Credential') ?? ''),
    signedHeaders: (fields.get('SignedHeaders') ?? '').split(';'),
    signature: fields.get('Signature') ?? '',
    date,
    sessionToken: single(request.headers['x-amz-security-token']),
    payloadHash: single(request.headers['x-amz-content-sha256']) ?? sha256Hex(request.body),
    expires: undefined,
  }
}

function readPresigned(query: URLSearchParams, isS3: boolean): Signature {
  const required = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-SignedHeaders',
    'X-Amz-Expires',
  ]
  const missing = required.filter((name) => !query.get(name))
  if (missing.length > 0) {
    const needs = missing.map((name) => `AWS query-string parameters must include '${name}'.`)
    throw new AwsError(
      'IncompleteSignatureException',
      `${needs.join(' ')} Re-examine the query-string parameters.`,
    )
  }
  const expires = Number(query.get('X-Amz-Expires'))
  if (!Number.isInteger(expires) || expires < 0 || expires > maximumPresignedSeconds) {
    throw new AwsError('IncompleteSignatureException', 'X-Amz-Expires must be between 0 and 604800 seconds.')
  }
  return {
    scope: readScope(query.get('X-Amz-Credential') ?? ''),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    payloadHash: query.get('X-Amz-Content-Sha256') ?? (isS3 ? unsignedPayload : sha256Hex('')),
    expires,
  }
}

function readScope(credential: string): CredentialScope {
  const [accessKeyId, date, region, service, terminator, ...extra] = credential.split('/')
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request' || extra.length > 0) {
    throw new AwsError(
      'IncompleteSignatureException',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'.`,
    )
  }
  return { accessKeyId, date, region, service }
}

function findUsableKey(given: Signature, options: VerifierOptions): AccessKey {
  const key = options.findKey(given.scope.accessKeyId)
  if (key === undefined || !sameSecret(key.sessionToken ?? '', given.sessionToken ?? '')) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  }
  // Keys of IAM users do not expire, not even by a fault.
  if (key.expiresAt !== undefined && (options.expireAll || key.expiresAt <= options.now)) {
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
  }
  return key
}

function checkScope(given: Signature, options: VerifierOptions): void {
  if (given.scope.service !== options.service) {
    throw invalidSignature(`Credential should be scoped to correct service: '${options.service}'. `)
  }
  if (!options.regions.includes(given.scope.region)) {
    throw invalidSignature('Credential should be scoped to a valid region. ')
  }
  if (!given.date.startsWith(given.scope.date)) {
    throw invalidSignature(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${given.scope.date}' != '${given.date.slice(0, 8)}', from '${given.date}'.`,
    )
  }
}

function checkTime(given: Signature, now: number): void {
  const signedAt = parseBasicDate(given.date)
  if (signedAt === undefined) {
    throw new AwsError(
      'IncompleteSignatureException',
      `Date must be in ISO-8601 'basic format'. Got '${given.date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  }
  const lifetime = given.expires === undefined ? maximumClockSkew : given.expires * 1000
  if (signedAt + lifetime < now) {
    const oldest = formatBasicDate(now - lifetime)
    throw invalidSignature(
      `Signature expired: ${given.date} is now earlier than ${oldest} (${formatBasicDate(now)} - ${lifetime / 60_000} min.)`,
    )
  }
  if (signedAt - maximumClockSkew > now) {
    const newest = formatBasicDate(now + maximumClockSkew)
    throw invalidSignature(
      `Signature not yet current: ${given.date} is still later than ${newest} (${formatBasicDate(now)} + 5 min.)`,
    )
  }
}

/** The signature covers the hash only, so the hash has to be held against the body. */
function checkPayload(given: Signature, request: SignedRequest): void {
  if (given.payloadHash !== sha256Hex(request.body)) throw signatureMismatch()
}

function checkSignature(given: Signature, request: SignedRequest, key: AccessKey, isS3: boolean): void {
  if (!given.signedHeaders.includes('host')) {
    throw invalidSignature(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`)
  }
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    rawQuery: request.rawQuery,
    headers: request.headers,
    signedHeaders: given.signedHeaders,
    payloadHash: given.payloadHash,
    isS3,
  })
  const expected = signatureOf(
    key.secretAccessKey,
    given.scope,
    stringToSign(given.date, given.scope, canonical),
  )
  if (!sameSecret(expected, given.signature)) throw signatureMismatch()
}

function signatureMismatch(): AwsError {
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

function invalidSignature(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message)
}

function sameSecret(left: string, right: string): boolean {
  const leftHash = Buffer.from(sha256Hex(left))
  return timingSafeEqual(leftHash, Buffer.from(sha256Hex(right)))
}

function parseBasicDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

function formatBasicDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
