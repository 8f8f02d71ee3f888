import type { NetworkInterface, Route, SecurityGroup, Subnet, VpcEndpoint } from '@aws-sdk/client-ec2'
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs'
import type { Scope } from '../../contract/identity.ts'
import type { AwsClients } from '../aws/clients.ts'

/** What lies between a task and AWS's services. */
export interface NetworkFacts {
  subnet: Subnet
  /** Of the subnet's route table, or of the VPC's main one. */
  routes: Route[]
  endpoints: VpcEndpoint[]
  /** Of the task or of its instance; undefined when it has none of its own. */
  networkInterface: NetworkInterface | undefined
  /** By id: the task's own and the endpoints'. */
  groups: ReadonlyMap<string, SecurityGroup>
}

/** @returns undefined when ECS names no subnet, as with external instances. @throws {PortholeError} */
export async function readNetwork(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  task: Task,
  instance: ContainerInstance | undefined,
): Promise<NetworkFacts | undefined> {
  const reader = new NetworkReader(clients, scope)
  const details = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')?.details ?? []
  const detail = (wanted: string) => details.find(({ name }) => name === wanted)?.value
  const attribute = (wanted: string) => instance?.attributes?.find(({ name }) => name === wanted)?.value
  const subnetId = detail('subnetId') ?? attribute('ecs.subnet-id')
  if (!subnetId) return undefined
  const [subnet, networkInterface] = await Promise.all([
    reader.subnet(subnetId),
    reader.interfaceOf(detail('networkInterfaceId'), instance?.ec2InstanceId),
  ])
  if (!subnet?.VpcId) return undefined
  const [routes, endpoints] = await Promise.all([
    reader.routes(subnetId, subnet.VpcId),
    reader.endpoints(subnet.VpcId),
  ])
  const groupIds = [...(networkInterface?.Groups ?? []), ...endpoints.flatMap(({ Groups }) => Groups ?? [])]
  const groups = await reader.groups(groupIds.flatMap(({ GroupId }) => GroupId ?? []))
  return { subnet, routes, endpoints, networkInterface, groups }
}

class NetworkReader {
  readonly #clients: Pick<AwsClients, 'call'>
  readonly #scope: Scope

  constructor(clients: Pick<AwsClients, 'call'>, scope: Scope) {
    this.#clients = clients
    this.#scope = scope
  }

  async subnet(id: string): Promise<Subnet | undefined> {
    const what = { action: 'ec2:DescribeSubnets', resource: id }
    const { Subnets } = await this.#clients.call('ec2', this.#scope, what, (ec2) =>
      ec2.describeSubnets({ SubnetIds: [id] }),
    )
    return Subnets?.[0]
  }

  async interfaceOf(
    id: string | undefined,
    instanceId: string | undefined,
  ): Promise<NetworkInterface | undefined> {
    if (!id && !instanceId) return undefined
    const what = { action: 'ec2:DescribeNetworkInterfaces', resource: id ?? instanceId ?? '' }
    const { NetworkInterfaces } = await this.#clients.call('ec2', this.#scope, what, (ec2) =>
      ec2.describeNetworkInterfaces(
        id
          ? { NetworkInterfaceIds: [id] }
          : { Filters: [{ Name: 'attachment.instance-id', Values: [instanceId ?? ''] }] },
      ),
    )
    return NetworkInterfaces?.[0]
  }

  /** A subnet without a route table of its own uses its VPC's main one. */
  async routes(subnetId: string, vpcId: string): Promise<Route[]> {
    const own = await this.#routesBy([{ Name: 'association.subnet-id', Values: [subnetId] }])
    if (own) return own
    const main = await this.#routesBy([
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ])
    return main ?? []
  }

  async #routesBy(Filters: { Name: string; Values: string[] }[]): Promise<Route[] | undefined> {
    const what = { action: 'ec2:DescribeRouteTables' }
    const { RouteTables } = await this.#clients.call('ec2', this.#scope, what, (ec2) =>
      ec2.describeRouteTables({ Filters }),
    )
    return RouteTables?.[0]?.Routes
  }

  async endpoints(vpcId: string): Promise<VpcEndpoint[]> {
    const what = { action: 'ec2:DescribeVpcEndpoints', resource: vpcId }
    const { VpcEndpoints } = await this.#clients.call('ec2', this.#scope, what, (ec2) =>
      ec2.describeVpcEndpoints({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    )
    return VpcEndpoints ?? []
  }

  async groups(ids: readonly string[]): Promise<Map<string, SecurityGroup>> {
    if (ids.length === 0) return new Map()
    const what = { action: 'ec2:DescribeSecurityGroups' }
    const { SecurityGroups } = await this.#clients.call('ec2', this.#scope, what, (ec2) =>
      ec2.describeSecurityGroups({ GroupIds: [...new Set(ids)] }),
    )
    return new Map((SecurityGroups ?? []).map((group) => [group.GroupId ?? '', group]))
  }
}
