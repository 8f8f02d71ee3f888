import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { randomToken } from '../identifiers.ts'
import { oidcError } from './oidc-errors.ts'

/** How long a person may look at the approval page. */
const approvalLifetime = 10 * 60_000
/** RFC 6749 (4.1.2) recommends at most ten minutes; one is plenty for a redirect. */
const codeLifetime = 60_000

export interface AuthorizationRequest {
  clientId: string
  redirectUri: string
  state: string
  codeChallenge: string
}

interface IssuedCode {
  request: AuthorizationRequest
  userName: string
  expiresAt: number
}

/** The authorization code grant with PKCE (RFC 7636, method S256 only). */
export class CodeGrants {
  readonly #pending = new Map<string, { request: AuthorizationRequest; expiresAt: number }>()
  readonly #codes = new Map<string, IssuedCode>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps a request until a person decides; returns the id that the approval form carries. */
  ask(request: AuthorizationRequest): string {
    const id = randomToken()
    this.#pending.set(id, { request, expiresAt: this.#clock.now() + approvalLifetime })
    return id
  }

  /** The request behind a form, once; undefined when unknown, decided or expired. */
  takePending(id: string): AuthorizationRequest | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending && pending.expiresAt > this.#clock.now() ? pending.request : undefined
  }

  issue(request: AuthorizationRequest, userName: string): string {
    const code = randomToken(48)
    this.#codes.set(code, { request, userName, expiresAt: this.#clock.now() + codeLifetime })
    return code
  }

  /**
   * The user behind a code. A code works once, also when the rest of the call is wrong.
   * @throws {AwsError} InvalidGrantException
   */
  redeem(code: string, clientId: string, redirectUri: string, codeVerifier: string): string {
    const issued = this.#codes.get(code)
    this.#codes.delete(code)
    const isGood =
      issued !== undefined &&
      issued.expiresAt > this.#clock.now() &&
      issued.request.clientId === clientId &&
      issued.request.redirectUri === redirectUri &&
      issued.request.codeChallenge === challengeOf(codeVerifier)
    if (!isGood) throw oidcError('InvalidGrantException', 'Invalid grant provided')
    return issued.userName
  }
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
