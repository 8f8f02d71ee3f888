import type { ApiCall } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import { type Page, pageOf } from '../http/paging.ts'
import { clusterArn, lastSegment, type Place } from './arns.ts'
import type { EcsState, LiveCluster, LiveService, LiveTask } from './ecs-state.ts'

/** What most ECS calls begin with: finding what they name, or refusing in ECS's words. */

export function placeOf(call: ApiCall): Place {
  return { accountId: call.caller.accountId, region: call.region }
}

/** @throws {AwsError} ClusterNotFoundException */
export function requireCluster(state: EcsState, call: ApiCall): LiveCluster {
  const cluster = state.cluster(placeOf(call), call.input.string('cluster'))
  if (cluster === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  return cluster
}

/** By name or ARN. @throws {AwsError} ServiceNotFoundException */
export function requireService(cluster: LiveCluster, nameOrArn: string): LiveService {
  const service = cluster.services.get(lastSegment(nameOrArn))
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  return service
}

/** By id or ARN. An ARN of another cluster is not found, even if the id exists here. */
export function findTask(cluster: LiveCluster, idOrArn: string): LiveTask | undefined {
  const task = cluster.tasks.get(lastSegment(idOrArn))
  return idOrArn.startsWith('arn:') && task?.arn !== idOrArn ? undefined : task
}

/** @throws {AwsError} InvalidParameterException */
export function requireParameter(call: ApiCall, name: string): string {
  const value = call.input.string(name)
  if (!value) throw invalidParameter(`${name} cannot be empty.`)
  return value
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/** ARN that a task call needs permission for; ids and missing names become the ARN that they would have. */
export function taskResource(call: ApiCall): string {
  const given = call.input.string('task') ?? '*'
  if (given.startsWith('arn:')) return given
  const cluster = lastSegment(call.input.string('cluster') ?? 'default')
  return clusterArn(placeOf(call), cluster).replace(':cluster/', ':task/').concat(`/${given}`)
}

export function clusterResource(call: ApiCall): string {
  return clusterArn(placeOf(call), lastSegment(call.input.string('cluster') ?? 'default'))
}

/** One page of ARNs, as all List calls of ECS give them. */
export function arnPage(
  call: ApiCall,
  sortedArns: string[],
  purpose: string,
  limits: { default: number; maximum: number },
): Page<string> {
  return pageOf(sortedArns, (arn) => arn, {
    size: call.input.integer('maxResults'),
    token: call.input.string('nextToken'),
    limits,
    purpose: `${call.operation} ${purpose}`,
    invalidToken: () => invalidParameter('Invalid token.'),
    invalidSize: (maximum) => invalidParameter(`maxResults must be between 1 and ${maximum}.`),
  })
}
