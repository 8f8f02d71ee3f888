import { useEffect, useMemo, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Identity, Scope } from '../../../contract/identity.ts'
import { scopeKey } from '../../../contract/identity.ts'
import { taskOf } from '../documents/document.ts'
import { useDocuments, useServiceStore, useServices } from '../services.ts'
import { viewAccounts } from '../stores/account-views.ts'
import type { AccountView } from '../stores/accounts-store.ts'
import { withWatched } from '../stores/catalog-store.ts'

const none: readonly Identity[] = []

/**
 * Decides which accounts are looked at and how, asks for the roles of those,
 * and tells the core to keep exactly their catalogs fresh. Used once, by the
 * shell.
 */
export function useAccountWatch(): void {
  const { core, accounts: accountsStore, catalog } = useServices()
  const identities = useServiceStore('identities', (state) => state.identities) ?? none
  const byIdentity = useServiceStore('access', (state) => state.byIdentity)
  const settings = useServiceStore('settings', (state) => state.settings)
  const settingsKnown = useServiceStore('settings', (state) => state.known)
  const open = useOpenAccounts()

  const state = useMemo(() => {
    // An expired identity keeps what is on screen; its lists are paused by the core.
    const inUse = identities.filter(({ state: now }) => now !== 'signed-out')
    return viewAccounts({ identities: inUse, byIdentity, settings, open })
  }, [identities, byIdentity, settings, open])
  // The input is new with every setting that changes; the content decides whether anything did here.
  const content = JSON.stringify(state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `content` is the state's identity
  useEffect(() => accountsStore.setState(state, true), [accountsStore, content])

  useMissingRoles(state.accounts, identities)

  const scopes = state.accounts.flatMap(({ scope }) => (scope === undefined ? [] : [scope]))
  const scopesContent = settingsKnown ? scopes.map(scopeKey).join('\n') : ''
  const isSeen = useIsSeen()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `scopesContent` is the scopes' identity
  useEffect(() => {
    if (scopesContent === '') return
    const watch = () => void (isSeen ? watchScopes(core, catalog, scopes) : pauseWatching(core))
    const watching = core.onConnected(watch)
    return () => watching[Symbol.dispose]()
  }, [core, catalog, scopesContent, isSeen])
}

/** Long enough to look something up elsewhere and come back to a list that was kept fresh. */
const pauseAfterHiddenMilliseconds = 60_000

/** False once the window has been hidden, minimised or behind another tab, for a while. */
function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(true)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (document.hidden) timer = setTimeout(() => setSeen(false), pauseAfterHiddenMilliseconds)
      else setSeen(true)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return isSeen
}

function useOpenAccounts(): ReadonlySet<string> {
  const ids = useDocuments(
    useShallow(({ documents }) =>
      Object.values(documents).flatMap((document) => taskOf(document)?.scope.accountId ?? []),
    ),
  )
  return useMemo(() => new Set(ids), [ids])
}

/** Roles of accounts that are looked at are read before all others, and again after each list of accounts. */
function useMissingRoles(views: readonly AccountView[], identities: readonly Identity[]): void {
  const { core } = useServices()
  const byIdentity = useServiceStore('access', (state) => state.byIdentity)
  const wanted = identities
    .filter(({ state }) => state === 'signed-in')
    .flatMap(({ id }) => {
      const own = views.filter(({ account }) => account.identityId === id)
      const accountIds = own.map(({ account }) => account.accountId)
      return accountIds.length === 0 ? [] : [{ identityId: id, accountIds, at: byIdentity[id]?.readAt }]
    })
  const content = JSON.stringify(wanted)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `content` is the identity of what is wanted
  useEffect(() => {
    for (const { identityId, accountIds } of wanted)
      void core.call('access.readRoles', { identityId, accountIds })
  }, [core, content])
}

/** Nothing is asked of AWS for a list that nobody sees; what it showed stays. */
async function pauseWatching(core: ReturnType<typeof useServices>['core']): Promise<void> {
  await core.call('catalog.watch', { scopes: [] })
}

async function watchScopes(
  core: ReturnType<typeof useServices>['core'],
  catalog: ReturnType<typeof useServices>['catalog'],
  scopes: Scope[],
): Promise<void> {
  const result = await core.call('catalog.watch', { scopes })
  if (result.ok) catalog.setState((state) => withWatched(state, scopes, result.value), true)
}
