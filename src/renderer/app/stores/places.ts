import type { Cluster, Container, Task } from '../../../contract/catalog.ts'
import type { Settings } from '../../../contract/host.ts'
import { type ContainerPlace, placeKey } from '../../../contract/place.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import { type CatalogState, clusterKey } from './catalog-store.ts'

/** As many as the navigator shows beside the tree without burying it. */
const recentContainersKept = 5

/** `api:17` is a revision of the family `api`. */
function familyOf({ taskDefinition }: Pick<Task, 'taskDefinition'>): string {
  return taskDefinition.replace(/:\d+$/, '')
}

/** A standalone task that the catalog has forgotten leaves its id: better than a place that many share. */
export function placeOf(ref: ContainerRef, task: Task | undefined): ContainerPlace {
  const { scope, clusterName, serviceName, containerName, taskId } = ref
  const { accountId, region } = scope
  const place = { accountId, region, clusterName, containerName }
  if (serviceName !== undefined) return { ...place, serviceName }
  return { ...place, family: task === undefined ? taskId : familyOf(task) }
}

export function findTask(catalog: CatalogState, ref: ContainerRef): Task | undefined {
  return catalog.clusters[clusterKey(ref.scope, ref.clusterArn)]?.tasks.find(({ arn }) => arn === ref.taskArn)
}

export interface FoundPlace {
  readonly cluster: Cluster
  /** Absent while nothing runs there. */
  readonly task?: Task
  readonly container?: Container
}

const readinessOrder = ['ready', 'advice', 'unknown', 'blocked']

/** What runs at a place now: the task that can be entered best, the oldest of those. */
export function lookUpPlace(clusters: Iterable<Cluster>, place: ContainerPlace): FoundPlace | undefined {
  for (const cluster of clusters) {
    const { accountId, region } = cluster.scope
    if (accountId !== place.accountId || region !== place.region || cluster.name !== place.clusterName)
      continue
    const candidates = cluster.tasks
      .filter((task) => isAt(task, place))
      .flatMap((task) =>
        task.containers
          .filter(({ name }) => name === place.containerName)
          .map((container) => ({ task, container })),
      )
    const best = candidates.reduce<(typeof candidates)[number] | undefined>(
      (found, next) => (found === undefined || rank(next) < rank(found) ? next : found),
      undefined,
    )
    return { cluster, ...best }
  }
  return undefined
}

function isAt(task: Task, { serviceName, family }: ContainerPlace): boolean {
  if (serviceName !== undefined) return task.serviceName === serviceName
  return task.serviceName === undefined && (familyOf(task) === family || task.id === family)
}

function rank({ container }: { container: Container }): number {
  return readinessOrder.indexOf(container.readiness.level)
}

export function withVisit(settings: Settings, place: ContainerPlace, at: number): Partial<Settings> {
  const others = settings.recentContainers.filter((other) => placeKey(other) !== placeKey(place))
  return { recentContainers: [{ ...place, at }, ...others].slice(0, recentContainersKept) }
}

export function withoutVisit(settings: Settings, place: ContainerPlace): Partial<Settings> {
  return {
    recentContainers: settings.recentContainers.filter((other) => placeKey(other) !== placeKey(place)),
  }
}

export function isFavourite(settings: Settings, place: ContainerPlace): boolean {
  return settings.favouriteContainers.some((other) => placeKey(other) === placeKey(place))
}

export function toggledFavouriteContainer(settings: Settings, place: ContainerPlace): Partial<Settings> {
  const { favouriteContainers } = settings
  return {
    favouriteContainers: isFavourite(settings, place)
      ? favouriteContainers.filter((other) => placeKey(other) !== placeKey(place))
      : [...favouriteContainers, place],
  }
}
