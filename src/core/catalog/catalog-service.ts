import type { TaskAddresses } from '../../contract/addresses.ts'
import type { CatalogScope, Cluster, Service, Task } from '../../contract/catalog.ts'
import type { EventPayload } from '../../contract/events.ts'
import { type Caller, type Scope, scopeKey } from '../../contract/identity.ts'
import type { Answer } from '../../contract/methods.ts'
import type { AwsClients } from '../aws/clients.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { readAddresses } from './addresses.ts'
import { headerOf, toTask } from './ecs-model.ts'
import { createEcsReader } from './ecs-reader.ts'
import { createScopePoller, type ScopePoller } from './scope-poller.ts'
import { createTaskCalls, type TaskCalls, type TaskRef } from './task-calls.ts'

/**
 * Clusters, services, tasks and containers of the scopes that somebody looks
 * at. The methods are those of the contract; what changes comes through the
 * listeners, one cluster at a time.
 */
export interface CatalogService extends TaskCalls, Disposable {
  /** Sets which scopes are kept fresh, and returns what is known of them now. No scope, no calls. */
  watch(scopes: Scope[]): Answer<'catalog.watch'>
  /** Looks at all watched scopes anew and resolves when that is done. For a click, and after signing in again. */
  refresh(): Promise<void>
  /**
   * Tasks of a cluster that have stopped, newest first, for as long as ECS tells of them (about an
   * hour). Asked for and never polled.
   *
   * @throws {PortholeError} those of `AwsClients.call`
   */
  stopped(cluster: { scope: Scope; clusterArn: string }): Promise<Task[]>
  /** Tags of a task, its service and its cluster, as the catalog last saw them; none of what it has not seen. */
  tagsAt(task: TaskRef): Readonly<Record<string, string>>[]
  /** Where a task and its service are reached; of a task that the catalog has not seen, nothing is known. */
  addresses(task: TaskRef): Promise<TaskAddresses>
  onScope(listener: (state: CatalogScope) => void): Disposable
  onCluster(listener: (cluster: Cluster) => void): Disposable
  onClusterGone(listener: (gone: EventPayload<'catalog.clusterGone'>) => void): Disposable
}

export interface CatalogDependencies {
  clients: AwsClients
  /** Who acts, for the reason that a stopped task carries. */
  caller: (scope: Scope) => Promise<Caller>
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
}

/**
 * Scopes that nobody watches any more and whose picture is kept all the same: as
 * many as somebody goes back and forth between. A large one holds some megabytes.
 */
const unwatchedScopesKept = 8

export function createCatalogService({
  clients,
  caller,
  clock,
  random,
}: CatalogDependencies): CatalogService {
  const reader = createEcsReader(clients)
  const taskCalls = createTaskCalls({ clients, caller, clock })
  const scopeChanged = createListeners<CatalogScope>()
  const clusterChanged = createListeners<Cluster>()
  const clusterGone = createListeners<EventPayload<'catalog.clusterGone'>>()
  /** Also of scopes watched earlier, the latest last: they are shown at once when somebody comes back. */
  const pollers = new Map<string, ScopePoller>()
  let watched: ScopePoller[] = []
  /** Ends what was asked for by hand and is still under way. */
  const stopping = new AbortController()

  function pollerOf(scope: Scope): ScopePoller {
    const key = scopeKey(scope)
    const poller = pollers.get(key) ?? createPoller(scope)
    pollers.delete(key)
    pollers.set(key, poller)
    return poller
  }

  function forgetOldest(): void {
    const unwatched = [...pollers].filter(([, poller]) => !watched.includes(poller))
    for (const [key, poller] of unwatched.slice(0, Math.max(0, unwatched.length - unwatchedScopesKept))) {
      pollers.delete(key)
      poller[Symbol.dispose]()
    }
  }

  function createPoller(scope: Scope): ScopePoller {
    return createScopePoller({
      scope,
      reader,
      clock,
      random,
      events: {
        scope: scopeChanged.emit,
        cluster: clusterChanged.emit,
        clusterGone: (clusterArn) => clusterGone.emit({ scope, clusterArn }),
      },
    })
  }

  function knownCluster({ scope, clusterArn }: TaskRef): Cluster | undefined {
    return pollers
      .get(scopeKey(scope))
      ?.clusters()
      .find(({ arn }) => arn === clusterArn)
  }

  function knownPlace(ref: TaskRef): { cluster?: Cluster; service?: Service; task?: Task } {
    const cluster = knownCluster(ref)
    const task = cluster?.tasks.find(({ arn }) => arn === ref.taskArn)
    const service = cluster?.services.find(({ name }) => name === task?.serviceName)
    return { ...(cluster && { cluster }), ...(service && { service }), ...(task && { task }) }
  }

  return {
    watch(scopes) {
      const next = [...new Set(scopes.map(pollerOf))]
      for (const poller of watched) if (!next.includes(poller)) poller.stop()
      watched = next
      forgetOldest()
      const answer = {
        scopes: next.map((poller) => poller.state()),
        clusters: next.flatMap((poller) => poller.clusters()),
      }
      for (const poller of next) poller.start()
      return answer
    },

    async refresh() {
      await Promise.all(watched.map((poller) => poller.refresh()))
    },

    async stopped({ scope, clusterArn }) {
      const tasks = await reader.stoppedTasks(scope, clusterArn, stopping.signal)
      return tasks
        .map(toTask)
        .filter(({ status }) => status === 'STOPPED')
        .sort((left, right) => (right.stoppedAt ?? 0) - (left.stoppedAt ?? 0))
    },

    tagsAt(ref) {
      const { cluster, service, task } = knownPlace(ref)
      return [task, service, cluster].flatMap((place) => (place === undefined ? [] : [place.tags]))
    },

    async addresses(ref) {
      const { service, task } = knownPlace(ref)
      return readAddresses(clients, {
        scope: ref.scope,
        networkInterfaceId: task?.networkInterfaceId,
        targets: service?.targets ?? [],
      })
    },

    async describeForExec(ref) {
      const cluster = knownCluster(ref)
      const task = cluster?.tasks.find(({ arn }) => arn === ref.taskArn)
      const { snapshot, workload, ...container } = await taskCalls.describeForExec(ref, task)
      return {
        ...container,
        snapshot: { cluster: cluster && headerOf(cluster), ...snapshot },
        workload: { ...workload, kmsKeyId: cluster?.execLogging.kmsKeyId },
      }
    },

    async replaceTask(task) {
      const replaced = await taskCalls.replaceTask(task)
      // Not awaited: the task is replaced, whether or not the next look at it works.
      void pollers.get(scopeKey(task.scope))?.refresh()
      return replaced
    },

    onScope: scopeChanged.add,
    onCluster: clusterChanged.add,
    onClusterGone: clusterGone.add,

    [Symbol.dispose]() {
      stopping.abort(new Error('The catalog has ended.'))
      for (const poller of pollers.values()) poller[Symbol.dispose]()
      pollers.clear()
      watched = []
      for (const listeners of [scopeChanged, clusterChanged, clusterGone]) listeners[Symbol.dispose]()
    },
  }
}
