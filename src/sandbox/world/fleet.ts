import { api } from './task-definitions.ts'
import type { ClusterDescription, ServiceDescription } from './world-types.ts'

/** A service of this size is common, and keeps the number of services below the number of tasks. */
const tasksPerService = 25
const hour = 60

/** A cluster with `tasks` further tasks, for whoever wants to see what scale does. */
export function fleetCluster(tasks: number): ClusterDescription {
  const services: ServiceDescription[] = []
  for (let placed = 0; placed < tasks; placed += tasksPerService) {
    services.push(fleetService(services.length + 1, Math.min(tasksPerService, tasks - placed)))
  }
  return { name: 'fleet', tags: { environment: 'production', purpose: 'scale' }, services }
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
