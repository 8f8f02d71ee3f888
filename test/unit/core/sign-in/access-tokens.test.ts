import { beforeEach, describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { type AccessTokens, createAccessTokens } from '../../../../src/core/sign-in/access-tokens.ts'
import { type Grant, type GrantedToken, OAuthRefusal } from '../../../../src/core/sign-in/oidc-client.ts'
import type { SsoToken, TokenReading } from '../../../../src/core/sign-in/token-cache.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'

const session = { name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1', scopes: [] }
const minute = 60_000

let clock: HandClock
let reading: TokenReading
let saved: SsoToken[]
let grants: Grant[]
let answer: () => Promise<GrantedToken>
let tokens: AccessTokens

beforeEach(() => {
  clock = createHandClock()
  saved = []
  grants = []
  answer = async () => ({ accessToken: 'access-2', expiresInSeconds: 3600 })
  tokens = createAccessTokens({
    clock,
    cache: {
      read: async () => reading,
      async save(_, token) {
        saved.push(token)
        reading = { state: 'present', token }
      },
      remove: async () => {},
      removeFile: async () => {},
      locked: (_, work) => work(),
    },
    oidc: {
      async createToken(_region, _keys, grant) {
        grants.push(grant)
        return answer()
      },
    },
  })
  signedIn({})
})

function signedIn(change: Partial<SsoToken>): void {
  const token: SsoToken = {
    startUrl: session.startUrl,
    region: session.region,
    accessToken: 'access-1',
    expiresAt: clock.now() + 60 * minute,
    clientId: 'client',
    clientSecret: 'secret',
    registrationExpiresAt: clock.now() + 90 * 24 * 60 * minute,
    refreshToken: 'refresh-1',
    ...change,
  }
  reading = { state: 'present', token }
}

const ended = { value: { code: 'SSO_EXPIRED' } }

describe('Access tokens', () => {
  test('a token with time left is used as it is', async () => {
    expect(await tokens.accessToken(session)).toBe('access-1')
    expect(grants).toEqual([])
    expect(await tokens.standing(session)).toMatchObject({ state: 'valid', canRefresh: true })
  })

  test('a token about to end is refreshed once for all who ask, and the old refresh token stays', async () => {
    clock.advance(56 * minute)
    const asked = await Promise.all([1, 2, 3].map(() => tokens.accessToken(session)))
    expect(asked).toEqual(['access-2', 'access-2', 'access-2'])
    expect(grants).toEqual([{ grantType: 'refresh_token', refreshToken: 'refresh-1' }])
    expect(saved).toMatchObject([
      { accessToken: 'access-2', refreshToken: 'refresh-1', expiresAt: clock.now() + 60 * minute },
    ])
  })

  test('a new refresh token takes the place of the old one', async () => {
    clock.advance(2 * 60 * minute)
    answer = async () => ({ accessToken: 'access-2', expiresInSeconds: 3600, refreshToken: 'refresh-2' })
    await tokens.accessToken(session)
    expect(saved).toMatchObject([{ refreshToken: 'refresh-2' }])
  })

  test('a refusal ends the sign-in and is not asked for twice', async () => {
    clock.advance(2 * 60 * minute)
    expect(await tokens.standing(session)).toMatchObject({ state: 'refreshable' })
    answer = async () => {
      throw new OAuthRefusal('invalid_grant', undefined)
    }
    await expect(tokens.accessToken(session)).rejects.toMatchObject(ended)
    await expect(tokens.accessToken(session)).rejects.toMatchObject(ended)
    expect(grants).toHaveLength(1)
    expect(await tokens.standing(session)).toMatchObject({ state: 'ended' })
  })

  test('while the token is good a failed refresh harms nobody and pauses for half a minute', async () => {
    clock.advance(56 * minute)
    answer = async () => {
      throw new PortholeError({ code: 'NETWORK', message: 'away', retryable: true })
    }
    expect(await tokens.accessToken(session)).toBe('access-1')
    expect(await tokens.accessToken(session)).toBe('access-1')
    expect(grants).toHaveLength(1)
    clock.advance(31_000)
    expect(await tokens.accessToken(session)).toBe('access-1')
    expect(grants).toHaveLength(2)
    clock.advance(5 * minute)
    await expect(tokens.accessToken(session)).rejects.toMatchObject({ value: { code: 'NETWORK' } })
  })

  test.each([
    ['without a refresh token', { refreshToken: undefined }],
    ['without a client', { clientId: undefined }],
    ['with a registration that has ended', { registrationExpiresAt: 0 }],
  ])('an old token %s has ended', async (_, change) => {
    signedIn({ ...change, expiresAt: clock.now() - 1 })
    await expect(tokens.accessToken(session)).rejects.toMatchObject(ended)
    expect(grants).toEqual([])
    expect(await tokens.standing(session)).toMatchObject({ state: 'ended' })
  })

  test('a token that the portal refused is refreshed, whatever its file says', async () => {
    tokens.reject('access-1')
    expect(await tokens.standing(session)).toMatchObject({ state: 'refreshable' })
    expect(await tokens.accessToken(session)).toBe('access-2')
  })

  test('nobody signed in and an unreadable file are told apart', async () => {
    reading = { state: 'absent' }
    await expect(tokens.accessToken(session)).rejects.toMatchObject({ value: { code: 'SSO_NOT_SIGNED_IN' } })
    const problem = { code: 'TOKEN_CACHE_UNREADABLE', message: 'torn', retryable: false } as const
    reading = { state: 'unreadable', problem }
    await expect(tokens.accessToken(session)).rejects.toMatchObject({ value: problem })
  })
})
