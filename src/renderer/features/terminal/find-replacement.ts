import type { Cluster, Task } from '../../../contract/catalog.ts'
import type { ContainerRef } from '../../../contract/session.ts'

/** The newest running task of the same service with a container of the same name, other than this one. */
export function findReplacement(cluster: Cluster | undefined, container: ContainerRef): Task | undefined {
  if (container.serviceName === undefined) return undefined
  const candidates = (cluster?.tasks ?? []).filter(
    (task) =>
      task.arn !== container.taskArn &&
      task.serviceName === container.serviceName &&
      task.status === 'RUNNING' &&
      task.containers.some(({ name }) => name === container.containerName),
  )
  return candidates.toSorted((one, other) => (other.startedAt ?? 0) - (one.startedAt ?? 0))[0]
}
