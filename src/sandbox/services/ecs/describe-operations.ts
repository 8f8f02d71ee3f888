import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiOperation } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { clusterArn, lastSegment, serviceArn, taskArn } from './arns.ts'
import { containerInstanceView } from './container-instance.ts'
import {
  clusterResource,
  findTask,
  invalidParameter,
  placeOf,
  requireCluster,
  requireParameter,
} from './ecs-lookups.ts'
import type { EcsState } from './ecs-state.ts'
import { taskDefinitionView } from './task-definition-view.ts'
import { clusterView, containerInstanceArn, serviceView, tagList, taskView } from './views.ts'

const mostClusters = 100
const mostServices = 10
const mostTasks = 100

export function describeOperations(state: EcsState): Record<string, ApiOperation> {
  return {
    DescribeClusters: { handle: (call) => describeClusters(state, call) },
    DescribeServices: { handle: (call) => describeServices(state, call), resource: clusterResource },
    DescribeTasks: { handle: (call) => describeTasks(state, call), resource: clusterResource },
    DescribeContainerInstances: {
      handle: (call) => describeContainerInstances(state, call),
      resource: clusterResource,
    },
    DescribeTaskDefinition: { handle: (call) => describeTaskDefinition(state, call) },
  }
}

function describeClusters(state: EcsState, call: ApiCall): JsonObject {
  const names = call.input.strings('clusters')
  if (names.length > mostClusters)
    throw invalidParameter(`Clusters cannot have more than ${mostClusters} elements.`)
  const include = call.input.strings('include')
  const place = placeOf(call)
  return collect(names.length > 0 ? names : ['default'], 'clusters', (name) => {
    const cluster = state.cluster(place, name)
    return cluster
      ? { view: clusterView(cluster, include) }
      : { missing: clusterArn(place, lastSegment(name)) }
  })
}

function describeServices(state: EcsState, call: ApiCall): JsonObject {
  const names = requireNames(call, 'services', 'Services', mostServices)
  const cluster = requireCluster(state, call)
  const include = call.input.strings('include')
  return collect(names, 'services', (name) => {
    const service = cluster.services.get(lastSegment(name))
    if (service) return { view: serviceView(service, include) }
    return { missing: serviceArn(cluster, cluster.name, lastSegment(name)) }
  })
}

function describeTasks(state: EcsState, call: ApiCall): JsonObject {
  const names = requireNames(call, 'tasks', 'Tasks', mostTasks)
  const cluster = requireCluster(state, call)
  const include = call.input.strings('include')
  return collect(names, 'tasks', (name) => {
    const task = findTask(cluster, name)
    if (task) return { view: taskView(task, include) }
    return { missing: name.startsWith('arn:') ? name : taskArn(cluster, cluster.name, name) }
  })
}

function describeContainerInstances(state: EcsState, call: ApiCall): JsonObject {
  const names = requireNames(call, 'containerInstances', 'Container instances', mostTasks)
  const cluster = requireCluster(state, call)
  const arn = containerInstanceArn(cluster)
  const view = containerInstanceView(cluster)
  return collect(names, 'containerInstances', (name) =>
    view && lastSegment(name) === lastSegment(arn) ? { view } : { missing: name },
  )
}

function describeTaskDefinition(state: EcsState, call: ApiCall): JsonObject {
  const definition = state.definition(placeOf(call), requireParameter(call, 'taskDefinition'))
  if (definition === undefined) throw new AwsError('ClientException', 'Unable to describe task definition.')
  return {
    taskDefinition: taskDefinitionView(definition),
    tags: call.input.strings('include').includes('TAGS')
      ? tagList({ family: definition.description.family })
      : [],
  }
}

/** @throws {AwsError} InvalidParameterException when there are none or too many */
function requireNames(call: ApiCall, member: string, title: string, most: number): string[] {
  const names = call.input.strings(member)
  if (names.length === 0) throw invalidParameter(`${title} cannot be empty.`)
  if (names.length > most) throw invalidParameter(`${title} cannot have more than ${most} elements.`)
  return names
}

/** What was found, and what was not with ECS's reason for it. */
function collect(
  names: string[],
  member: string,
  describe: (name: string) => { view: JsonObject } | { missing: string },
): JsonObject {
  const answers = names.map(describe)
  return {
    [member]: answers.flatMap((answer) => ('view' in answer ? [answer.view] : [])),
    failures: answers.flatMap((answer) =>
      'missing' in answer ? [{ arn: answer.missing, reason: 'MISSING' }] : [],
    ),
  }
}
