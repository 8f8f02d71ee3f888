import { PortholeError } from '../../contract/errors.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import { isLoopbackHost } from '../aws/loopback.ts'
import { signRequest } from './sign-request.ts'

/** The message gateway's name in a signature. */
const service = 'ssmmessages'

/**
 * The stream URL, once it is sure that a token may be sent to it.
 * @throws {PortholeError} ENDPOINT_REFUSED for anything but `wss:`, and `ws:` to this computer itself
 */
export function checkStreamUrl(streamUrl: string): URL {
  const url = URL.canParse(streamUrl) ? new URL(streamUrl) : undefined
  if (url?.protocol === 'wss:') return url
  if (url?.protocol === 'ws:' && isLoopbackHost(url.hostname)) return url
  throw new PortholeError({
    code: 'ENDPOINT_REFUSED',
    message: 'The session was offered on an address that is not encrypted.',
    // The query is left out: it may carry a signature.
    detail:
      url === undefined ? 'The stream URL is not a URL.' : `${url.protocol}//${url.host}${url.pathname}`,
    action: 'Check the endpoint settings of this profile. The stream URL has to begin with wss://.',
  })
}

/**
 * Headers of the WebSocket upgrade. Since 2025 AWS wants it signed; a URL that
 * is signed already (any `X-Amz-` parameter) is left alone.
 */
export async function signUpgrade(options: {
  url: URL
  region: string
  credentials: () => Promise<RoleCredentials>
  now: number
}): Promise<Record<string, string>> {
  if (isPresigned(options.url)) return {}
  const headers = await signRequest({
    method: 'GET',
    url: options.url,
    service,
    region: options.region,
    headers: {},
    credentials: await options.credentials(),
    now: options.now,
  })
  // The WebSocket client writes the host header itself, from the same URL.
  const { host: _host, ...rest } = headers
  return rest
}

function isPresigned(url: URL): boolean {
  return [...url.searchParams.keys()].some((name) => name.toLowerCase().startsWith('x-amz-'))
}
