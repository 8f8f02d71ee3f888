import { PortholeError } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import { OAuthRefusal, type OidcClient } from './oidc-client.ts'
import { notSignedIn, sessionEnded } from './sign-in-errors.ts'
import type { SsoSession } from './sso-session.ts'
import type { SsoToken, TokenCache, TokenReading } from './token-cache.ts'

/** Valid access tokens, refreshed in time. */
export interface AccessTokens {
  /** @throws {PortholeError} SSO_NOT_SIGNED_IN, SSO_EXPIRED, TOKEN_CACHE_UNREADABLE, NETWORK */
  accessToken(session: SsoSession): Promise<string>
  /** The portal answered 401 to this token: it is not used again, whatever its file says. */
  reject(accessToken: string): void
  standing(session: SsoSession): Promise<TokenStanding>
}

/** What a token file is worth now. */
export type TokenStanding =
  | Exclude<TokenReading, { state: 'present' }>
  | { state: 'valid' | 'refreshable' | 'ended'; expiresAt: number; canRefresh: boolean }

/** Time left below which a token is refreshed. Long enough for a slow call that has just begun. */
export const refreshMarginMilliseconds = 5 * 60_000

/** After a refresh failed: the token is still good for a while, and asking at every call helps nobody. */
const refreshPauseMilliseconds = 30_000

export function createAccessTokens({
  cache,
  oidc,
  clock,
}: {
  cache: TokenCache
  oidc: Pick<OidcClient, 'createToken'>
  clock: Clock
}): AccessTokens {
  const flights = createSingleFlight<string>()
  /** Tokens that Identity Center refused, access and refresh tokens alike. */
  const refused = new Set<string>()
  const pausedUntil = new Map<string, number>()

  function isValid(token: SsoToken): boolean {
    return token.expiresAt > clock.now() && !refused.has(token.accessToken)
  }

  function refreshKeys(token: SsoToken) {
    const { clientId, clientSecret, refreshToken, registrationExpiresAt = 0 } = token
    if (!clientId || !clientSecret || !refreshToken || refused.has(refreshToken)) return undefined
    return registrationExpiresAt > clock.now() ? { clientId, clientSecret, refreshToken } : undefined
  }

  async function currentToken(session: SsoSession): Promise<string> {
    // Read anew every time: the CLI or another window may have signed in or refreshed meanwhile.
    const reading = await cache.read(session.name)
    if (reading.state === 'absent') throw notSignedIn(session.name)
    if (reading.state === 'unreadable') throw new PortholeError(reading.problem)
    const { token } = reading
    const fresh = isValid(token) && token.expiresAt - clock.now() > refreshMarginMilliseconds
    return fresh ? token.accessToken : refreshedToken(session, token)
  }

  async function refreshedToken(session: SsoSession, token: SsoToken): Promise<string> {
    const paused = (pausedUntil.get(session.name) ?? 0) > clock.now()
    if (paused && isValid(token)) return token.accessToken
    try {
      return await refresh(session, token)
    } catch (error) {
      pausedUntil.set(session.name, clock.now() + refreshPauseMilliseconds)
      if (isValid(token)) return token.accessToken
      throw error
    }
  }

  async function refresh(session: SsoSession, token: SsoToken): Promise<string> {
    const keys = refreshKeys(token)
    if (!keys) throw sessionEnded(session.name)
    const { refreshToken } = keys
    try {
      const granted = await oidc.createToken(session.region, keys, {
        grantType: 'refresh_token',
        refreshToken,
      })
      await cache.save(session.name, {
        ...token,
        accessToken: granted.accessToken,
        expiresAt: clock.now() + granted.expiresInSeconds * 1000,
        // The answer may leave it out, and the old one then goes on being valid.
        refreshToken: granted.refreshToken ?? refreshToken,
      })
      return granted.accessToken
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) throw error
      refused.add(refreshToken)
      throw sessionEnded(session.name)
    }
  }

  return {
    accessToken: (session) => flights.run(session.name, () => currentToken(session)),
    reject: (accessToken) => void refused.add(accessToken),
    async standing(session) {
      const reading = await cache.read(session.name)
      if (reading.state !== 'present') return reading
      const { token } = reading
      const canRefresh = refreshKeys(token) !== undefined
      const state = isValid(token) ? 'valid' : canRefresh ? 'refreshable' : 'ended'
      return { state, expiresAt: token.expiresAt, canRefresh }
    },
  }
}
