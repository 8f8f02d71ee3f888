import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { Account, Caller, Identity, Scope } from '../../../contract/identity.ts'
import { queries } from '../core/queries.ts'
import { taskOf } from '../documents/document.ts'
import { useDocuments, useServiceStore, useServices } from '../services.ts'

/**
 * Where the person is: the scope of the front tab, else of the selected row,
 * else of the only account there is.
 */
export function useFrontScope(): { scope: Scope; account: Account | undefined } | undefined {
  const front = useDocuments((state) =>
    state.activeId === undefined ? undefined : state.documents[state.activeId],
  )
  const target = useServiceStore('navigator', (state) => state.target)
  const accounts = useServiceStore('accounts', (state) => state.accounts)

  const scope = taskOf(front)?.scope ?? scopeOfTarget()
  if (scope === undefined) return undefined
  const view = accounts.find(
    ({ account }) => account.accountId === scope.accountId && account.identityId === scope.identityId,
  )
  return { scope, account: view?.account }

  function scopeOfTarget(): Scope | undefined {
    if (target?.kind === 'container') return target.container.scope
    if (target?.kind === 'task') return target.task.scope
    if (target?.kind === 'service') return target.service.scope
    const chosen =
      target?.kind === 'account'
        ? accounts.find(
            ({ account }) =>
              account.accountId === target.accountId && account.identityId === target.identityId,
          )
        : accounts[0]
    return chosen?.scope
  }
}

/** The sign-in behind where one is. */
export function useFrontIdentity(): Identity | undefined {
  const identityId = useFrontScope()?.scope.identityId
  return useServiceStore('identities', ({ identities }) => identities?.find(({ id }) => id === identityId))
}

/** Who AWS says one is there. Absent while it is asked. */
export function useFrontCaller(): Caller | undefined {
  return useFrontCallerQuery().data
}

export function useFrontCallerQuery(): UseQueryResult<Caller> {
  const { core } = useServices()
  const scope = useFrontScope()?.scope
  return useQuery({
    ...queries.caller(core, scope ?? { identityId: 'none:none', accountId: '', roleName: '', region: '' }),
    enabled: scope !== undefined,
  })
}
