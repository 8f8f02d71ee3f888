import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation } from '../http/api-service.ts'
import { lastSegment } from './arns.ts'
import {
  arnPage,
  clusterResource,
  invalidParameter,
  placeOf,
  requireCluster,
  requireService,
} from './ecs-lookups.ts'
import type { EcsState, LiveCluster, LiveTask } from './ecs-state.ts'

const hundred = { default: 100, maximum: 100 }
/** ListServices alone gives ten when it is not told otherwise. */
const servicesLimits = { default: 10, maximum: 100 }
const launchTypes = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']
const desiredStatuses = ['RUNNING', 'PENDING', 'STOPPED']

export function listOperations(state: EcsState): Record<string, ApiOperation> {
  return {
    ListClusters: { handle: (call) => listClusters(state, call) },
    ListServices: { handle: (call) => listServices(state, call), resource: clusterResource },
    ListTasks: { handle: (call) => listTasks(state, call), resource: clusterResource },
    ListTaskDefinitions: { handle: (call) => listTaskDefinitions(state, call) },
  }
}

function listClusters(state: EcsState, call: ApiCall): JsonObject {
  const arns = state.clusters(placeOf(call)).map((cluster) => cluster.arn)
  const page = arnPage(call, arns.sort(), '', hundred)
  return { clusterArns: page.items, nextToken: page.nextToken }
}

function listServices(state: EcsState, call: ApiCall): JsonObject {
  const cluster = requireCluster(state, call)
  const launchType = oneOf(call, 'launchType', launchTypes)
  const arns = [...cluster.services.values()]
    .filter((service) => launchType === undefined || service.launchType === launchType)
    .map((service) => service.arn)
  const page = arnPage(call, arns.sort(), `${cluster.arn} ${launchType}`, servicesLimits)
  return { serviceArns: page.items, nextToken: page.nextToken }
}

function listTasks(state: EcsState, call: ApiCall): JsonObject {
  const cluster = requireCluster(state, call)
  const filter = taskFilter(cluster, call)
  const arns = [...cluster.tasks.values()].filter(filter.matches).map((task) => task.arn)
  const page = arnPage(call, arns.sort(), `${cluster.arn} ${filter.purpose}`, hundred)
  return { taskArns: page.items, nextToken: page.nextToken }
}

function taskFilter(cluster: LiveCluster, call: ApiCall) {
  const { input } = call
  const serviceName = input.string('serviceName')
  const family = input.string('family')
  const startedBy = input.string('startedBy')
  const launchType = oneOf(call, 'launchType', launchTypes)
  // ECS never desires PENDING, so that filter finds nothing.
  const desiredStatus = oneOf(call, 'desiredStatus', desiredStatuses) ?? 'RUNNING'
  if (serviceName !== undefined && (family !== undefined || startedBy !== undefined)) {
    throw invalidParameter('Cannot filter on serviceName together with family or startedBy.')
  }
  const service = serviceName === undefined ? undefined : requireService(cluster, serviceName)
  return {
    purpose: JSON.stringify([serviceName, family, startedBy, launchType, desiredStatus]),
    matches: (task: LiveTask) =>
      task.desiredStatus === desiredStatus &&
      (service === undefined || task.serviceName === service.name) &&
      (family === undefined || task.definition.description.family === family) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (launchType === undefined || task.launchType === launchType),
  }
}

function listTaskDefinitions(state: EcsState, call: ApiCall): JsonObject {
  const familyPrefix = call.input.string('familyPrefix')
  const arns = state
    .definitions(placeOf(call))
    .filter((each) => familyPrefix === undefined || each.description.family === lastSegment(familyPrefix))
    .map((each) => each.arn)
  const page = arnPage(call, arns.sort(), familyPrefix ?? '', hundred)
  return { taskDefinitionArns: page.items, nextToken: page.nextToken }
}

function oneOf(call: ApiCall, name: string, allowed: readonly string[]): string | undefined {
  const value = call.input.string(name)
  if (value !== undefined && !allowed.includes(value)) {
    throw invalidParameter(`${name} must be one of ${allowed.join(', ')}.`)
  }
  return value
}
