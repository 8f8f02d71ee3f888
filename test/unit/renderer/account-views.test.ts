import { describe, expect, it } from 'vitest'
import type { Access } from '../../../src/contract/access.ts'
import { defaultSettings, type Settings } from '../../../src/contract/host.ts'
import type { Account, Identity } from '../../../src/contract/identity.ts'
import { partitionOfRegion, regionsBeside } from '../../../src/renderer/app/regions.ts'
import { withAccess, withRoles } from '../../../src/renderer/app/stores/access-store.ts'
import { fewAccounts, regionOf, viewAccounts } from '../../../src/renderer/app/stores/account-views.ts'
import {
  chosenAccount,
  chosenRegion,
  toggledFavourite,
  withoutAccount,
} from '../../../src/renderer/app/stores/preferences.ts'

const identityId = 'sso:corp'
const corp: Identity = {
  id: identityId,
  kind: 'identity-center',
  name: 'corp',
  startUrl: 'https://corp.awsapps.com/start',
  ssoRegion: 'eu-west-1',
  state: 'signed-in',
}

function accountsOf(count: number): Account[] {
  return Array.from({ length: count }, (_, index) => ({
    identityId,
    accountId: String(100_000_000_000 + index),
    name: `team-${String(index).padStart(3, '0')}`,
    environment: 'other' as const,
  }))
}

function accessOf(accounts: Account[], more: Partial<Access> = {}): Access {
  return { identityId, accounts, roles: {}, roleProblems: {}, listing: false, readAt: 1, ...more }
}

function view(
  accounts: Account[],
  settings: Partial<Settings> = {},
  more: Partial<Access> = {},
  open: string[] = [],
) {
  return viewAccounts({
    identities: [corp],
    byIdentity: { [identityId]: accessOf(accounts, more) },
    settings: { ...defaultSettings, ...settings },
    open: new Set(open),
  })
}

describe('viewAccounts', () => {
  it('looks at all of a few accounts', () => {
    const { accounts, others } = view(accountsOf(fewAccounts))
    expect([accounts.length, others.length]).toEqual([fewAccounts, 0])
  })

  it('of many looks at favourites, recent ones and those with a tab, favourites first', () => {
    const all = accountsOf(200)
    const id = (index: number) => all[index]?.accountId ?? ''
    const settings = { favouriteAccounts: [id(150)], recentAccounts: [id(3), '999999999999'] }
    const { accounts, others } = view(all, settings, {}, [id(42)])
    expect(accounts.map(({ account }) => account.accountId)).toEqual([id(150), id(3), id(42)])
    expect(others).toHaveLength(197)
  })

  it('uses the role used last before the list of roles has come, and forgets one that is gone', () => {
    const [first] = accountsOf(1)
    if (!first) throw new Error('no account')
    const roles = { [first.accountId]: 'Auditor' }
    expect(view([first], { roles }).accounts[0]?.scope).toMatchObject({
      roleName: 'Auditor',
      region: 'eu-west-1',
    })
    const listed = view([first], { roles }, { roles: { [first.accountId]: ['ReadOnly'] } })
    expect(listed.accounts[0]?.roleName).toBe('ReadOnly')
    expect(view([first]).accounts[0]?.scope).toBeUndefined()
  })

  it('is loading until the first list has come, not while a known one is read again', () => {
    expect(view([], {}, { listing: true, readAt: undefined }).loading).toBe(true)
    expect(view(accountsOf(1), {}, { listing: true }).loading).toBe(false)
    expect(
      viewAccounts({ identities: [corp], byIdentity: {}, settings: defaultSettings, open: new Set() })
        .loading,
    ).toBe(true)
  })
})

describe('The region of an account', () => {
  const settings = (region?: string, regions: Record<string, string> = {}) => ({ region, regions })

  it('is its own, else the general one, else where Identity Center is', () => {
    expect(regionOf('1', corp, settings('us-east-1', { '1': 'ap-south-1' }))).toBe('ap-south-1')
    expect(regionOf('2', corp, settings('us-east-1', { '1': 'ap-south-1' }))).toBe('us-east-1')
    expect(regionOf('2', corp, settings())).toBe('eu-west-1')
  })

  it('is never one of another partition by mistake', () => {
    const gov = { ssoRegion: 'us-gov-west-1' }
    expect(regionOf('1', gov, settings('eu-west-1'))).toBe('us-gov-west-1')
    expect(regionOf('1', gov, settings('us-gov-east-1'))).toBe('us-gov-east-1')
  })

  it('is chosen among those of its partition', () => {
    expect(regionsBeside('us-gov-west-1').map(({ id }) => id)).toEqual(['us-gov-east-1', 'us-gov-west-1'])
    expect(regionsBeside('cn-north-1').every(({ id }) => partitionOfRegion(id) === 'aws-cn')).toBe(true)
    expect(regionsBeside('eu-west-1').some(({ id }) => id.startsWith('cn-'))).toBe(false)
    expect(regionsBeside('mars-north-1').map(({ id }) => id)).toContain('mars-north-1')
  })
})

describe('Choices', () => {
  it('go to the front, once, and do not grow without end', () => {
    let settings: Settings = defaultSettings
    for (const id of ['1', '2', '3', '1', '4', '5', '6', '7', '8'])
      settings = { ...settings, ...chosenAccount(settings, id) }
    expect(settings.recentAccounts).toEqual(['8', '7', '6', '5', '4', '1'])
    expect(chosenAccount(settings, '9', 'ReadOnly').roles).toEqual({ '9': 'ReadOnly' })
  })

  it('of a region count for one account, or for all and then for each', () => {
    const one = { ...defaultSettings, ...chosenRegion(defaultSettings, 'us-east-1', '1') }
    expect([one.region, one.regions]).toEqual([undefined, { '1': 'us-east-1' }])
    const all = { ...one, ...chosenRegion(one, 'eu-west-3') }
    expect([all.region, all.regions, all.recentRegions]).toEqual([
      'eu-west-3',
      {},
      ['eu-west-3', 'us-east-1'],
    ])
  })

  it('can be marked, unmarked and taken out', () => {
    const marked = { ...defaultSettings, ...toggledFavourite(defaultSettings, 'favouriteAccounts', '1') }
    expect(marked.favouriteAccounts).toEqual(['1'])
    expect(toggledFavourite(marked, 'favouriteAccounts', '1')).toEqual({ favouriteAccounts: [] })
    expect(withoutAccount({ ...marked, recentAccounts: ['1', '2'] }, '1')).toEqual({
      favouriteAccounts: [],
      recentAccounts: ['2'],
    })
  })
})

describe('News of roles', () => {
  it('add to what is known and clear what went wrong', () => {
    const refused = { code: 'THROTTLED' as const, message: 'slow', retryable: true }
    const before = withAccess(
      { byIdentity: {} },
      accessOf(accountsOf(2), {
        roles: { a: ['X'] },
        roleProblems: { b: refused },
        reading: { done: 1, total: 2 },
      }),
    )
    const after = withRoles(before, { identityId, roles: { b: ['Y'] }, roleProblems: {} }).byIdentity[
      identityId
    ]
    expect(after).toMatchObject({ roles: { a: ['X'], b: ['Y'] }, roleProblems: {} })
    expect(after?.reading).toBeUndefined()
    expect(withRoles(before, { identityId: 'sso:other', roles: {}, roleProblems: {} })).toBe(before)
  })
})
