import type { NetworkDescription } from '../../world/world-types.ts'
import type { Place } from '../ecs/arns.ts'

/** The network of one region of one account: what EC2 describes, and what lets an exec agent out or not. */
export interface LiveNetwork extends Place, Required<NetworkDescription> {
  /** The second number of its addresses: `10.<number>.0.0/16`. */
  number: number
}

export function liveNetwork(
  place: Place,
  number: number,
  {
    endpoints = [],
    privateDns = true,
    endpointsLetIn = true,
    defaultRoute = 'nat',
    egress = 'all',
  }: NetworkDescription,
): LiveNetwork {
  return { ...place, number, endpoints, privateDns, endpointsLetIn, defaultRoute, egress }
}

/**
 * Whether a task can open a connection to a service of AWS. An endpoint with private
 * names takes the service's name over, so that a closed one hides the way through a NAT gateway.
 */
export function canReach(network: LiveNetwork, service: string): boolean {
  if (network.egress === 'none') return false
  if (network.endpoints.includes(service) && network.privateDns) return network.endpointsLetIn
  return network.defaultRoute !== 'none'
}
