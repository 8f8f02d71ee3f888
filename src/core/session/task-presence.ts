import type { Cluster } from '../../contract/catalog.ts'
import { scopeKey } from '../../contract/identity.ts'
import type { ContainerRef } from '../../contract/session.ts'

/** From here on a task's containers have ended (ECS task life cycle). Before, a shell may outlive the signal to stop. */
const overStatuses = new Set(['DEPROVISIONING', 'STOPPED', 'DELETED'])

/** Whether the catalog has just seen the container's task alive. */
export function seemsThere(cluster: Cluster, container: ContainerRef): boolean {
  return isOf(cluster, container) && !seemsStopped(cluster, container)
}

/**
 * Whether the catalog's picture of a cluster speaks against a container still
 * running. Only a reason to ask ECS: a list may be older than a task.
 */
export function seemsStopped(cluster: Cluster, container: ContainerRef): boolean {
  const { taskArn, containerName } = container
  if (!isOf(cluster, container)) return false
  const task = cluster.tasks.find(({ arn }) => arn === taskArn)
  if (task === undefined) return true
  if (overStatuses.has(task.status)) return true
  const state = task.containers.find(({ name }) => name === containerName)
  return task.desiredStatus === 'STOPPED' && state?.status === 'STOPPED'
}

function isOf(cluster: Cluster, { clusterArn, scope }: ContainerRef): boolean {
  return cluster.arn === clusterArn && scopeKey(cluster.scope) === scopeKey(scope)
}
