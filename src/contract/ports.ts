/**
 * How a page gets its two message ports where a preload script serves it. The
 * page says to its own window `{ type: portsRequest, nonce }`; the preload asks
 * its host, and says back `{ type: portsMessage, nonce }` with the ports
 * `[rpc, bytes]`. Also the names under which preload and host say it.
 */
export const portsRequest = 'porthole:request-ports'
export const portsMessage = 'porthole:ports'

/** A standard, secure scheme of our own: a page of it has an origin, which `file:` has not. */
export const pageScheme = 'porthole-app'
export const pageHost = 'app'
export const pageOrigin = `${pageScheme}://${pageHost}`
