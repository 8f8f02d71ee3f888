import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Account } from '../../../contract/identity.ts'
import { useServiceStore } from '../../app/services.ts'
import { compareAccounts } from '../../app/stores/accounts-store.ts'
import { type AccessEntry, type AccessMatch, indexAccess, searchAccess } from './search-access.ts'
import type { PaletteGroup, PaletteItem } from './use-palette.ts'

/** Rows shown before somebody asks for all. */
const shownAtOnce = 60

/** Accounts and roles to choose from: without a word the accounts, what was marked and used lately first; with words each role. */
export function useAccessGroups(enabled: boolean, text: string, expanded: boolean): PaletteGroup[] {
  const byIdentity = useServiceStore('access', (state) => state.byIdentity)
  const signedIn = useSignedIn()
  const { favouriteAccounts, recentAccounts } = useServiceStore(
    'settings',
    useShallow(({ settings }) => ({
      favouriteAccounts: settings.favouriteAccounts,
      recentAccounts: settings.recentAccounts,
    })),
  )
  const accounts = useMemo(
    () => (enabled ? signedIn.flatMap((id) => byIdentity[id]?.accounts ?? []).sort(compareAccounts) : []),
    [enabled, signedIn, byIdentity],
  )
  const index = useMemo(
    () => indexAccess(accounts, (account) => byIdentity[account.identityId]?.roles[account.accountId]),
    [accounts, byIdentity],
  )
  return useMemo(() => {
    if (!enabled) return []
    const limit = expanded ? Number.POSITIVE_INFINITY : shownAtOnce
    if (text.trim() === '') return browse(accounts, favouriteAccounts, recentAccounts, limit)
    const { matches, total } = searchAccess(index, text, limit)
    return group('Accounts and roles', matches, total)
  }, [enabled, accounts, index, text, expanded, favouriteAccounts, recentAccounts])
}

/** Who is signed in; the list is the same one while nobody comes or goes. */
export function useSignedIn(): readonly string[] {
  return useServiceStore(
    'identities',
    useShallow(({ identities = [] }) =>
      identities.filter(({ state }) => state === 'signed-in').map(({ id }) => id),
    ),
  )
}

function browse(
  accounts: readonly Account[],
  favourites: readonly string[],
  recents: readonly string[],
  limit: number,
): PaletteGroup[] {
  const byId = (ids: readonly string[]) =>
    ids.flatMap((id) => accounts.filter(({ accountId }) => accountId === id))
  const recent = byId(recents.filter((id) => !favourites.includes(id)))
  const named = new Set([...favourites, ...recents])
  const rest = accounts.filter(({ accountId }) => !named.has(accountId))
  return [
    ...group('Favourites', byId(favourites).map(asMatch), favourites.length),
    ...group('Recent', recent.map(asMatch), recent.length),
    ...group('Accounts', rest.slice(0, limit).map(asMatch), rest.length),
  ]
}

function asMatch(account: Account): AccessMatch {
  return { entry: { account, roleName: undefined }, nameRanges: [], roleRanges: [] }
}

function group(title: string, matches: readonly AccessMatch[], total: number): PaletteGroup[] {
  if (matches.length === 0) return []
  const items = matches.map((match): PaletteItem => ({ kind: 'access', id: idOf(match.entry), match }))
  const hidden = total - matches.length
  if (hidden > 0) items.push({ kind: 'more', id: 'more', hidden })
  return [{ title, note: hidden > 0 ? `${matches.length} of ${total}` : String(matches.length), items }]
}

function idOf({ account, roleName }: AccessEntry): string {
  return `access|${account.identityId}|${account.accountId}|${roleName ?? ''}`
}
