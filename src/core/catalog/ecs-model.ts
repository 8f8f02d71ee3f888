import type {
  Cluster as EcsCluster,
  Container as EcsContainer,
  Deployment as EcsDeployment,
  Service as EcsService,
  Task as EcsTask,
  NetworkBinding,
  Tag,
} from '@aws-sdk/client-ecs'
import type {
  Cluster,
  Container,
  Deployment,
  Port,
  Service,
  ServiceEvent,
  Task,
} from '../../contract/catalog.ts'
import { isLoopbackHost } from '../aws/loopback.ts'
import { containerReadiness, taskReadiness } from './readiness.ts'

/** What DescribeClusters says; services, tasks and problems are added by whoever reads them. */
export type ClusterHeader = Pick<Cluster, 'arn' | 'name' | 'status' | 'tags' | 'execLogging'>

/** How much is in a cluster: when these stay, there is little reason to read it whole. */
export interface ClusterCounts {
  services: number
  running: number
  pending: number
}

/** What ECS counts for DescribeClusters itself; absent where it says nothing. */
export function countsOf(cluster: EcsCluster): ClusterCounts | undefined {
  const { activeServicesCount, runningTasksCount, pendingTasksCount } = cluster
  if (activeServicesCount === undefined || runningTasksCount === undefined) return undefined
  return { services: activeServicesCount, running: runningTasksCount, pending: pendingTasksCount ?? 0 }
}

export function toClusterHeader(cluster: EcsCluster): ClusterHeader {
  const { logging, kmsKeyId, logConfiguration } = cluster.configuration?.executeCommandConfiguration ?? {}
  const arn = cluster.clusterArn ?? ''
  return {
    arn,
    name: cluster.clusterName ?? nameOf(arn),
    status: cluster.status ?? 'UNKNOWN',
    tags: toTags(cluster.tags),
    execLogging: {
      // ECS uses DEFAULT when a cluster says nothing (API reference, ExecuteCommandConfiguration).
      mode: logging === 'NONE' || logging === 'OVERRIDE' ? logging : 'DEFAULT',
      ...(kmsKeyId ? { kmsKeyId } : {}),
      ...(logConfiguration?.cloudWatchLogGroupName
        ? { logGroup: logConfiguration.cloudWatchLogGroupName }
        : {}),
      ...(logConfiguration?.s3BucketName ? { bucket: logConfiguration.s3BucketName } : {}),
    },
  }
}

/** The header alone, also of a whole cluster: how it logs and encrypts sessions, without a further call. */
export function headerOf({ arn, name, status, tags, execLogging }: ClusterHeader): ClusterHeader {
  return { arn, name, status, tags, execLogging }
}

/** What is left to say of a cluster that may be listed but not described. */
export function unknownClusterHeader(arn: string): ClusterHeader {
  return { arn, name: nameOf(arn), status: 'UNKNOWN', tags: {}, execLogging: { mode: 'DEFAULT' } }
}

export function toService(service: EcsService): Service {
  const arn = service.serviceArn ?? ''
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  return {
    arn,
    name: service.serviceName ?? nameOf(arn),
    status: service.status ?? 'UNKNOWN',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    pendingCount: service.pendingCount ?? 0,
    launchType: service.launchType,
    taskDefinition: nameOf(service.taskDefinition ?? ''),
    execEnabled: service.enableExecuteCommand ?? false,
    rolloutState: primary?.rolloutState,
    createdAt: service.createdAt?.getTime(),
    deployments: (service.deployments ?? []).map(toDeployment).sort(byNewest),
    events: toEvents(service),
    targets: (service.loadBalancers ?? []).flatMap(({ targetGroupArn, containerName, containerPort }) =>
      targetGroupArn && containerName && containerPort
        ? [{ targetGroupArn, containerName, containerPort }]
        : [],
    ),
    tags: toTags(service.tags),
  }
}

function toDeployment(deployment: EcsDeployment): Deployment {
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? 'UNKNOWN',
    taskDefinition: nameOf(deployment.taskDefinition ?? ''),
    desiredCount: deployment.desiredCount ?? 0,
    runningCount: deployment.runningCount ?? 0,
    pendingCount: deployment.pendingCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
    rolloutState: deployment.rolloutState,
    rolloutReason: deployment.rolloutStateReason,
    createdAt: deployment.createdAt?.getTime(),
    updatedAt: deployment.updatedAt?.getTime(),
  }
}

function byNewest(left: Deployment, right: Deployment): number {
  return (right.createdAt ?? 0) - (left.createdAt ?? 0)
}

/** ECS tells a hundred, and says every six hours that nothing happened. More than these is for its own console. */
const eventsKept = 20

function toEvents({ events }: EcsService): ServiceEvent[] {
  return (events ?? [])
    .flatMap(({ id, createdAt, message }) =>
      id && createdAt ? [{ id, at: createdAt.getTime(), message: message ?? '' }] : [],
    )
    .sort((left, right) => right.at - left.at)
    .slice(0, eventsKept)
}

export function toTask(task: EcsTask): Task {
  const arn = task.taskArn ?? ''
  const facts = {
    status: task.lastStatus ?? 'UNKNOWN',
    desiredStatus: task.desiredStatus ?? 'UNKNOWN',
    execEnabled: task.enableExecuteCommand ?? false,
  }
  const containers = (task.containers ?? [])
    .map((container) => toContainer(container, facts))
    // ECS gives them in no fixed order.
    .sort((left, right) => compare(left.name, right.name))
  return {
    arn,
    id: nameOf(arn),
    clusterArn: task.clusterArn ?? '',
    serviceName: serviceNameOf(task),
    ...facts,
    launchType: task.launchType ?? 'UNKNOWN',
    capacityProvider: task.capacityProviderName,
    startedBy: task.startedBy,
    health: task.healthStatus,
    platformFamily: task.platformFamily,
    platformVersion: task.platformVersion,
    architecture: task.attributes?.find(({ name }) => name === 'ecs.cpu-architecture')?.value,
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    taskDefinition: nameOf(task.taskDefinitionArn ?? ''),
    cpu: toNumber(task.cpu),
    memory: toNumber(task.memory),
    availabilityZone: task.availabilityZone,
    privateIp: privateIpOf(task),
    networkInterfaceId: attachmentDetail(task, 'networkInterfaceId'),
    createdAt: task.createdAt?.getTime(),
    startedAt: task.startedAt?.getTime(),
    stoppingAt: task.stoppingAt?.getTime(),
    stoppedAt: task.stoppedAt?.getTime(),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    tags: toTags(task.tags),
    containers,
    readiness: taskReadiness(containers),
  }
}

/** A task that a service started has the group `service:<name>`. */
export function serviceNameOf({ group }: Pick<EcsTask, 'group'>): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined
}

function toContainer(
  container: EcsContainer,
  task: Pick<Task, 'status' | 'desiredStatus' | 'execEnabled'>,
): Container {
  const agent = execAgentOf(container)
  const facts = {
    status: container.lastStatus ?? 'UNKNOWN',
    execAgent: agent.status,
    runtimeId: container.runtimeId,
  }
  return {
    name: container.name ?? '',
    image: container.image ?? '',
    imageDigest: container.imageDigest,
    ...facts,
    health: container.healthStatus ?? 'UNKNOWN',
    execAgentReason: agent.reason,
    exitCode: container.exitCode,
    reason: container.reason,
    ports: (container.networkBindings ?? []).flatMap(toPort),
    readiness: containerReadiness(task, facts),
  }
}

/** The container's exec agent, found by name: a container may have other managed agents, in any order. */
export function execAgentOf(container: EcsContainer): { status: Container['execAgent']; reason?: string } {
  const agent = container.managedAgents?.find(({ name }) => name === 'ExecuteCommandAgent')
  if (agent === undefined) return { status: 'ABSENT' }
  const { lastStatus, reason } = agent
  const known = lastStatus === 'RUNNING' || lastStatus === 'STOPPED'
  return { status: known ? lastStatus : 'PENDING', reason }
}

/** Only a binding to a loopback address is known to be reachable from this computer. */
function toPort({ bindIP, containerPort, hostPort, protocol = 'tcp' }: NetworkBinding): Port[] {
  if (containerPort === undefined) return []
  const reachable = protocol === 'tcp' && hostPort !== undefined && isLoopbackHost(bindIP ?? '')
  const host = bindIP?.includes(':') ? `[${bindIP}]` : bindIP
  return [{ containerPort, hostPort, protocol, ...(reachable ? { url: `http://${host}:${hostPort}` } : {}) }]
}

function privateIpOf(task: EcsTask): string | undefined {
  const interfaces = task.containers?.flatMap(({ networkInterfaces }) => networkInterfaces ?? []) ?? []
  return (
    interfaces.find(({ privateIpv4Address }) => privateIpv4Address)?.privateIpv4Address ??
    attachmentDetail(task, 'privateIPv4Address')
  )
}

/** What the task's network interface is said to have. */
function attachmentDetail({ attachments }: EcsTask, wanted: string): string | undefined {
  return attachments
    ?.flatMap(({ details }) => details ?? [])
    .find(({ name, value }) => name === wanted && value)?.value
}

function toTags(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]))
}

function toNumber(text: string | undefined): number | undefined {
  const number = Number(text)
  return text && Number.isFinite(number) ? number : undefined
}

/** The last segment of an ARN. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
