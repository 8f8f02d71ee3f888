import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import type { ImportedShellsRequest } from '../../../contract/cloud-audit.ts'
import { type Scope, scopeKey } from '../../../contract/identity.ts'
import type { RecordMatter } from '../../../contract/record-acts.ts'
import type { SearchRequest } from '../../../contract/search.ts'
import { CoreError, unwrap } from './core-error.ts'
import type { CoreClient } from './core-link.ts'
import { followHistory, type KeptHistory } from './task-history.ts'

/** The core keeps answers fresh and says so in events; the page asks again only when told. */
const untilTold = Number.POSITIVE_INFINITY

/** Nothing tells when a task stops that nobody looks at; asked for again after this when shown anew. */
const stoppedFreshMilliseconds = 15_000

/** Load balancers are changed by hand and seldom; each look costs a handful of calls. */
const addressesFreshMilliseconds = 10 * 60_000

/** The core has already retried what AWS throttled; more would only add delay. */
const retriesOfRetryable = 1

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: untilTold,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) =>
          failures < retriesOfRetryable && error instanceof CoreError && error.value.retryable,
      },
    },
  })
}

/** Begins the keys of all questions about imported shells, whatever they ask for. */
export const importedShellsKey = 'audit.importedShells'
export const recordActsKey = 'audit.recordActs'

/** Begins the keys of all questions about what was done in a task: what is new in one is new in all. */
export function taskAuditKey(taskArn: string): string[] {
  return ['audit.task', taskArn]
}

/** Every question the page asks, with the key under which its answer is kept. */
export const queries = {
  hostInfo: (core: CoreClient) =>
    queryOptions({ queryKey: ['host.info'], queryFn: async () => unwrap(await core.call('host.info', {})) }),

  caller: (core: CoreClient, scope: Scope) =>
    queryOptions({
      queryKey: ['accounts.caller', scopeKey(scope)],
      queryFn: async () => unwrap(await core.call('accounts.caller', { scope })),
    }),

  diagnostics: (core: CoreClient, region: string | undefined) =>
    queryOptions({
      queryKey: ['diagnostics.get', region],
      queryFn: async () => unwrap(await core.call('diagnostics.get', region === undefined ? {} : { region })),
    }),

  stoppedTasks: (core: CoreClient, scope: Scope, clusterArn: string) =>
    queryOptions({
      queryKey: ['catalog.stopped', scopeKey(scope), clusterArn],
      queryFn: async () => unwrap(await core.call('catalog.stopped', { scope, clusterArn })).tasks,
      staleTime: stoppedFreshMilliseconds,
    }),

  taskAddresses: (core: CoreClient, task: { scope: Scope; clusterArn: string; taskArn: string }) =>
    queryOptions({
      queryKey: ['task.addresses', scopeKey(task.scope), task.taskArn],
      queryFn: async () => unwrap(await core.call('task.addresses', task)),
      staleTime: addressesFreshMilliseconds,
    }),

  touched: (core: CoreClient) =>
    queryOptions({
      queryKey: ['audit.touched'],
      queryFn: async () => unwrap(await core.call('audit.touched', {})),
    }),

  taskAudit: (core: CoreClient, taskArn: string) =>
    queryOptions({
      queryKey: [...taskAuditKey(taskArn), 'whole'],
      queryFn: async () => unwrap(await core.call('audit.task', { taskArn })),
    }),

  /** What was read before stays, and only what is new since then is asked for. */
  taskHistory: (core: CoreClient, taskArn: string) =>
    queryOptions({
      queryKey: [...taskAuditKey(taskArn), 'history'],
      queryFn: async ({ client, queryKey }) => {
        const before = client.getQueryData<KeptHistory>(queryKey)
        return followHistory(
          before,
          unwrap(await core.call('audit.history', { taskArn, since: before?.place })),
        )
      },
    }),

  historyEntries: (core: CoreClient, taskArn: string, seqs: number[]) =>
    queryOptions({
      queryKey: [...taskAuditKey(taskArn), 'entries', seqs],
      queryFn: async () => unwrap(await core.call('audit.historyEntries', { taskArn, seqs })),
    }),

  commandSummaries: (core: CoreClient, taskArn: string, sessionIds: string[]) =>
    queryOptions({
      queryKey: [...taskAuditKey(taskArn), 'commands', sessionIds],
      queryFn: async () => unwrap(await core.call('audit.commandSummaries', { sessionIds })),
    }),

  entrants: (core: CoreClient, service: { scope: Scope; clusterArn: string; serviceName: string }) =>
    queryOptions({
      queryKey: ['readiness.entrants', scopeKey(service.scope), service.clusterArn, service.serviceName],
      queryFn: async () => unwrap(await core.call('readiness.entrants', service)),
      // Nothing tells when somebody's policy changes.
      staleTime: 0,
    }),

  taskCloud: (core: CoreClient, scope: Scope, taskArn: string) =>
    queryOptions({
      queryKey: ['audit.cloud', scopeKey(scope), taskArn],
      queryFn: async () => unwrap(await core.call('audit.cloud', { scope, taskArn })),
    }),

  imports: (core: CoreClient) =>
    queryOptions({
      queryKey: ['audit.imports'],
      queryFn: async () => unwrap(await core.call('audit.imports', {})),
    }),

  importedShells: (core: CoreClient, question: Omit<ImportedShellsRequest, 'offset'>) =>
    infiniteQueryOptions({
      queryKey: [importedShellsKey, question],
      queryFn: async ({ pageParam: offset }) =>
        unwrap(await core.call('audit.importedShells', { ...question, offset })),
      initialPageParam: 0,
      getNextPageParam: (last, pages) => {
        const read = pages.reduce((sum, { shells }) => sum + shells.length, 0)
        return last.shells.length > 0 && read < last.total ? read : undefined
      },
    }),

  recordActs: (core: CoreClient, matter: RecordMatter | undefined) =>
    infiniteQueryOptions({
      queryKey: [recordActsKey, matter],
      queryFn: async ({ pageParam: before }) =>
        unwrap(await core.call('audit.recordActs', { matter, before })),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: ({ acts, more }) => (more ? acts.at(-1)?.seq : undefined),
    }),

  taskSnapshot: (core: CoreClient, taskArn: string) =>
    queryOptions({
      queryKey: ['audit.taskSnapshot', taskArn],
      queryFn: async () => unwrap(await core.call('audit.taskSnapshot', { taskArn })),
    }),

  pluginFindings: (core: CoreClient) =>
    queryOptions({
      queryKey: ['plugin', 'find'],
      queryFn: async () => unwrap(await core.call('plugin.find', {})),
      // Somebody may install or remove one at any time, and nothing tells.
      staleTime: 0,
    }),

  pluginOffer: (core: CoreClient) =>
    queryOptions({
      queryKey: ['plugin', 'offer'],
      queryFn: async () => unwrap(await core.call('plugin.offer', {})),
      staleTime: 0,
      // The person tries again; a page that keeps asking a site by itself is none of theirs.
      retry: false,
    }),

  auditSearch: (core: CoreClient, request: SearchRequest) =>
    queryOptions({
      queryKey: ['audit.search', request],
      queryFn: async () => unwrap(await core.call('audit.search', request)),
    }),

  /**
   * Whether all recordings of a task are on hold, as one of its sessions knows.
   * @param lastHold place of the latest hold in the ledger: another one asks anew
   */
  taskHold: (core: CoreClient, sessionId: string, lastHold: number | undefined) =>
    queryOptions({
      queryKey: ['audit.taskHold', sessionId, lastHold],
      queryFn: async () => {
        const { holds } = unwrap(await core.call('audit.session', { sessionId }))
        return holds?.includes('task') ?? false
      },
    }),

  auditSession: (core: CoreClient, sessionId: string) =>
    queryOptions({
      queryKey: ['audit.session', sessionId],
      queryFn: async () => unwrap(await core.call('audit.session', { sessionId })),
    }),
}
