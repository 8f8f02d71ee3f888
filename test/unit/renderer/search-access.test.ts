import { describe, expect, it } from 'vitest'
import type { Account } from '../../../src/contract/identity.ts'
import { indexAccess, searchAccess } from '../../../src/renderer/features/palette/search-access.ts'

function account(name: string, accountId: string, environment: Account['environment'] = 'other'): Account {
  return { identityId: 'sso:corp', accountId, name, email: `${name}@example.com`, environment }
}

const accounts = [
  account('payments-prod', '111122223333', 'production'),
  account('payments-dev', '444455556666', 'development'),
  account('search-prod', '777788889999', 'production'),
  { identityId: 'sso:corp', accountId: '123412341234', environment: 'other' as const },
]
const roles: Record<string, string[]> = {
  '111122223333': ['Admin', 'ReadOnly'],
  '444455556666': ['Admin'],
  '777788889999': ['ReadOnly'],
}
const index = indexAccess(accounts, ({ accountId }) => roles[accountId])

function found(query: string): string[] {
  return searchAccess(index, query, 60).matches.map(
    ({ entry }) => `${entry.account.name ?? entry.account.accountId} ${entry.roleName ?? '-'}`,
  )
}

describe('searchAccess', () => {
  it('finds by account, role, ID, address and environment, every word', () => {
    expect(found('payments')).toEqual(['payments-prod Admin', 'payments-prod ReadOnly', 'payments-dev Admin'])
    expect(found('payments readonly')).toEqual(['payments-prod ReadOnly'])
    expect(found('READ prod')).toEqual(['payments-prod ReadOnly', 'search-prod ReadOnly'])
    expect(found('4444')).toEqual(['payments-dev Admin'])
    expect(found('development')).toEqual(['payments-dev Admin'])
    expect(found('search-prod@example')).toEqual(['search-prod ReadOnly'])
    expect(found('pmnts dev')).toEqual(['payments-dev Admin'])
    expect(found('nothing')).toEqual([])
  })

  it('has an account whose roles have not come, by its ID when it has no name', () => {
    expect(found('1234')).toEqual(['123412341234 -'])
  })

  it('says how many more there are', () => {
    expect(searchAccess(index, 'admin', 1)).toMatchObject({ total: 2, matches: [{}] })
  })

  it('says where words stand', () => {
    const [match] = searchAccess(index, 'search only', 1).matches
    expect(match).toMatchObject({ nameRanges: [0, 6], roleRanges: [4, 8] })
  })
})
