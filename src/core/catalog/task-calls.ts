import type { Container as EcsContainer, Task as EcsTask } from '@aws-sdk/client-ecs'
import type { Workload } from '../../contract/audit.ts'
import { PortholeError } from '../../contract/errors.ts'
import type { Caller, Scope } from '../../contract/identity.ts'
import type { ContainerRef } from '../../contract/session.ts'
import type { AwsClients } from '../aws/clients.ts'
import type { Clock } from '../clock.ts'
import { execAgentOf, nameOf, serviceNameOf } from './ecs-model.ts'
import { createTaskDefinitions } from './task-definitions.ts'

/** What a session needs of its container, read at the moment it opens. */
export interface ContainerForExec {
  /** Part of the session target `ecs:<cluster>_<task>_<runtime id>`. */
  runtimeId: string
  /**
   * As ECS described them, for the audit history; values of overridden variables left out. The
   * cluster as the catalog last saw it, if it did; the definition if it may be read.
   */
  snapshot: { cluster?: unknown; task: unknown; container: unknown; taskDefinition?: unknown }
  /** What runs there, in the words of the audit history. */
  workload: Workload
  /** When the task reached RUNNING, epoch milliseconds; absent before. */
  startedAt?: number
  execEnabled: boolean
  agent: ReturnType<typeof execAgentOf>
}

export interface TaskRef {
  scope: Scope
  clusterArn: string
  taskArn: string
}

/** What the audit history says about a replaced task. */
export interface ReplacedTask {
  serviceName: string
  principal: string
  userName: string
}

/** Calls about one task, made when somebody acts on it; never from the polled state, which may be old. */
export interface TaskCalls {
  /**
   * Advice is no gate: only what makes ExecuteCommand impossible is an error here.
   *
   * @throws {PortholeError} NOT_FOUND, TASK_STOPPED, AGENT_NOT_RUNNING, and those of `AwsClients.call`
   */
  describeForExec(container: ContainerRef, known?: KnownTask): Promise<ContainerForExec>
  /**
   * Stops the task so that its service starts a fresh one from the image.
   *
   * @throws {PortholeError} NOT_FOUND, INVALID_REQUEST for a task without a service, and those of `AwsClients.call`
   */
  replaceTask(task: TaskRef): Promise<ReplacedTask>
}

/** What the catalog has seen of a task before anybody acts on it: saves waiting for one answer to ask the next. */
export interface KnownTask {
  taskDefinitionArn?: string | undefined
}

export function createTaskCalls({
  clients,
  caller,
  clock,
}: {
  clients: AwsClients
  caller: (scope: Scope) => Promise<Caller>
  clock: Clock
}): TaskCalls {
  const definitions = createTaskDefinitions({ clients, clock })

  async function describeTask({ scope, clusterArn, taskArn }: TaskRef): Promise<EcsTask> {
    const what = { action: 'ecs:DescribeTasks', resource: taskArn }
    const { tasks } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTasks({ cluster: clusterArn, tasks: [taskArn], include: ['TAGS'] }),
    )
    const [task] = tasks ?? []
    if (task) return task
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `Task ${nameOf(taskArn)} does not exist any more.`,
      action: 'Refresh the list: its service may have started another one.',
    })
  }

  return {
    async describeForExec(ref, known = {}) {
      if (known.taskDefinitionArn) void definitions.get(ref.scope, known.taskDefinitionArn)
      const task = await describeTask(ref)
      if (task.desiredStatus === 'STOPPED') throw taskStopped(task)
      const container = task.containers?.find(({ name }) => name === ref.containerName)
      if (!container) throw containerUnknown(ref)
      if (!container.runtimeId) throw containerNotStarted(ref)
      const taskDefinition = await definitions.get(ref.scope, task.taskDefinitionArn ?? '')
      return {
        runtimeId: container.runtimeId,
        snapshot: { task: withoutOverriddenValues(task), container, taskDefinition },
        workload: workloadOf(task, container),
        startedAt: task.startedAt?.getTime(),
        execEnabled: task.enableExecuteCommand === true,
        agent: execAgentOf(container),
      }
    },

    async replaceTask(ref) {
      const [task, { arn, userName }] = await Promise.all([describeTask(ref), caller(ref.scope)])
      const serviceName = serviceNameOf(task)
      if (!serviceName) throw standalone(ref.taskArn)
      const what = { action: 'ecs:StopTask', resource: ref.taskArn }
      await clients.call('ecs', ref.scope, what, (ecs) =>
        ecs.stopTask({
          cluster: ref.clusterArn,
          task: ref.taskArn,
          reason: stopReason(userName),
        }),
      )
      return { serviceName, principal: arn, userName }
    },
  }
}

function workloadOf(task: EcsTask, container: EcsContainer): Workload {
  return {
    taskDefinition: nameOf(task.taskDefinitionArn ?? ''),
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    launchType: task.launchType,
    platformFamily: task.platformFamily,
    platformVersion: task.platformVersion,
  }
}

/** ECS keeps 255 characters of a reason. */
const longestReasonCharacters = 255

function stopReason(userName: string): string {
  return `Replaced with Porthole by ${userName}`.slice(0, longestReasonCharacters)
}

/** RunTask can set environment variables, and people put secrets there; the history keeps the names. */
function withoutOverriddenValues(task: EcsTask): EcsTask {
  const containerOverrides = task.overrides?.containerOverrides?.map((override) => ({
    ...override,
    environment: override.environment?.map(({ name }) => ({ name })),
  }))
  return { ...task, overrides: { ...task.overrides, containerOverrides } }
}

function taskStopped({ taskArn = '', lastStatus, stoppedReason }: EcsTask): PortholeError {
  return new PortholeError({
    code: 'TASK_STOPPED',
    message: `Task ${nameOf(taskArn)} ${lastStatus === 'STOPPED' ? 'has stopped' : 'is stopping'}.`,
    detail: stoppedReason,
    action: 'Choose another task of the service.',
  })
}

function containerUnknown({ containerName, taskId }: ContainerRef): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: `Task ${taskId} has no container "${containerName}".`,
    action: 'Refresh the list and choose another container.',
  })
}

function containerNotStarted({ containerName }: ContainerRef): PortholeError {
  return new PortholeError({
    code: 'AGENT_NOT_RUNNING',
    message: `Container "${containerName}" has not started yet.`,
    action: 'Wait a moment, then try again.',
    retryable: true,
  })
}

function standalone(taskArn: string): PortholeError {
  return new PortholeError({
    code: 'INVALID_REQUEST',
    message: `Task ${nameOf(taskArn)} belongs to no service, so nothing would replace it.`,
    action: 'Stop it and run it again where it was started.',
  })
}
