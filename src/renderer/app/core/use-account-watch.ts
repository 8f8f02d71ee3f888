import { useQueries } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { Identity, Scope } from '../../../contract/identity.ts'
import { scopeKey } from '../../../contract/identity.ts'
import { useServiceStore, useServices } from '../services.ts'
import { type AccountView, chooseRole, compareAccounts } from '../stores/accounts-store.ts'
import { withWatched } from '../stores/catalog-store.ts'
import { CoreError } from './core-error.ts'
import { queries } from './queries.ts'

const none: readonly Identity[] = []

/**
 * Finds the accounts and roles of everyone who is signed in, decides for each
 * account how it is looked at, and tells the core to keep exactly that fresh.
 * Used once, by the shell.
 */
export function useAccountWatch(): void {
  const { core, accounts: accountsStore, catalog } = useServices()
  const identities = useServiceStore('identities', (state) => state.identities) ?? none
  const settings = useServiceStore('settings', (state) => state.settings)
  const settingsKnown = useServiceStore('settings', (state) => state.known)
  // An expired identity keeps what is on screen; its lists are paused by the core.
  const inUse = useMemo(() => identities.filter(({ state }) => state !== 'signed-out'), [identities])

  const accountQueries = useQueries({
    queries: inUse.map((identity) => ({
      ...queries.accounts(core, identity.id),
      enabled: identity.state === 'signed-in',
    })),
  })
  const accounts = accountQueries.flatMap((query) => query.data ?? []).sort(compareAccounts)
  const roleQueries = useQueries({
    queries: accounts.map(({ identityId, accountId }) => queries.roles(core, identityId, accountId)),
  })

  const views = accounts.map((account, index): AccountView => {
    const { data: roles, error } = roleQueries[index] ?? {}
    const roleName = roles && chooseRole(roles, settings.roles, account.accountId)
    const identity = inUse.find(({ id }) => id === account.identityId)
    const region = settings.region ?? identity?.ssoRegion
    const { identityId, accountId } = account
    return {
      account,
      roles,
      roleName,
      scope: roleName && region ? { identityId, accountId, roleName, region } : undefined,
      problem: error ? errorValueOf(error) : undefined,
    }
  })
  const state = {
    accounts: views,
    loading: accountQueries.some((query) => query.isLoading),
    problems: accountQueries.flatMap((query) => (query.error ? [errorValueOf(query.error)] : [])),
  }
  // Queries give new objects on every render; their content decides whether anything changed.
  const content = JSON.stringify(state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `content` is the state's identity
  useEffect(() => accountsStore.setState(state, true), [accountsStore, content])

  const scopes = views.flatMap(({ scope }) => (scope === undefined ? [] : [scope]))
  const scopesContent = settingsKnown ? scopes.map(scopeKey).join('\n') : ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: `scopesContent` is the scopes' identity
  useEffect(() => {
    if (scopesContent === '') return
    const watch = () => void watchScopes(core, catalog, scopes)
    const watching = core.onConnected(watch)
    return () => watching[Symbol.dispose]()
  }, [core, catalog, scopesContent])
}

async function watchScopes(
  core: ReturnType<typeof useServices>['core'],
  catalog: ReturnType<typeof useServices>['catalog'],
  scopes: Scope[],
): Promise<void> {
  const result = await core.call('catalog.watch', { scopes })
  if (result.ok) catalog.setState((state) => withWatched(state, scopes, result.value), true)
}

function errorValueOf(error: Error): ErrorValue {
  return error instanceof CoreError ? error.value : toErrorValue(error)
}
