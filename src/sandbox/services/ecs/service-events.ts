import { randomUUID } from 'node:crypto'
import type { LiveService } from './ecs-state.ts'

/** DescribeServices shows the newest hundred. */
const keptEvents = 100

/** One line of a service's event list, in the words of ECS: `(service web) has …`. */
export function recordServiceEvent(service: LiveService, at: number, text: string): void {
  service.events.unshift({ id: randomUUID(), createdAt: at, message: `(service ${service.name}) ${text}` })
  service.events.splice(keptEvents)
}
