import type { Service, Task } from '../../../contract/catalog.ts'

/** How far a service has come with the task that takes another's place. */
export interface Replacement {
  /** ECS lastStatus of the task that goes; `GONE` once ECS lists it no more. */
  oldStatus: string
  /** The task that was started for it. */
  fresh: Task | undefined
  /** A shell can be opened in at least one of its containers. */
  ready: boolean
  /** As many tasks as the service wants run, none of them on its way. */
  steady: boolean
}

/** @param before ARNs of the service's tasks when the replacing began */
export function replacementOf(
  tasks: readonly Task[],
  service: Service | undefined,
  replaced: { taskArn: string; serviceName?: string | undefined },
  before: ReadonlySet<string>,
): Replacement {
  const ofService = tasks.filter(({ serviceName }) => serviceName === replaced.serviceName)
  const old = ofService.find(({ arn }) => arn === replaced.taskArn)
  const fresh = ofService
    .filter(({ arn, desiredStatus }) => !before.has(arn) && desiredStatus === 'RUNNING')
    .sort((left, right) => (right.createdAt ?? 0) - (left.createdAt ?? 0))[0]
  const oldIsOver = old === undefined || old.desiredStatus === 'STOPPED'
  return {
    oldStatus: old?.status ?? 'GONE',
    fresh,
    ready: fresh?.containers.some(({ readiness }) => readiness.level === 'ready') ?? false,
    steady:
      oldIsOver &&
      fresh?.status === 'RUNNING' &&
      service !== undefined &&
      service.runningCount >= service.desiredCount &&
      service.pendingCount === 0,
  }
}
