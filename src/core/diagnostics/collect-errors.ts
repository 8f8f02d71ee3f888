import type { CatalogScope, Cluster } from '../../contract/catalog.ts'
import { toErrorValue } from '../../contract/errors.ts'
import type { SignInAttempt } from '../../contract/identity.ts'
import type { MethodHandlers } from '../../contract/methods.ts'
import type { Session } from '../../contract/session.ts'
import type { RecentErrors } from './recent-errors.ts'

export interface ErrorSources {
  onScope(listener: (scope: CatalogScope) => void): Disposable
  onCluster(listener: (cluster: Cluster) => void): Disposable
  onSession(listener: (session: Session) => void): Disposable
  onAttempt(listener: (attempt: SignInAttempt) => void): Disposable
}

/** Remembers what goes wrong without anybody having asked for it: polls, sessions, sign-ins. */
export function collectErrors(sources: ErrorSources, errors: Pick<RecentErrors, 'add'>): Disposable {
  const listening = new DisposableStack()
  listening.use(
    sources.onScope(({ scope, error }) => {
      if (error) errors.add(`reading the clusters of ${scope.accountId} in ${scope.region}`, error)
    }),
  )
  listening.use(
    sources.onCluster(({ name, scope, problems }) => {
      for (const problem of problems) errors.add(`reading ${name} in ${scope.region}`, problem)
    }),
  )
  listening.use(
    sources.onSession(({ container, error }) => {
      if (error) errors.add(`the session in ${container.containerName}`, error)
    }),
  )
  listening.use(
    sources.onAttempt(({ identityId, error }) => {
      if (error) errors.add(`signing in to ${identityId}`, error)
    }),
  )
  return listening
}

/** The same handlers, whose failures are remembered on their way to the page. */
export function rememberFailures<Handlers extends Partial<MethodHandlers>>(
  handlers: Handlers,
  errors: Pick<RecentErrors, 'add'>,
): Handlers {
  const remembering = Object.entries(handlers).map(([method, handle]) => [
    method,
    async (params: never) => {
      try {
        return await (handle as (params: never) => Promise<unknown>)(params)
      } catch (thrown) {
        errors.add(method, toErrorValue(thrown))
        throw thrown
      }
    },
  ])
  return Object.fromEntries(remembering)
}
