import { randomBytes } from 'node:crypto'

/** A client that asks again before it connects keeps its earlier tokens, but not without end. */
const unusedTokensPerSession = 16

/** The bearer secrets that open a session's socket, each good for one socket. */
export class SessionTokens {
  readonly #unused = new Map<string, Set<string>>()

  issue(sessionId: string): string {
    const token = randomBytes(96).toString('base64url')
    const tokens = this.#unused.get(sessionId) ?? new Set()
    tokens.add(token)
    for (const oldest of tokens) {
      if (tokens.size <= unusedTokensPerSession) break
      tokens.delete(oldest)
    }
    this.#unused.set(sessionId, tokens)
    return token
  }

  /** True once per token. */
  redeem(sessionId: string, token: string): boolean {
    return this.#unused.get(sessionId)?.delete(token) ?? false
  }

  /** The session is over: none of its tokens opens anything any more. */
  revoke(sessionId: string): void {
    this.#unused.delete(sessionId)
  }
}
