import type { Route, VpcEndpoint } from '@aws-sdk/client-ec2'
import { documents, evidenceOf, type Finding, ok } from './check.ts'
import type { NetworkFacts } from './network-facts.ts'

/** How a task gets to a service of AWS, or why not. `name` is the service's in endpoints, e.g. `ssmmessages`. */
export function wayOut(network: NetworkFacts, region: string, name: string): Finding {
  const endpoint = network.endpoints.find(({ ServiceName }) => ServiceName?.endsWith(`.${region}.${name}`))
  if (endpoint?.PrivateDnsEnabled) return throughEndpoint(endpoint, network, name)
  return throughRoute(network, endpoint, name)
}

/** An endpoint with private names takes over AWS's usual name, so a route past it does not help. */
function throughEndpoint(endpoint: VpcEndpoint, network: NetworkFacts, name: string): Finding {
  const { VpcEndpointId, State, ServiceName } = endpoint
  const letsIn = letsTaskIn(endpoint, network)
  const isAvailable = State?.toLowerCase() === 'available'
  if (isAvailable && letsIn) return ok(`Through VPC endpoint ${VpcEndpointId}.`)
  return {
    status: 'blocked',
    certainty: 'likely',
    cause: isAvailable
      ? `The security group of the VPC endpoint for ${name} does not let the task in on port 443.`
      : `The VPC endpoint for ${name} is ${State}.`,
    evidence: [
      evidenceOf(
        `DescribeVpcEndpoints ${VpcEndpointId}`,
        { ServiceName, State, PrivateDnsEnabled: true, 'inbound 443 from the task': letsIn },
        [isAvailable ? 'inbound 443 from the task' : 'State'],
      ),
    ],
    fix: { text: 'Let the tasks’ security group or the VPC’s addresses in on TCP 443.' },
    docUrl: documents.endpoints,
  }
}

function letsTaskIn({ Groups = [] }: VpcEndpoint, network: NetworkFacts): boolean {
  const own = new Set((network.networkInterface?.Groups ?? []).map(({ GroupId }) => GroupId))
  const address = network.networkInterface?.PrivateIpAddress ?? network.subnet.CidrBlock?.split('/')[0]
  const groups = Groups.flatMap(({ GroupId }) => network.groups.get(GroupId ?? '') ?? [])
  // A group that could not be read is no proof against the path.
  if (groups.length < Groups.length || address === undefined) return true
  return groups.some(({ IpPermissions = [] }) =>
    IpPermissions.filter(coversHttps).some(
      ({ IpRanges = [], UserIdGroupPairs = [], PrefixListIds = [] }) =>
        PrefixListIds.length > 0 ||
        UserIdGroupPairs.some(({ GroupId }) => own.has(GroupId)) ||
        IpRanges.some(({ CidrIp = '' }) => isInside(address, CidrIp)),
    ),
  )
}

function throughRoute(
  { routes, networkInterface, subnet }: NetworkFacts,
  endpoint: VpcEndpoint | undefined,
  name: string,
): Finding {
  const subnetId = subnet.SubnetId ?? ''
  if (routes.length === 0) {
    return {
      status: 'unknown',
      cause: `The route table of ${subnetId} was not found; another account may own it.`,
    }
  }
  const away = routes.find(isDefault)
  const [target, id] = away ? targetOf(away) : ['nothing', undefined]
  const isPrivateBehindGateway = target === 'internet gateway' && !networkInterface?.Association?.PublicIp
  if (away && away.State !== 'blackhole' && !isPrivateBehindGateway) return ok(`Through ${target} ${id}.`)
  const cause = endpoint
    ? `The VPC endpoint for ${name} has private DNS off, and no other way leads out of the subnet.`
    : isPrivateBehindGateway
      ? 'The subnet leads to an internet gateway, but the task has no public address to go there with.'
      : `No route leads out of the subnet, and the VPC has no endpoint for ${name}.`
  return {
    status: 'blocked',
    certainty: 'likely',
    cause,
    evidence: [
      evidenceOf(`DescribeRouteTables ${subnetId}`, { '0.0.0.0/0': away ? `${target} ${id}` : 'no route' }, [
        '0.0.0.0/0',
      ]),
      evidenceOf(
        'DescribeVpcEndpoints',
        { [name]: endpoint ? `${endpoint.VpcEndpointId}, private DNS off` : 'none' },
        [name],
      ),
    ],
    fix: {
      text: `Create an interface endpoint for ${name} with private DNS, or route the subnet through a NAT gateway.`,
    },
    docUrl: documents.endpoints,
  }
}

function isDefault({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Route): boolean {
  return DestinationCidrBlock === '0.0.0.0/0' || DestinationIpv6CidrBlock === '::/0'
}

function targetOf(route: Route): [string, string | undefined] {
  if (route.NatGatewayId) return ['NAT gateway', route.NatGatewayId]
  if (route.GatewayId?.startsWith('igw-')) return ['internet gateway', route.GatewayId]
  if (route.TransitGatewayId) return ['transit gateway', route.TransitGatewayId]
  const other = route.EgressOnlyInternetGatewayId ?? route.NetworkInterfaceId ?? route.InstanceId
  return ['route', other ?? route.GatewayId ?? route.VpcPeeringConnectionId]
}

/** Whether a security group's rule covers TCP 443. */
export function coversHttps(rule: {
  IpProtocol?: string | undefined
  FromPort?: number | undefined
  ToPort?: number | undefined
}): boolean {
  if (rule.IpProtocol === '-1') return true
  if (rule.IpProtocol !== 'tcp' && rule.IpProtocol !== '6') return false
  return (rule.FromPort ?? 0) <= 443 && 443 <= (rule.ToPort ?? 65_535)
}

/** @example isInside('10.0.42.17', '10.0.0.0/16') */
export function isInside(address: string, block: string): boolean {
  const [network = '', length = '32'] = block.split('/')
  const bits = 32 - Number(length)
  const [one, other] = [address, network].map(toNumber)
  if (one === undefined || other === undefined || !(bits >= 0)) return false
  return Math.floor(one / 2 ** bits) === Math.floor(other / 2 ** bits)
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}
