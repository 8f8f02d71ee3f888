import type { Cluster, Task } from '../../../contract/catalog.ts'
import type { Settings } from '../../../contract/host.ts'
import { type ClusterContents, contentsOf, type ServiceTasks } from '../../app/stores/catalog-entries.ts'

export type Order = Settings['navigatorOrder']

const inOrder = new WeakMap<Cluster, Map<Order, ClusterContents>>()

/** A cluster's contents in the order that was asked for. Kept per cluster object, which the core replaces as a whole. */
export function orderedContents(cluster: Cluster, order: Order): ClusterContents {
  if (order === 'name') return contentsOf(cluster)
  const known = inOrder.get(cluster) ?? new Map<Order, ClusterContents>()
  inOrder.set(cluster, known)
  const made = known.get(order) ?? reordered(contentsOf(cluster), order)
  known.set(order, made)
  return made
}

function reordered({ services, standalone }: ClusterContents, order: Order): ClusterContents {
  const weigh = serviceWeights[order]
  const tasks = (list: readonly Task[]) =>
    order === 'newest' ? list.toReversed() : order === 'trouble' ? troubledFirst(list) : list
  return {
    services: services
      .toSorted((left, right) => weigh(left) - weigh(right))
      .map((each) => ({ ...each, tasks: tasks(each.tasks) })),
    standalone: tasks(standalone),
  }
}

/** Smallest first; equal ones stay in the order of their names. */
const serviceWeights: Record<Order, (each: ServiceTasks) => number> = {
  name: () => 0,
  size: ({ tasks }) => -tasks.length,
  newest: ({ service, tasks }) =>
    -Math.max(
      service.createdAt ?? 0,
      ...service.deployments.map(({ createdAt }) => createdAt ?? 0),
      ...tasks.map(({ startedAt, createdAt }) => startedAt ?? createdAt ?? 0),
    ),
  trouble: ({ service, readiness }) =>
    readiness?.level === 'blocked'
      ? 0
      : service.runningCount < service.desiredCount
        ? 1
        : readiness?.level === 'advice'
          ? 2
          : 3,
}

const troubleOrder = ['blocked', 'advice', 'unknown', 'ready']

function troubledFirst(tasks: readonly Task[]): Task[] {
  const weigh = ({ readiness }: Task) => troubleOrder.indexOf(readiness.level)
  return tasks.toSorted((left, right) => weigh(left) - weigh(right))
}
