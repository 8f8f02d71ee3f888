import type { Cluster, Container, Readiness, Service, Task } from '../../../contract/catalog.ts'
import type { Account } from '../../../contract/identity.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { TaskRef } from '../documents/document.ts'

/** Task and container references carry the account's words along, so that a tab can say where it is by itself. */
export function taskRefFor(
  account: Account,
  cluster: Cluster,
  task: Pick<Task, 'arn' | 'id' | 'serviceName'>,
): TaskRef {
  return {
    scope: cluster.scope,
    accountName: account.name,
    environment: account.environment,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    serviceName: task.serviceName,
    taskArn: task.arn,
    taskId: task.id,
  }
}

export function containerRefFor(
  account: Account,
  cluster: Cluster,
  task: Task,
  container: Container,
): ContainerRef {
  return { ...taskRefFor(account, cluster, task), containerName: container.name }
}

export interface ServiceTasks {
  readonly service: Service
  readonly tasks: readonly Task[]
  readonly readiness: Readiness | undefined
}

export interface ClusterContents {
  readonly services: readonly ServiceTasks[]
  /** Tasks that no service of the cluster owns. */
  readonly standalone: readonly Task[]
}

const contentsCache = new WeakMap<Cluster, ClusterContents>()

/** A cluster's tasks under their services, by name. Kept per cluster object, which the core replaces as a whole. */
export function contentsOf(cluster: Cluster): ClusterContents {
  const known = contentsCache.get(cluster)
  if (known !== undefined) return known
  const byService = Map.groupBy(cluster.tasks, (task) => task.serviceName ?? '')
  const services = cluster.services
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .map((service): ServiceTasks => {
      const tasks = sortedTasks(byService.get(service.name) ?? [])
      return { service, tasks, readiness: readinessOfService(service, tasks) }
    })
  const serviceNames = new Set(cluster.services.map(({ name }) => name))
  const standalone = sortedTasks(
    cluster.tasks.filter(({ serviceName }) => !serviceNames.has(serviceName ?? '')),
  )
  const contents = { services, standalone }
  contentsCache.set(cluster, contents)
  return contents
}

/** Oldest first: a new task appears below, and nothing under the pointer moves. */
function sortedTasks(tasks: readonly Task[]): Task[] {
  return tasks.toSorted(
    (left, right) =>
      (left.startedAt ?? left.createdAt ?? Number.MAX_SAFE_INTEGER) -
        (right.startedAt ?? right.createdAt ?? Number.MAX_SAFE_INTEGER) || left.id.localeCompare(right.id),
  )
}

/** One glyph for many tasks: their common state, or advice when only some can be entered. */
function readinessOfService(service: Service, tasks: readonly Task[]): Readiness | undefined {
  const first = tasks[0]
  if (first === undefined)
    return service.execEnabled
      ? undefined
      : { level: 'blocked', reason: 'Exec is off', code: 'EXEC_NOT_ENABLED' }
  if (tasks.every(({ readiness }) => readiness.level === first.readiness.level)) return first.readiness
  const ready = tasks.filter(({ readiness }) => readiness.level === 'ready').length
  return { level: 'advice', reason: `${ready} of ${tasks.length} tasks are ready` }
}

export interface ContainerEntry {
  readonly ref: ContainerRef
  readonly container: Container
  readonly task: Task
}

const entriesCache = new WeakMap<Cluster, { account: Account; entries: ContainerEntry[] }>()

/** Every container of a cluster in the order of the navigator, for the palette. */
export function containersOf(account: Account, cluster: Cluster): readonly ContainerEntry[] {
  const known = entriesCache.get(cluster)
  if (known?.account === account) return known.entries
  const { services, standalone } = contentsOf(cluster)
  const tasks = [...services.flatMap((service) => service.tasks), ...standalone]
  const entries = tasks.flatMap((task) =>
    task.containers.map((container) => ({
      ref: containerRefFor(account, cluster, task, container),
      container,
      task,
    })),
  )
  entriesCache.set(cluster, { account, entries })
  return entries
}
