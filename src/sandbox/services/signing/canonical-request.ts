import { createHash, createHmac } from 'node:crypto'

/**
 * The pieces of AWS Signature Version 4, rebuilt from the request as it came in.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

export interface CanonicalParts {
  method: string
  /** Path as sent, still encoded. */
  path: string
  /** Query as sent, without the question mark and with the signature still in it. */
  rawQuery: string
  headers: Record<string, string | string[] | undefined>
  /** Lower-case header names, in the order in which they were signed. */
  signedHeaders: string[]
  payloadHash: string
  /** S3 signs a path as it is, encoded once: in its keys dots and double slashes mean themselves. */
  isS3?: boolean | undefined
}

export interface CredentialScope {
  accessKeyId: string
  /** YYYYMMDD */
  date: string
  region: string
  service: string
}

export const signingAlgorithm = 'AWS4-HMAC-SHA256'

export function canonicalRequest(parts: CanonicalParts): string {
  return [
    parts.method,
    parts.isS3 ? canonicalKeyPath(parts.path) : canonicalPath(parts.path),
    canonicalQuery(parts.rawQuery),
    ...parts.signedHeaders.map((name) => `${name}:${canonicalHeaderValue(parts.headers[name])}`),
    '',
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n')
}

export function stringToSign(date: string, scope: CredentialScope, canonical: string): string {
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/aws4_request`
  return [signingAlgorithm, date, scopeText, sha256Hex(canonical)].join('\n')
}

/** Lower-case hex. */
export function signatureOf(secretAccessKey: string, scope: CredentialScope, text: string): string {
  const dateKey = hmac(`AWS4${secretAccessKey}`, scope.date)
  const regionKey = hmac(dateKey, scope.region)
  const serviceKey = hmac(regionKey, scope.service)
  return hmac(hmac(serviceKey, 'aws4_request'), text).toString('hex')
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Services other than S3 sign the path encoded once more than it was sent, without dot segments. */
function canonicalPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    else kept.push(encodeStrictly(segment))
  }
  const trailingSlash = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${kept.join('/')}${trailingSlash}`
}

function canonicalKeyPath(path: string): string {
  const segments = path.split('/').map((segment) => encodeStrictly(decode(segment)))
  return segments.join('/') || '/'
}

function canonicalQuery(rawQuery: string): string {
  const pairs = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map(splitPair)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encodeStrictly(name), encodeStrictly(value)])
  // By name first: comparing `name=value` as a whole would put `a%21=` before `a=`.
  pairs.sort(([leftName, left], [rightName, right]) => compare(leftName, rightName) || compare(left, right))
  return pairs.map((pair) => pair.join('=')).join('&')
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals === -1) return [decode(pair), '']
  return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
}

/** A stray percent sign is kept as it is: the signature will not match, which is the right answer. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986: everything but the unreserved characters, which encodeURIComponent leaves five short of. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function canonicalHeaderValue(value: string | string[] | undefined): string {
  const values = Array.isArray(value) ? value : [value ?? '']
  return values.map((each) => each.trim().replace(/ +/g, ' ')).join(',')
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
