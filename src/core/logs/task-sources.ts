import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { LogSource, LogTask } from '../../contract/logs.ts'
import type { AwsClients } from '../aws/clients.ts'
import { needsRuntimeId, sourceOf } from './log-sources.ts'

/**
 * Where each container of a task writes, in the order of its definition.
 *
 * @throws {PortholeError} NOT_FOUND when ECS knows the task no more, and those of `AwsClients.call`
 */
export type SourcesOf = (task: LogTask) => Promise<LogSource[]>

/** Definitions never change once they are registered; so many are remembered. */
const definitionsKept = 200

export function createTaskSources(clients: AwsClients): SourcesOf {
  const definitions = new Map<string, ContainerDefinition[]>()

  async function containersOf(scope: Scope, arn: string): Promise<ContainerDefinition[]> {
    const known = definitions.get(arn)
    if (known) return known
    const what = { action: 'ecs:DescribeTaskDefinition', resource: arn }
    const { taskDefinition } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTaskDefinition({ taskDefinition: arn }),
    )
    const containers = taskDefinition?.containerDefinitions ?? []
    definitions.set(arn, containers)
    for (const oldest of definitions.keys()) {
      if (definitions.size <= definitionsKept) break
      definitions.delete(oldest)
    }
    return containers
  }

  async function describe(task: LogTask) {
    const { scope, clusterArn, taskArn } = task
    const what = { action: 'ecs:DescribeTasks', resource: taskArn }
    const { tasks } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTasks({ cluster: clusterArn, tasks: [taskArn] }),
    )
    if (tasks?.[0]) return tasks[0]
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `ECS no longer knows task ${task.taskId}, so nobody can tell where it logged.`,
      action: 'Look into the log group of its service for a stream that ends with the task ID.',
    })
  }

  return async (task) => {
    const { scope, taskId } = task
    const described = task.taskDefinitionArn === undefined ? await describe(task) : undefined
    const arn = task.taskDefinitionArn ?? described?.taskDefinitionArn ?? ''
    const containers = await containersOf(scope, arn)
    const live = containers.some(needsRuntimeId) ? (described ?? (await describe(task))) : undefined
    const runtimeIds = Object.fromEntries(
      (live?.containers ?? []).map(({ name = '', runtimeId }) => [name, runtimeId]),
    )
    return containers.map((container) => sourceOf(container, { taskId, region: scope.region, runtimeIds }))
  }
}
