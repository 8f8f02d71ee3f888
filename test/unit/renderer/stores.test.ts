import { describe, expect, it } from 'vitest'
import type { Identity } from '../../../src/contract/identity.ts'
import type { Session } from '../../../src/contract/session.ts'
import { chooseRole, compareAccounts } from '../../../src/renderer/app/stores/accounts-store.ts'
import {
  type CatalogState,
  clusterKey,
  withCluster,
  withoutCluster,
  withScope,
  withWatched,
} from '../../../src/renderer/app/stores/catalog-store.ts'
import {
  endedIdentities,
  hasWorkspace,
  type IdentitiesState,
  withBegun,
  withIdentities,
  withNews,
} from '../../../src/renderer/app/stores/identities-store.ts'
import { idleTimeLeft } from '../../../src/renderer/app/stores/sessions-store.ts'
import { startUrlProblem } from '../../../src/renderer/features/sign-in/start-url.ts'
import * as world from '../../../src/renderer/preview/fixture-world.ts'
import { groupedAccountId } from '../../../src/renderer/ui/account-id.ts'
import { formatCountdown, formatDuration, formatMoment } from '../../../src/renderer/ui/time.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('chooseRole', () => {
  it('takes the role used here last, then the one used elsewhere', () => {
    expect(chooseRole(['A', 'B'], { '1': 'B' }, '1')).toBe('B')
    expect(chooseRole(['A', 'B'], { '2': 'B' }, '1')).toBe('B')
  })

  it('forgets a role that is gone', () => {
    expect(chooseRole(['A'], { '1': 'Gone' }, '1')).toBe('A')
  })

  it('begins with the plainest, and with administration only when there is nothing else', () => {
    expect(chooseRole(['AdministratorAccess', 'PlatformEngineer', 'ReadOnly'], {}, '1')).toBe(
      'PlatformEngineer',
    )
    expect(chooseRole(['AdministratorAccess', 'ReadOnly'], {}, '1')).toBe('ReadOnly')
    expect(chooseRole(['AdministratorAccess'], {}, '1')).toBe('AdministratorAccess')
    expect(chooseRole([], {}, '1')).toBeUndefined()
  })
})

describe('compareAccounts', () => {
  it('puts production first, then goes by name', () => {
    const { production, staging, development } = world.accounts
    const unnamed = { ...production, name: undefined, accountId: '000000000001' }
    expect([development, staging, production, unnamed].sort(compareAccounts)).toEqual([
      unnamed,
      production,
      staging,
      development,
    ])
  })
})

describe('catalog state', () => {
  const clusters = world.clusters(0)
  const scopes = world.scopesOf(clusters, 0)
  const [web, data, staging] = clusters
  const [productionScope, stagingScope] = scopes
  if (!web || !data || !staging || !productionScope || !stagingScope)
    throw new Error('The world is too small')
  const empty: CatalogState = { scopes: {}, clusters: {} }

  it('keeps one cluster per scope, and lets go of it', () => {
    const other = { ...web, scope: { ...web.scope, roleName: 'ReadOnly' } }
    const both = withCluster(withCluster(empty, web), other)
    expect(Object.keys(both.clusters)).toHaveLength(2)
    expect(Object.values(withoutCluster(both, web.scope, web.arn).clusters)).toEqual([other])
  })

  it('drops what is no longer watched and takes over what the core knows', () => {
    const before = withScope(
      withScope(withCluster(withCluster(empty, web), staging), productionScope),
      stagingScope,
    )
    const after = withWatched(before, [web.scope], { scopes: [productionScope], clusters: [data] })
    expect(Object.keys(after.clusters).sort()).toEqual(
      [clusterKey(web.scope, web.arn), clusterKey(data.scope, data.arn)].sort(),
    )
    expect(Object.values(after.scopes)).toEqual([productionScope])
  })
})

describe('identities state', () => {
  const identity = (state: Identity['state']): Identity => ({
    id: 'sso:corp',
    kind: 'identity-center',
    name: 'corp',
    startUrl: 'https://corp.awsapps.com/start',
    ssoRegion: 'eu-west-1',
    state,
  })
  const initial: IdentitiesState = {
    identities: undefined,
    problems: [],
    attempt: undefined,
    news: undefined,
    seenSignedIn: new Set(),
  }
  const listOf = (state: Identity['state']) => ({ identities: [identity(state)], problems: [] })

  it('keeps what was told of an attempt before its own answer came, and nothing of another', () => {
    const begun = {
      attemptId: 'one',
      identityId: 'profile:oncall',
      flow: 'profile',
      state: 'waiting',
      startedAt: 0,
      expiresAt: 1,
    } as const
    const asked = { ...begun, mfa: { device: 'phone', profile: 'oncall' } }
    expect(withBegun(withNews(initial, asked), begun).attempt).toEqual(asked)
    expect(withBegun(withNews(initial, { ...asked, attemptId: 'two' }), begun).attempt).toEqual(begun)
    expect(withNews(withBegun(initial, begun), { ...asked, attemptId: 'two' }).attempt).toEqual(begun)
    expect(withNews(withBegun(initial, begun), asked).attempt).toEqual(asked)
  })

  it('shows the first run to who is signed out or was expired before the start', () => {
    expect(hasWorkspace(initial)).toBe(false)
    expect(hasWorkspace(withIdentities(initial, listOf('signed-out')))).toBe(false)
    expect(hasWorkspace(withIdentities(initial, listOf('expired')))).toBe(false)
  })

  it('keeps the workspace when a token ends in mid-work, and says so', () => {
    const ended = withIdentities(withIdentities(initial, listOf('signed-in')), listOf('expired'))
    expect(hasWorkspace(ended)).toBe(true)
    expect(endedIdentities(ended).map(({ id }) => id)).toEqual(['sso:corp'])
  })

  it('leaves the workspace on signing out', () => {
    const out = withIdentities(withIdentities(initial, listOf('signed-in')), listOf('signed-out'))
    expect(hasWorkspace(out)).toBe(false)
    expect(endedIdentities(out)).toEqual([])
  })
})

describe('idleTimeLeft', () => {
  const [ready] = world.sessions(world.clusters(hour), hour)
  if (ready === undefined) throw new Error('The world has no session')
  const session: Session = { ...ready, state: 'ready', readyAt: 0, lastInputAt: undefined }

  it('counts from the last input, or from the start of the shell', () => {
    expect(idleTimeLeft(session, 5 * minute)).toBe(15 * minute)
    expect(idleTimeLeft({ ...session, lastInputAt: 4 * minute }, 5 * minute)).toBe(19 * minute)
    expect(idleTimeLeft(session, 40 * minute)).toBe(0)
  })

  it('says nothing of a session that is not ready', () => {
    expect(idleTimeLeft({ ...session, state: 'connecting' }, 0)).toBeUndefined()
    expect(idleTimeLeft({ ...session, state: 'ended' }, 0)).toBeUndefined()
  })
})

describe('times', () => {
  it('are as long as they matter', () => {
    expect(formatDuration(4 * 1000)).toBe('4 s')
    expect(formatDuration(12 * minute + 59_000)).toBe('12 min')
    expect(formatDuration(hour + 12 * minute)).toBe('1 h 12 min')
    expect(formatDuration(6 * hour + 30 * minute)).toBe('6 h')
    expect(formatDuration(2 * day + 4 * hour)).toBe('2 d 4 h')
    expect(formatDuration(3 * day)).toBe('3 d')
    expect(formatDuration(-5)).toBe('0 s')
  })

  it('count down to zero and no further', () => {
    expect(formatCountdown(582_000)).toBe('9:42')
    expect(formatCountdown(400)).toBe('0:01')
    expect(formatCountdown(-1)).toBe('0:00')
  })

  it('name the day unless it is today', () => {
    const at = (text: string) => new Date(text).getTime()
    const now = at('2026-11-18T14:40:00')
    expect(formatMoment(at('2026-11-18T09:05:00'), now)).toBe('09:05')
    expect(formatMoment(at('2026-11-17T09:40:00'), now)).toBe('17 Nov, 09:40')
    expect(formatMoment(at('2025-12-31T23:59:00'), now)).toBe('31 Dec 2025, 23:59')
  })
})

describe('startUrlProblem', () => {
  it('lets secure addresses and local test servers through', () => {
    expect(startUrlProblem('https://name.awsapps.com/start')).toBeUndefined()
    expect(startUrlProblem(' http://127.0.0.1:8080/start ')).toBeUndefined()
    expect(startUrlProblem('http://[::1]:80/start')).toBeUndefined()
  })

  it('stops what would send a token in clear, and what is no address', () => {
    expect(startUrlProblem('http://name.awsapps.com/start')).toMatch('https')
    expect(startUrlProblem('javascript:alert(1)')).toMatch('https')
    expect(startUrlProblem('name.awsapps.com')).toBeDefined()
    expect(startUrlProblem('')).toBeDefined()
  })
})

describe('groupedAccountId', () => {
  it('groups account IDs only', () => {
    expect(groupedAccountId('111122223333')).toBe('1111-2222-3333')
    expect(groupedAccountId('not an id')).toBe('not an id')
  })
})
