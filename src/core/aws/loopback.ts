import { PortholeError } from '../../contract/errors.ts'

/** The host is this computer: 127.0.0.0/8, ::1 or localhost. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

/**
 * A URL that secrets may be sent to, or that may be opened: https, or plain http on this computer.
 *
 * @param what names the URL in the error, e.g. `AWS_ENDPOINT_URL`
 * @throws {PortholeError} INVALID_REQUEST when it is no URL, ENDPOINT_REFUSED when it is not safe
 */
export function requireSafeUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) {
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: `${what} "${withoutLogin(text)}" is not a URL.`,
      action: 'Write it with its scheme, like https://example.awsapps.com/start.',
    })
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return url
  throw new PortholeError({
    code: 'ENDPOINT_REFUSED',
    message: `${what} ${withoutLogin(text)} is not used: secrets would travel unprotected.`,
    action: 'Use https. Plain http is allowed only for this computer (127.0.0.1, localhost).',
  })
}

/** A user name and password in a URL are nothing to show. */
function withoutLogin(text: string): string {
  return text.replace(/\/\/[^/?#]*@/, '//')
}
