import type { Deployment, Service, Task } from '../../../contract/catalog.ts'
import type { ServiceChange } from './audit-entries.ts'

/** What the task's service rolled out since the task started; newest first. */
export function serviceChanges(
  { serviceName, startedAt, stoppedAt = Number.POSITIVE_INFINITY, id }: Task,
  services: readonly Service[],
): ServiceChange[] {
  const service = services.find(({ name }) => name === serviceName)
  if (service === undefined || startedAt === undefined) return []
  const inItsTime = ({ at }: ServiceChange) => at > startedAt && at <= stoppedAt
  const told = service.events
    // Beginnings and ends of deployments stand there already, and a steady state is no news.
    .filter(({ message }) => message.includes(id) || /roll(ing|ed) back|circuit breaker/i.test(message))
    .map(({ id: eventId, at, message }): ServiceChange => {
      const words = message.startsWith(`(service ${service.name})`)
        ? message.slice(`(service ${service.name})`.length).trim()
        : message
      return { kind: 'service', id: eventId, at, subject: service.name, words: 'event', detail: words }
    })
  return [...service.deployments.flatMap(changeOf), ...told]
    .filter(inItsTime)
    .sort((left, right) => right.at - left.at)
}

function changeOf(deployment: Deployment): ServiceChange[] {
  const { id, createdAt, taskDefinition, rolloutState, rolloutReason } = deployment
  if (createdAt === undefined) return []
  const words = wordsOfRollout[rolloutState ?? ''] ?? 'deployed'
  return [{ kind: 'service', id, at: createdAt, subject: taskDefinition, words, detail: rolloutReason }]
}

/** By the names of ECS. */
const wordsOfRollout: Record<string, string> = {
  IN_PROGRESS: 'is being deployed',
  COMPLETED: 'deployed',
  FAILED: 'failed to deploy',
}
