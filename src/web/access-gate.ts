import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** 256 bits, so that neither link nor cookie can be guessed. */
const secretBytes = 32

/**
 * Decides who may talk to the browser host, which is a way to a shell. A link
 * with a one-time token is swapped for a cookie; from then on the cookie, the
 * exact Host and (for sockets) the exact Origin must all be right. Host closes
 * DNS rebinding, Origin closes other sites, the cookie closes other users.
 */
export class AccessGate {
  readonly #origin: string
  readonly #host: string
  readonly #cookieName: string
  readonly #cookieValue = randomSecret()
  /** Digests of links that were given out and not used yet. */
  readonly #tokens = new Set<string>()

  constructor(port: number) {
    this.#host = `127.0.0.1:${port}`
    this.#origin = `http://${this.#host}`
    // Cookies are shared by all ports of a host; the name keeps two Portholes apart.
    this.#cookieName = `porthole-${port}`
  }

  /** A link that lets one browser in, once. */
  createLink(): string {
    const token = randomSecret()
    this.#tokens.add(digest(token))
    return `${this.#origin}/?token=${token}`
  }

  hasRightHost(request: IncomingMessage): boolean {
    return request.headers.host === this.#host
  }

  /** A socket without Origin comes from no page of ours, so a missing one is refused too. */
  hasRightOrigin(request: IncomingMessage): boolean {
    return request.headers.origin === this.#origin
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
    const prefix = `${this.#cookieName}=`
    return cookies.some(
      (cookie) => cookie.startsWith(prefix) && sameSecret(cookie.slice(prefix.length), this.#cookieValue),
    )
  }

  /** Uses a token up. The Set-Cookie value when it was good, else undefined. */
  redeem(token: string): string | undefined {
    // Looked up by digest: comparing digests leaks nothing about the token.
    if (!this.#tokens.delete(digest(token))) return undefined
    return `${this.#cookieName}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict`
  }
}

function randomSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(expected)))
}
