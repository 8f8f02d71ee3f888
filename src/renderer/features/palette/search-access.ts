import type { Account, Environment } from '../../../contract/identity.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import { nameMatcher, pieceMatcher, type Ranges, rangesWithin, wordsOf } from './fuzzy.ts'

/** One thing to choose: an account, or a role in it. */
export interface AccessEntry {
  readonly account: Account
  /** Absent for the account as such. */
  readonly roleName: string | undefined
}

export interface AccessMatch {
  readonly entry: AccessEntry
  readonly nameRanges: Ranges
  readonly roleRanges: Ranges
}

/** Texts to match, made once per list. */
export interface AccessIndex {
  readonly entries: readonly AccessEntry[]
  /** Name, role, and what else people know an account by. */
  readonly texts: string[]
  readonly names: string[]
}

const separator = ' / '

/** One entry per role; an account whose roles have not been read yet stands for itself. */
export function indexAccess(
  accounts: readonly Account[],
  rolesOf: (account: Account) => readonly string[] | undefined,
): AccessIndex {
  const entries = accounts.flatMap((account): AccessEntry[] => {
    const roles = rolesOf(account)
    if (roles === undefined || roles.length === 0) return [{ account, roleName: undefined }]
    return roles.map((roleName) => ({ account, roleName }))
  })
  return {
    entries,
    texts: entries.map(({ account, roleName = '' }) =>
      [
        accountName(account),
        roleName,
        account.accountId,
        account.email ?? '',
        wordOf(account.environment),
      ].join(separator),
    ),
    names: entries.map(({ account }) => accountName(account)),
  }
}

function wordOf(environment: Environment): string {
  return environment === 'other' ? '' : environment
}

/**
 * Entries in which every word occurs: in the account's name, its role, its ID,
 * its address or its environment, or with letters left out in the name. Names
 * that begin with the first word go first, then those that hold it; then the
 * order of the list.
 */
export function searchAccess(
  index: AccessIndex,
  query: string,
  limit: number,
): { matches: AccessMatch[]; total: number } {
  const words = wordsOf(query)
  const found = words.reduce<number[]>(
    (among, word) => matching(index, word, among),
    index.entries.map((_, position) => position),
  )
  const first = words[0]?.toLowerCase() ?? ''
  const ranked = found
    .map((position) => ({ position, rank: rankOf(index.names[position] ?? '', first) }))
    .sort((left, right) => left.rank - right.rank || left.position - right.position)
  return {
    matches: ranked.slice(0, limit).flatMap(({ position }) => matchAt(index, position, words)),
    total: ranked.length,
  }
}

function matching(index: AccessIndex, word: string, among: number[]): number[] {
  const exact = pieceMatcher.filterWord(index.texts, word, among)
  const loose = nameMatcher.filterWord(index.names, word, among)
  return [...new Set([...exact, ...loose])].sort((left, right) => left - right)
}

function rankOf(name: string, word: string): number {
  const text = name.toLowerCase()
  if (text.startsWith(word)) return 0
  return text.includes(word) ? 1 : 2
}

function matchAt(index: AccessIndex, position: number, words: readonly string[]): AccessMatch[] {
  const entry = index.entries[position]
  const text = index.texts[position]
  const name = index.names[position]
  if (entry === undefined || text === undefined || name === undefined) return []
  const ranges = pieceMatcher.ranges(text, words.join(' '))
  const roleStart = name.length + separator.length
  const exactInName = rangesWithin(ranges, 0, name.length)
  return [
    {
      entry,
      nameRanges: exactInName.length > 0 ? exactInName : nameMatcher.ranges(name, words.join(' ')),
      roleRanges: rangesWithin(ranges, roleStart, roleStart + (entry.roleName?.length ?? 0)),
    },
  ]
}
