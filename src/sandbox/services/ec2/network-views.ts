import type { LiveCluster, LiveTask } from '../ecs/ecs-state.ts'
import { usesOwnInterface } from '../ecs/views.ts'
import type { XmlMembers } from '../http/query-protocol.ts'
import type { LiveNetwork } from './network.ts'
import {
  endpointId,
  instanceId,
  instanceInterfaceId,
  interfaceId,
  natGatewayId,
  routeTableId,
  securityGroupId,
  subnetId,
  vpcId,
  zones,
} from './network-ids.ts'

/** How EC2 writes networks down: API version 2016-11-15. */

export function subnetViews(network: LiveNetwork): XmlMembers[] {
  return zones.map((zone, index) => ({
    subnetId: subnetId(network, `${network.region}${zone}`),
    state: 'available',
    vpcId: vpcId(network),
    cidrBlock: `10.${network.number}.${index * 64}.0/18`,
    availableIpAddressCount: 16_000,
    availabilityZone: `${network.region}${zone}`,
    mapPublicIpOnLaunch: false,
    ownerId: network.accountId,
  }))
}

export function routeTableViews(network: LiveNetwork): XmlMembers[] {
  const local = {
    destinationCidrBlock: `10.${network.number}.0.0/16`,
    gatewayId: 'local',
    state: 'active',
    origin: 'CreateRouteTable',
  }
  const away = {
    destinationCidrBlock: '0.0.0.0/0',
    natGatewayId: natGatewayId(network),
    state: 'active',
    origin: 'CreateRoute',
  }
  return [
    {
      routeTableId: routeTableId(network),
      vpcId: vpcId(network),
      ownerId: network.accountId,
      routeSet: network.defaultRoute === 'nat' ? [local, away] : [local],
      associationSet: zones.map((zone) => ({
        routeTableAssociationId: `rtbassoc-${routeTableId(network).slice(4)}${zone}`,
        routeTableId: routeTableId(network),
        subnetId: subnetId(network, `${network.region}${zone}`),
        main: false,
      })),
    },
  ]
}

export function endpointViews(network: LiveNetwork): XmlMembers[] {
  return network.endpoints.map((service) => ({
    vpcEndpointId: endpointId(network, service),
    vpcEndpointType: 'Interface',
    vpcId: vpcId(network),
    serviceName: `com.amazonaws.${network.region}.${service}`,
    state: 'available',
    privateDnsEnabled: network.privateDns,
    subnetIdSet: zones.map((zone) => subnetId(network, `${network.region}${zone}`)),
    groupSet: [{ groupId: securityGroupId(network, 'endpoints'), groupName: 'endpoints' }],
    ownerId: network.accountId,
  }))
}

export function securityGroupViews(network: LiveNetwork): XmlMembers[] {
  const everywhere = [{ cidrIp: '0.0.0.0/0' }]
  const inside = [{ cidrIp: `10.${network.number}.0.0/16` }]
  const all = { ipProtocol: '-1', ipRanges: everywhere }
  const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 }
  const group = (purpose: 'tasks' | 'endpoints', permissions: XmlMembers[], egress: XmlMembers[]) => ({
    ownerId: network.accountId,
    groupId: securityGroupId(network, purpose),
    groupName: purpose,
    groupDescription: `Of ${purpose}`,
    vpcId: vpcId(network),
    ipPermissions: permissions,
    ipPermissionsEgress: egress,
  })
  return [
    group(
      'tasks',
      [{ ipProtocol: 'tcp', fromPort: 80, toPort: 80, ipRanges: inside }],
      network.egress === 'all' ? [all] : [],
    ),
    group('endpoints', network.endpointsLetIn ? [{ ...https, ipRanges: inside }] : [], [all]),
  ]
}

/** From a block that is for documentation (RFC 5737): it leads nowhere. */
function publicIpOf(task: LiveTask): string {
  return `203.0.113.${1 + (Number.parseInt(task.id.slice(0, 6), 16) % 254)}`
}

/** Of tasks with an interface of their own, and of the instances that carry others. */
export function interfaceViews(clusters: readonly LiveCluster[]): XmlMembers[] {
  return clusters.flatMap((cluster) => {
    const tasks = [...cluster.tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED')
    const common = {
      vpcId: vpcId(cluster),
      ownerId: cluster.accountId,
      status: 'in-use',
      groupSet: [{ groupId: securityGroupId(cluster, 'tasks'), groupName: 'tasks' }],
    }
    const ofTasks = tasks.filter(usesOwnInterface).map((task) => ({
      ...common,
      networkInterfaceId: interfaceId(task.id),
      subnetId: subnetId(cluster, task.availabilityZone),
      availabilityZone: task.availabilityZone,
      description: task.arn,
      privateIpAddress: task.privateIp,
      ...(cluster.services.get(task.serviceName ?? '')?.publicIp && {
        association: { publicIp: publicIpOf(task), publicDnsName: '', ipOwnerId: 'amazon' },
      }),
      attachment: { attachmentId: `eni-attach-${task.id.slice(0, 17)}`, status: 'attached' },
    }))
    if (!tasks.some(({ launchType }) => launchType === 'EC2')) return ofTasks
    const ofInstance = {
      ...common,
      networkInterfaceId: instanceInterfaceId(cluster, cluster.name),
      subnetId: subnetId(cluster, `${cluster.region}a`),
      availabilityZone: `${cluster.region}a`,
      attachment: { instanceId: instanceId(cluster, cluster.name), deviceIndex: 0, status: 'attached' },
    }
    return [...ofTasks, ofInstance]
  })
}
