import { api } from './task-definitions.ts'
import type { ClusterDescription, ServiceDescription } from './world-types.ts'

/** A service of this size is common, and keeps the number of services below the number of tasks. */
const tasksPerService = 25
const hour = 60

/** The first is larger than two pages of ListTasks; together they are 100 tasks each, as in many an organization. */
const clusterSizes = [250, 50, 100, 75, 25]
export const firstFleetCluster = 'fleet'

/** Clusters with `tasks` further tasks, for whoever wants to see what scale does: 50 of them for 5,000 tasks. */
export function fleetClusters(tasks: number): ClusterDescription[] {
  const clusters: ClusterDescription[] = []
  for (let placed = 0; placed < tasks; ) {
    const size = Math.min(clusterSizes[clusters.length % clusterSizes.length] ?? tasks, tasks - placed)
    clusters.push(fleetCluster(clusters.length + 1, size))
    placed += size
  }
  return clusters
}

function fleetCluster(number: number, tasks: number): ClusterDescription {
  const services: ServiceDescription[] = []
  for (let placed = 0; placed < tasks; placed += tasksPerService) {
    services.push(fleetService(services.length + 1, Math.min(tasksPerService, tasks - placed)))
  }
  const name = number === 1 ? firstFleetCluster : `${firstFleetCluster}-${String(number).padStart(2, '0')}`
  return { name, tags: { purpose: 'scale' }, services }
}

function fleetService(number: number, desiredCount: number): ServiceDescription {
  const name = `fleet-${String(number).padStart(3, '0')}`
  return {
    name,
    desiredCount,
    execEnabled: true,
    definition: api(name, `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name}:1.0.${number}`, 1),
    tasks: Array.from({ length: desiredCount }, (_, index) => ({
      ageMinutes: hour * (1 + ((number * 7 + index) % 200)),
    })),
  }
}
