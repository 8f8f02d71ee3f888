import type { Exchange } from '../http/exchange.ts'

/** What a request is about, whether the bucket stands in the path or in the host. */
export interface S3Target {
  bucket: string | undefined
  /** Decoded; absent for the bucket itself. */
  key: string | undefined
}

/** S3 calls have no name in them; that they are signed for it is what tells them from others. */
export function isSignedForS3(exchange: Exchange): boolean {
  const { authorization = '' } = exchange.headers
  const credential = exchange.query.get('X-Amz-Credential') ?? ''
  return /\bCredential=[^,]*\/s3\/aws4_request/.test(authorization) || /\/s3\/aws4_request$/.test(credential)
}

/**
 * Both ways of addressing:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function targetOf({ path, headers }: Pick<Exchange, 'path' | 'headers'>): S3Target {
  const inHost = bucketOfHost(headers.host ?? '')
  const rest = path.slice(1)
  if (inHost !== undefined) return { bucket: inHost, key: decoded(rest) }
  const slash = rest.indexOf('/')
  if (slash === -1) return { bucket: decoded(rest), key: undefined }
  return { bucket: decoded(rest.slice(0, slash)), key: decoded(rest.slice(slash + 1)) }
}

/** `<bucket>.localhost`, as clients write it for an endpoint with a name, or below AWS's own hosts. */
function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '')
  return /^(.+)\.(?:localhost|s3(?:[.-][a-z0-9.-]+)?\.amazonaws\.com)$/.exec(name)?.[1]
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
