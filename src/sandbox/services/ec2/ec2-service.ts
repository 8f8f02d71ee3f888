import { placeOfCaller } from '../ecs/arns.ts'
import type { EcsState } from '../ecs/ecs-state.ts'
import { AwsError } from '../http/aws-error.ts'
import { ec2QueryEnvelope, type XmlMembers } from '../http/query-protocol.ts'
import type { QueryCall, QueryService } from '../http/query-services.ts'
import type { LiveNetwork } from './network.ts'
import { vpcId } from './network-ids.ts'
import {
  endpointViews,
  interfaceViews,
  routeTableViews,
  securityGroupViews,
  subnetViews,
} from './network-views.ts'

const version = '2016-11-15'

/** What EC2 tells of the networks that tasks run in. Nothing here can be changed. */
export function createEc2Service(state: EcsState): QueryService {
  const networkOf = (call: QueryCall) => findNetwork(state, call)
  return {
    version,
    name: 'ec2',
    envelope: ec2QueryEnvelope(`http://ec2.amazonaws.com/doc/${version}/`),
    operations: {
      DescribeSubnets: {
        handle: (call) => ({
          subnetSet: select(call, each(networkOf(call), subnetViews), subnets),
        }),
      },
      DescribeRouteTables: {
        handle: (call) => ({
          routeTableSet: select(call, each(networkOf(call), routeTableViews), routeTables),
        }),
      },
      DescribeVpcEndpoints: {
        handle: (call) => ({
          vpcEndpointSet: select(call, each(networkOf(call), endpointViews), endpoints),
        }),
      },
      DescribeSecurityGroups: {
        handle: (call) => ({
          securityGroupInfo: select(call, each(networkOf(call), securityGroupViews), securityGroups),
        }),
      },
      DescribeNetworkInterfaces: {
        handle: (call) => ({
          networkInterfaceSet: select(call, interfaceViews(clustersOf(state, call)), interfaces),
        }),
      },
      DescribeVpcAttribute: { handle: (call) => vpcAttribute(networkOf(call), call) },
    },
  }
}

function clustersOf(state: EcsState, call: QueryCall) {
  return state.clusters(placeOfCaller(call))
}

function findNetwork(state: EcsState, call: QueryCall): LiveNetwork | undefined {
  return clustersOf(state, call)[0]?.network
}

function each(network: LiveNetwork | undefined, view: (network: LiveNetwork) => XmlMembers[]): XmlMembers[] {
  return network ? view(network) : []
}

/** How a kind of thing is asked for: its id parameter, the error for unknown ids, and the filters it knows. */
interface Kind {
  idParameter: string
  idMember: string
  notFound: string
  filters: Readonly<Record<string, (view: XmlMembers) => string[]>>
}

const subnets: Kind = {
  idParameter: 'SubnetId',
  idMember: 'subnetId',
  notFound: 'InvalidSubnetID.NotFound',
  filters: { 'vpc-id': member('vpcId') },
}
const routeTables: Kind = {
  idParameter: 'RouteTableId',
  idMember: 'routeTableId',
  notFound: 'InvalidRouteTableID.NotFound',
  filters: {
    'vpc-id': member('vpcId'),
    'association.subnet-id': inList('associationSet', 'subnetId'),
    'association.main': inList('associationSet', 'main'),
  },
}
const endpoints: Kind = {
  idParameter: 'VpcEndpointId',
  idMember: 'vpcEndpointId',
  notFound: 'InvalidVpcEndpointId.NotFound',
  filters: { 'vpc-id': member('vpcId'), 'service-name': member('serviceName') },
}
const securityGroups: Kind = {
  idParameter: 'GroupId',
  idMember: 'groupId',
  notFound: 'InvalidGroup.NotFound',
  filters: { 'vpc-id': member('vpcId'), 'group-id': member('groupId') },
}
const interfaces: Kind = {
  idParameter: 'NetworkInterfaceId',
  idMember: 'networkInterfaceId',
  notFound: 'InvalidNetworkInterfaceID.NotFound',
  filters: {
    'vpc-id': member('vpcId'),
    'subnet-id': member('subnetId'),
    'attachment.instance-id': (view) => textOf((view.attachment as XmlMembers | undefined)?.instanceId),
  },
}

/** @throws {AwsError} for ids that do not exist and filters that are not known here */
function select(call: QueryCall, views: XmlMembers[], kind: Kind): XmlMembers[] {
  const ids = call.input.strings(kind.idParameter)
  for (const id of ids) {
    if (views.some((view) => view[kind.idMember] === id)) continue
    throw new AwsError(kind.notFound, `The ID '${id}' does not exist`)
  }
  const filters = call.input.structures('Filter').map((filter) => {
    const name = filter.required('Name')
    const read = Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined
    if (!read) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`)
    return { read, values: filter.strings('Value') }
  })
  return views.filter(
    (view) =>
      (ids.length === 0 || ids.includes(String(view[kind.idMember]))) &&
      filters.every(({ read, values }) => read(view).some((value) => values.includes(value))),
  )
}

function member(name: string): (view: XmlMembers) => string[] {
  return (view) => textOf(view[name])
}

function inList(list: string, name: string): (view: XmlMembers) => string[] {
  return (view) => (view[list] as XmlMembers[]).flatMap((item) => textOf(item[name]))
}

function textOf(value: XmlMembers[string]): string[] {
  return value === undefined ? [] : [String(value)]
}

const vpcAttributes = ['enableDnsSupport', 'enableDnsHostnames']

function vpcAttribute(network: LiveNetwork | undefined, call: QueryCall): XmlMembers {
  const id = call.input.required('VpcId')
  const attribute = call.input.required('Attribute')
  if (!network || id !== vpcId(network)) {
    throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`)
  }
  if (!vpcAttributes.includes(attribute)) {
    throw new AwsError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`)
  }
  return { vpcId: id, [attribute]: { value: true } }
}
