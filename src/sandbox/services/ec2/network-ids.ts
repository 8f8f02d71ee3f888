import type { Place } from '../ecs/arns.ts'
import { stableHex, stableUuid } from '../identifiers.ts'

/** Ids of network parts: the same wherever they are told, in every run. */

export const zones = ['a', 'b', 'c'] as const

export function vpcId(place: Place): string {
  return `vpc-0${stableHex(`vpc ${place.accountId} ${place.region}`, 16)}`
}

export function subnetId({ accountId }: Pick<Place, 'accountId'>, zone: string): string {
  return `subnet-0${stableUuid(`subnet ${accountId} ${zone}`).replaceAll('-', '').slice(0, 16)}`
}

export function interfaceId(taskId: string): string {
  return `eni-0${stableUuid(`eni ${taskId}`).replaceAll('-', '').slice(0, 16)}`
}

/** Of the tasks, or of the endpoints that they call. */
export function securityGroupId(place: Place, purpose: 'tasks' | 'endpoints'): string {
  return `sg-0${stableHex(`security group ${place.accountId} ${place.region} ${purpose}`, 16)}`
}

export function routeTableId(place: Place): string {
  return `rtb-0${stableHex(`routes ${place.accountId} ${place.region}`, 16)}`
}

export function endpointId(place: Place, service: string): string {
  return `vpce-0${stableHex(`endpoint ${place.accountId} ${place.region} ${service}`, 16)}`
}

export function natGatewayId(place: Place): string {
  return `nat-0${stableHex(`nat ${place.accountId} ${place.region}`, 16)}`
}

export function instanceId(place: Place, cluster: string): string {
  return `i-0${stableHex(`instance ${place.accountId} ${cluster}`, 16)}`
}

export function instanceInterfaceId(place: Place, cluster: string): string {
  return `eni-0${stableHex(`eni of instance ${place.accountId} ${cluster}`, 16)}`
}
