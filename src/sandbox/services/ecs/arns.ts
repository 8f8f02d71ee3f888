/** ARNs of ECS, in the long format that is the only one since 2020. */
export interface Place {
  accountId: string
  region: string
}

/** Where a call goes: the caller's account, and the region that it was signed for. */
export function placeOfCaller(call: { caller: { accountId: string }; region: string }): Place {
  return { accountId: call.caller.accountId, region: call.region }
}

function arn(place: Place, resource: string): string {
  return `arn:aws:ecs:${place.region}:${place.accountId}:${resource}`
}

export function clusterArn(place: Place, cluster: string): string {
  return arn(place, `cluster/${cluster}`)
}

export function serviceArn(place: Place, cluster: string, service: string): string {
  return arn(place, `service/${cluster}/${service}`)
}

export function taskArn(place: Place, cluster: string, taskId: string): string {
  return arn(place, `task/${cluster}/${taskId}`)
}

export function containerArn(place: Place, cluster: string, taskId: string, containerUuid: string): string {
  return arn(place, `container/${cluster}/${taskId}/${containerUuid}`)
}

export function taskDefinitionArn(place: Place, family: string, revision: number): string {
  return arn(place, `task-definition/${family}:${revision}`)
}

/** Most calls take a name or an ARN: this is the name in either. */
export function lastSegment(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
}
