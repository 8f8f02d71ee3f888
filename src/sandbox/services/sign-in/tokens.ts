import type { Clock } from '../clock.ts'
import type { Faults } from '../faults.ts'
import { randomToken } from '../identifiers.ts'

/** An access token is good for an hour and is refreshed within the portal session. */
const accessTokenLifetime = 3600_000
/** The portal session that Identity Center gives by default. */
const portalSessionLifetime = 8 * 3600_000

export interface IssuedTokens {
  accessToken: string
  tokenType: 'Bearer'
  /** Seconds. */
  expiresIn: number
  refreshToken?: string
}

interface PortalSession {
  userName: string
  clientId: string
  endsAt: number
  refreshable: boolean
}

/** Access and refresh tokens of signed-in people. */
export class Tokens {
  readonly #access = new Map<string, { session: PortalSession; expiresAt: number }>()
  readonly #refresh = new Map<string, PortalSession>()
  readonly #clock: Clock
  readonly #faults: Faults

  constructor(clock: Clock, faults: Faults) {
    this.#clock = clock
    this.#faults = faults
  }

  /** A client that registered no scopes gets no refresh token. */
  signIn(userName: string, clientId: string, refreshable: boolean): IssuedTokens {
    const session = {
      userName,
      clientId,
      refreshable,
      endsAt: this.#clock.now() + portalSessionLifetime,
    }
    return this.#issue(session)
  }

  /** New tokens for a refresh token, which is used up by it; undefined when it is not good for this client. */
  refresh(refreshToken: string, clientId: string): IssuedTokens | undefined {
    const session = this.#refresh.get(refreshToken)
    if (session?.clientId !== clientId || session.endsAt <= this.#clock.now()) return undefined
    if (this.#faults.omitRefreshToken) return withoutRefreshToken(this.#issue(session))
    this.#refresh.delete(refreshToken)
    return this.#issue(session)
  }

  /** Who holds an access token; undefined when it is unknown, expired or signed out. */
  userOf(accessToken: string): string | undefined {
    const token = this.#access.get(accessToken)
    if (token === undefined || this.#faults.expireTokens || token.expiresAt <= this.#clock.now())
      return undefined
    return token.session.userName
  }

  /** Ends the whole portal session behind an access token. */
  signOut(accessToken: string): void {
    const session = this.#access.get(accessToken)?.session
    for (const [token, each] of this.#access) if (each.session === session) this.#access.delete(token)
    for (const [token, each] of this.#refresh) if (each === session) this.#refresh.delete(token)
  }

  #issue(session: PortalSession): IssuedTokens {
    const now = this.#clock.now()
    const expiresAt = Math.min(now + accessTokenLifetime, session.endsAt)
    const accessToken = `aoaAAAAA${randomToken(48)}`
    this.#access.set(accessToken, { session, expiresAt })
    const tokens: IssuedTokens = {
      accessToken,
      tokenType: 'Bearer',
      expiresIn: Math.floor((expiresAt - now) / 1000),
    }
    if (!session.refreshable) return tokens
    const refreshToken = `aorAAAAA${randomToken(48)}`
    this.#refresh.set(refreshToken, session)
    return { ...tokens, refreshToken }
  }
}

function withoutRefreshToken({ refreshToken: _, ...rest }: IssuedTokens): IssuedTokens {
  return rest
}
