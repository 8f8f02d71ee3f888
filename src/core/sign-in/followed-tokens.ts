import type { TokenCache } from './token-cache.ts'

/** A token cache that notices when somebody else put another token there. */
export interface FollowedTokens extends TokenCache {
  /** Looks whose token is there now, and calls `onOther` when it is not the one of the last look. */
  follow(tokenKey: string): Promise<void>
}

/**
 * What was fetched with one token must not serve whoever signed in after it, with
 * the AWS CLI or in another app. Tokens that we write ourselves (a refresh) go on
 * standing for the same person.
 */
export function followingTokens(cache: TokenCache, onOther: (tokenKey: string) => void): FollowedTokens {
  const lastSeen = new Map<string, string | undefined>()

  async function follow(tokenKey: string): Promise<void> {
    const reading = await cache.read(tokenKey)
    const accessToken = reading.state === 'present' ? reading.token.accessToken : undefined
    if (lastSeen.has(tokenKey) && lastSeen.get(tokenKey) !== accessToken) onOther(tokenKey)
    lastSeen.set(tokenKey, accessToken)
  }

  return {
    ...cache,
    follow,
    async save(tokenKey, token) {
      await follow(tokenKey)
      await cache.save(tokenKey, token)
      lastSeen.set(tokenKey, token.accessToken)
    },
  }
}
