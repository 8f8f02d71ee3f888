import { beforeEach, describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { Identity } from '../../../../src/contract/identity.ts'
import type { TokenStanding } from '../../../../src/core/sign-in/access-tokens.ts'
import { createIdentityList, type IdentityList } from '../../../../src/core/sign-in/identity-list.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'

const minute = 60_000
const session = { name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1', scopes: [] }

let clock: HandClock
let standing: TokenStanding
let refresh: () => void
let refreshes: number
let told: Identity[][]
let list: IdentityList

beforeEach(() => {
  clock = createHandClock()
  refreshes = 0
  refresh = () => {}
  told = []
  list = createIdentityList({
    clock,
    log: () => {},
    sessions: {
      all: async () => [session],
      problems: async () => [],
      byIdentity: async () => session,
      ofTarget: async () => session,
      remember: () => {},
    },
    accessTokens: {
      async accessToken() {
        refreshes++
        refresh()
        return 'access'
      },
      reject: () => {},
      standing: async () => standing,
      settled: async () => {},
    },
  })
  list.onChanged((identities) => told.push(identities))
})

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

describe('Identity list', () => {
  test('refreshes a token five minutes before its end, with nobody asking', async () => {
    standing = { state: 'valid', canRefresh: true, expiresAt: clock.now() + 60 * minute }
    await list.identities()
    clock.advance(55 * minute - 1)
    await settle()
    expect(refreshes).toBe(0)
    const later = clock.now() + 60 * minute
    refresh = () => {
      standing = { state: 'valid', canRefresh: true, expiresAt: later }
    }
    clock.advance(1)
    await settle()
    expect(refreshes).toBe(1)
    expect(told).toMatchObject([[{ state: 'signed-in', expiresAt: later }]])
    expect(clock.pendingTimers).toBe(1)
  })

  test('says so when a token that cannot be refreshed ends', async () => {
    const expiresAt = clock.now() + 60 * minute
    standing = { state: 'valid', canRefresh: false, expiresAt }
    await list.identities()
    standing = { state: 'ended', canRefresh: false, expiresAt }
    refresh = () => {
      throw new PortholeError({ code: 'SSO_EXPIRED', message: 'ended' })
    }
    clock.advance(60 * minute)
    await settle()
    expect(told).toMatchObject([[{ state: 'expired', expiresAt }]])
    expect(clock.pendingTimers).toBe(0)
  })

  test('tells a change once', async () => {
    standing = { state: 'absent' }
    await list.look()
    await list.look()
    expect(told).toMatchObject([[{ id: 'sso:corp', state: 'signed-out' }]])
  })

  test('disposed, it waits for nothing and tells nothing', async () => {
    standing = { state: 'valid', canRefresh: true, expiresAt: clock.now() + 60 * minute }
    await list.identities()
    list[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
    await list.look()
    await list.identities()
    expect(clock.pendingTimers).toBe(0)
    expect(told).toEqual([])
  })
})
