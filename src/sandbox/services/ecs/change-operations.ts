import type { ApiInput, JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { lastSegment, serviceArn, taskDefinitionArn } from './arns.ts'
import {
  clusterResource,
  findTask,
  invalidParameter,
  placeOf,
  requireCluster,
  requireParameter,
  requireService,
  taskResource,
} from './ecs-lookups.ts'
import type { EcsState, LaunchType, LiveTaskDefinition } from './ecs-state.ts'
import type { Scheduler } from './scheduler.ts'
import { serviceView, taskView } from './views.ts'

/** RunTask starts ten at most. */
const mostTasksPerCall = 10
/** ECS keeps this many characters of a caller's reason. */
const longestReason = 255
const recorded = { responseElements: (answer: JsonObject) => answer }

export function changeOperations(state: EcsState, scheduler: Scheduler): Record<string, ApiOperation> {
  return {
    RunTask: { handle: (call) => runTask(state, scheduler, call), resource: definitionResource, recorded },
    StopTask: { handle: (call) => stopTask(state, scheduler, call), resource: taskResource, recorded },
    UpdateService: {
      handle: (call) => updateService(state, scheduler, call),
      resource: serviceResource,
      recorded,
    },
  }
}

function runTask(state: EcsState, scheduler: Scheduler, call: ApiCall): JsonObject {
  const cluster = requireCluster(state, call)
  const definition = requireDefinition(state, call, requireParameter(call, 'taskDefinition'))
  const count = call.input.integer('count') ?? 1
  if (count < 1 || count > mostTasksPerCall)
    throw invalidParameter(`Count must be between 1 and ${mostTasksPerCall}.`)
  const tasks = Array.from({ length: count }, () =>
    scheduler.launch({
      cluster,
      definition,
      startedBy: call.input.string('startedBy') ?? '',
      launchType: launchTypeOf(call.input),
      execEnabled: call.input.boolean('enableExecuteCommand') ?? false,
      tags: readTags(call.input),
    }),
  )
  return { tasks: tasks.map((task) => taskView(task, ['TAGS'])), failures: [] }
}

function stopTask(state: EcsState, scheduler: Scheduler, call: ApiCall): JsonObject {
  const cluster = requireCluster(state, call)
  const task = findTask(cluster, requireParameter(call, 'task'))
  if (task === undefined) throw invalidParameter('The referenced task was not found.')
  const reason = call.input.string('reason') ?? 'Task stopped by user'
  scheduler.stop(task, 'UserInitiated', reason.slice(0, longestReason))
  return { task: taskView(task, ['TAGS']) }
}

function updateService(state: EcsState, scheduler: Scheduler, call: ApiCall): JsonObject {
  const cluster = requireCluster(state, call)
  const service = requireService(cluster, requireParameter(call, 'service'))
  const { input } = call
  const wantedDefinition = input.string('taskDefinition')
  const definition =
    wantedDefinition === undefined ? undefined : requireDefinition(state, call, wantedDefinition)
  const desiredCount = input.integer('desiredCount') ?? service.desiredCount
  if (desiredCount < 0) throw invalidParameter('desiredCount cannot be negative.')

  service.desiredCount = desiredCount
  // Running tasks keep what they were started with: only a new deployment brings exec to them.
  service.execEnabled = input.boolean('enableExecuteCommand') ?? service.execEnabled
  const current = service.deployments[0]?.definition
  const next = definition ?? current
  const isNew = definition !== undefined && definition !== current
  if (next && (isNew || input.boolean('forceNewDeployment'))) scheduler.deploy(service, next)
  else scheduler.reconcile(service)
  return { service: serviceView(service, ['TAGS']) }
}

function requireDefinition(state: EcsState, call: ApiCall, name: string): LiveTaskDefinition {
  const definition = state.definition(placeOf(call), name)
  if (definition === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.')
  return definition
}

function launchTypeOf(input: ApiInput): LaunchType {
  const launchType = input.string('launchType') ?? 'FARGATE'
  if (launchType !== 'FARGATE' && launchType !== 'EC2') {
    throw invalidParameter(`The sandbox cannot run tasks of launch type ${launchType}.`)
  }
  return launchType
}

function readTags(input: ApiInput): Record<string, string> {
  return Object.fromEntries(
    input.objects('tags').map((tag) => [tag.string('key') ?? '', tag.string('value') ?? '']),
  )
}

function serviceResource(call: ApiCall): string {
  const cluster = lastSegment(clusterResource(call))
  return serviceArn(placeOf(call), cluster, lastSegment(call.input.string('service') ?? '*'))
}

function definitionResource(call: ApiCall): string {
  const [family = '*', revision] = lastSegment(call.input.string('taskDefinition') ?? '*').split(':')
  return taskDefinitionArn(placeOf(call), family, Number(revision ?? 1))
}
