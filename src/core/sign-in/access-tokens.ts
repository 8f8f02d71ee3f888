import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import { OAuthRefusal, type OidcClient } from './oidc-client.ts'
import { isPassing, notSignedIn, sessionEnded, toSignInError } from './sign-in-errors.ts'
import { type SsoSession, tokenKeyOf } from './sso-session.ts'
import type { SsoToken, TokenCache, TokenReading } from './token-cache.ts'

/** Valid access tokens, refreshed in time. */
export interface AccessTokens {
  /** @throws {PortholeError} SSO_NOT_SIGNED_IN, SSO_EXPIRED, TOKEN_CACHE_UNREADABLE, NETWORK */
  accessToken(session: SsoSession): Promise<string>
  /** The portal answered 401 to this token: it is not used again, whatever its file says. */
  reject(accessToken: string): void
  standing(session: SsoSession): Promise<TokenStanding>
  /** Resolves when nothing is on its way: a refresh that is cut off loses the token it used up. */
  settled(): Promise<void>
}

/** What a token file is worth now. */
export type TokenStanding =
  | Exclude<TokenReading, { state: 'present' }>
  | {
      state: 'valid' | 'refreshable' | 'ended'
      expiresAt: number
      canRefresh: boolean
      /** The token could not be written to its file. */
      problem?: ErrorValue
    }

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
  const running = new Set<Promise<unknown>>()
  /** Tokens that Identity Center refused, access and refresh tokens alike. */
  const refused = new Set<string>()
  const pausedUntil = new Map<string, number>()

  function isValid(token: SsoToken): boolean {
    return token.expiresAt > clock.now() && !refused.has(token.accessToken)
  }

  function isFresh(token: SsoToken): boolean {
    return isValid(token) && token.expiresAt - clock.now() > refreshMarginMilliseconds
  }

  function refreshKeys(token: SsoToken) {
    const { clientId, clientSecret, refreshToken } = token
    if (!clientId || !clientSecret || !refreshToken || refused.has(refreshToken)) return undefined
    return isRegistered(token, clock.now()) ? { clientId, clientSecret, refreshToken } : undefined
  }

  async function readToken(session: SsoSession): Promise<SsoToken> {
    // Anew every time: the CLI or another window may have signed in or refreshed meanwhile.
    const reading = await cache.read(tokenKeyOf(session))
    if (reading.state === 'absent') throw notSignedIn(session.name)
    if (reading.state === 'unreadable') throw new PortholeError(reading.problem)
    return reading.token
  }

  async function currentToken(session: SsoSession): Promise<string> {
    const token = await readToken(session)
    return isFresh(token) ? token.accessToken : refreshedToken(session, token)
  }

  async function refreshedToken(session: SsoSession, token: SsoToken): Promise<string> {
    const key = tokenKeyOf(session)
    const paused = (pausedUntil.get(key) ?? 0) > clock.now()
    if (paused && isValid(token)) return token.accessToken
    if (!refreshKeys(token) && !isValid(token)) throw sessionEnded(session.name, whyEnded(token))
    try {
      return await cache.locked(key, () => refresh(session))
    } catch (error) {
      pausedUntil.set(key, clock.now() + refreshPauseMilliseconds)
      if (isValid(token)) return token.accessToken
      throw error
    }
  }

  async function refresh(session: SsoSession): Promise<string> {
    // Whoever had the lock before us has most likely done it.
    const token = await readToken(session)
    if (isFresh(token)) return token.accessToken
    const keys = refreshKeys(token)
    if (!keys) throw sessionEnded(session.name, whyEnded(token))
    try {
      const granted = await oidc.createToken(session.region, keys, {
        grantType: 'refresh_token',
        refreshToken: keys.refreshToken,
      })
      await cache.save(tokenKeyOf(session), {
        ...token,
        accessToken: granted.accessToken,
        expiresAt: clock.now() + granted.expiresInSeconds * 1000,
        // The answer may leave it out, and the old one then goes on being valid.
        refreshToken: granted.refreshToken ?? keys.refreshToken,
      })
      return granted.accessToken
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) throw error
      if (isPassing(error)) throw toSignInError(error)
      refused.add(keys.refreshToken)
      return tokenOfOthers(session, error)
    }
  }

  /** The CLI and the SDKs take no lock: one of them may have used the refresh token before us. */
  async function tokenOfOthers(session: SsoSession, refusal: OAuthRefusal): Promise<string> {
    const token = await readToken(session)
    if (isFresh(token)) return token.accessToken
    throw sessionEnded(session.name, `IAM Identity Center answered ${refusal.error}.`)
  }

  function whyEnded(token: SsoToken): string {
    if (!token.refreshToken) return 'The sign-in came without a refresh token, so it cannot be renewed.'
    if (!isRegistered(token, clock.now())) return 'The registration of the app that signed in has ended.'
    return 'The portal session has ended.'
  }

  return {
    accessToken(session) {
      const flight = flights.run(tokenKeyOf(session), () => currentToken(session))
      running.add(flight)
      const over = () => void running.delete(flight)
      flight.then(over, over)
      return flight
    },
    settled: async () => void (await Promise.allSettled(running)),
    reject: (accessToken) => void refused.add(accessToken),
    async standing(session) {
      const reading = await cache.read(tokenKeyOf(session))
      if (reading.state !== 'present') return reading
      const { token, problem } = reading
      const canRefresh = refreshKeys(token) !== undefined
      const state = isValid(token) ? 'valid' : canRefresh ? 'refreshable' : 'ended'
      return { state, expiresAt: token.expiresAt, canRefresh, ...(problem && { problem }) }
    },
  }
}

function isRegistered({ registrationExpiresAt = 0 }: SsoToken, now: number): boolean {
  return registrationExpiresAt > now
}
