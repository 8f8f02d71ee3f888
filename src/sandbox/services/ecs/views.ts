import { epochSeconds } from '../clock.ts'
import { interfaceId, securityGroupId, subnetId, zones } from '../ec2/network-ids.ts'
import type { JsonObject } from '../http/api-input.ts'
import { stableUuid } from '../identifiers.ts'
import {
  isPending,
  isRunning,
  type LiveCluster,
  type LiveContainer,
  type LiveDeployment,
  type LiveService,
  type LiveTask,
  type LiveTaskDefinition,
  tasksOf,
} from './ecs-state.ts'

/** How ECS writes its things down: service model 2014-11-13, as of botocore 1.43. */

export function clusterView(cluster: LiveCluster, include: readonly string[]): JsonObject {
  const tasks = [...cluster.tasks.values()]
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: tasks.some((task) => task.launchType === 'EC2') ? 1 : 0,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: cluster.services.size,
    statistics: [],
    tags: include.includes('TAGS') ? tagList(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? [{ name: 'containerInsights', value: 'disabled' }] : [],
    ...(include.includes('CONFIGURATIONS') && configurationView(cluster)),
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  }
}

function configurationView(cluster: LiveCluster): JsonObject {
  const { execution, keyArn } = cluster
  if (!execution) return {}
  const isOverride = execution.logging === 'OVERRIDE'
  return {
    configuration: {
      executeCommandConfiguration: {
        ...(keyArn && { kmsKeyId: keyArn }),
        logging: execution.logging,
        ...(isOverride && {
          logConfiguration: {
            cloudWatchLogGroupName: execution.logGroup,
            cloudWatchEncryptionEnabled: execution.requiresEncryptedLogs ?? false,
            s3BucketName: execution.bucket,
            s3EncryptionEnabled: execution.bucket ? (execution.requiresEncryptedBucket ?? false) : undefined,
            s3KeyPrefix: execution.keyPrefix,
          },
        }),
      },
    },
  }
}

export function serviceView(service: LiveService, include: readonly string[]): JsonObject {
  const tasks = tasksOf(service)
  const primary = service.deployments[0]
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: service.target ? [{ ...service.target }] : [],
    serviceRegistries: [],
    status: 'ACTIVE',
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    launchType: service.launchType,
    ...(service.launchType === 'FARGATE' && primary && platformOf(primary.definition)),
    taskDefinition: primary?.definition.arn,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    deployments: service.deployments.map((deployment, index) =>
      deploymentView(service, deployment, index === 0 ? 'PRIMARY' : 'ACTIVE'),
    ),
    roleArn: `arn:aws:iam::${service.cluster.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map((event) => ({ ...event, createdAt: epochSeconds(event.createdAt) })),
    createdAt: epochSeconds(service.createdAt),
    createdBy: `arn:aws:iam::${service.cluster.accountId}:role/deploy`,
    placementConstraints: [],
    placementStrategy: [],
    ...networkOf(service),
    healthCheckGracePeriodSeconds: 0,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    tags: include.includes('TAGS') ? tagList(service.tags) : undefined,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: service.execEnabled,
    availabilityZoneRebalancing: 'DISABLED',
  }
}

function deploymentView(service: LiveService, deployment: LiveDeployment, status: string): JsonObject {
  const tasks = tasksOf(service).filter((task) => task.startedBy === deployment.id)
  return {
    id: deployment.id,
    status,
    taskDefinition: deployment.definition.arn,
    desiredCount: status === 'PRIMARY' ? service.desiredCount : 0,
    pendingCount: tasks.filter(isPending).length,
    runningCount: tasks.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: epochSeconds(deployment.createdAt),
    updatedAt: epochSeconds(deployment.updatedAt),
    launchType: service.launchType,
    ...(service.launchType === 'FARGATE' && platformOf(deployment.definition)),
    ...networkOf(service),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: `ECS deployment ${deployment.id} ${deployment.rolloutState === 'COMPLETED' ? 'completed' : 'in progress'}.`,
  }
}

export function taskView(task: LiveTask, include: readonly string[]): JsonObject {
  const { description } = task.definition
  return {
    attachments: usesOwnInterface(task) ? [interfaceView(task)] : [],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: task.availabilityZone,
    clusterArn: task.cluster.arn,
    connectivity: task.startedAt === undefined ? undefined : 'CONNECTED',
    connectivityAt: seconds(task.startedAt),
    ...(task.launchType === 'EC2' && { containerInstanceArn: containerInstanceArn(task.cluster) }),
    containers: task.containers.map((container) => containerView(task, container)),
    cpu: String(description.cpu),
    createdAt: epochSeconds(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.execEnabled,
    group: task.group,
    healthStatus: taskHealth(task),
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: String(description.memory),
    overrides: {
      containerOverrides: task.containers.map((container) => ({ name: container.description.name })),
      inferenceAcceleratorOverrides: [],
    },
    ...(task.launchType === 'FARGATE' && platformOf(task.definition)),
    pullStartedAt: seconds(task.startedAt),
    pullStoppedAt: seconds(task.startedAt),
    startedAt: seconds(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: seconds(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: seconds(task.stoppingAt),
    tags: include.includes('TAGS') ? tagList(allTagsOf(task)) : [],
    taskArn: task.arn,
    taskDefinitionArn: task.definition.arn,
    version: task.version,
    ...(task.launchType === 'FARGATE' && { ephemeralStorage: { sizeInGiB: 20 } }),
  }
}

function containerView(task: LiveTask, container: LiveContainer): JsonObject {
  const { description, agent } = container
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: description.name,
    image: description.image,
    imageDigest: container.runtimeId === undefined ? undefined : container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: bindingsOf(container),
    networkInterfaces: usesOwnInterface(task)
      ? [{ attachmentId: attachmentId(task), privateIpv4Address: task.privateIp }]
      : [],
    healthStatus: containerHealth(container),
    ...(agent && {
      managedAgents: [
        {
          name: 'ExecuteCommandAgent',
          lastStatus: agent.lastStatus,
          reason: agent.reason,
          lastStartedAt: seconds(agent.lastStartedAt),
        },
      ],
    }),
    cpu: '0',
  }
}

/** A page is really served on this computer, and this is how a client learns where. */
function bindingsOf(container: LiveContainer): JsonObject[] {
  const { hostPort, description } = container
  if (hostPort === undefined || container.lastStatus !== 'RUNNING') return []
  return [{ bindIP: '127.0.0.1', containerPort: description.page, hostPort, protocol: 'tcp' }]
}

function containerHealth(container: LiveContainer): string {
  if (!container.description.healthCheck || container.lastStatus !== 'RUNNING') return 'UNKNOWN'
  return 'HEALTHY'
}

/** A task is as healthy as its essential containers with a check. */
function taskHealth(task: LiveTask): string {
  return task.containers.some((container) => containerHealth(container) === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN'
}

/** ECS shows platform families in mixed case, unlike the enum of task definitions. */
function platformOf(definition: LiveTaskDefinition): JsonObject {
  const isWindows = definition.description.platform === 'WINDOWS_SERVER_2022_CORE'
  return isWindows
    ? { platformVersion: '1.0.0', platformFamily: 'Windows_Server_2022_Core' }
    : { platformVersion: '1.4.0', platformFamily: 'Linux' }
}

function networkOf(service: LiveService): JsonObject {
  if (service.launchType === 'EC2') return {}
  return {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: zones.map((zone) => subnetId(service.cluster, `${service.cluster.region}${zone}`)),
        securityGroups: [securityGroupId(service.cluster, 'tasks')],
        assignPublicIp: service.publicIp ? 'ENABLED' : 'DISABLED',
      },
    },
  }
}

export function usesOwnInterface(task: LiveTask): boolean {
  return (task.definition.description.networkMode ?? 'awsvpc') === 'awsvpc'
}

function interfaceView(task: LiveTask): JsonObject {
  const octets = task.privateIp.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))
  const details = {
    subnetId: subnetId(task.cluster, task.availabilityZone),
    networkInterfaceId: interfaceId(task.id),
    macAddress: ['0a', '58', ...octets].join(':'),
    privateDnsName: `ip-${task.privateIp.replaceAll('.', '-')}.${task.cluster.region}.compute.internal`,
    privateIPv4Address: task.privateIp,
  }
  return {
    id: attachmentId(task),
    type: 'ElasticNetworkInterface',
    status:
      task.lastStatus === 'STOPPED' ? 'DELETED' : task.startedAt === undefined ? 'ATTACHING' : 'ATTACHED',
    details: Object.entries(details).map(([name, value]) => ({ name, value })),
  }
}

function attachmentId(task: LiveTask): string {
  return stableUuid(`attachment ${task.id}`)
}

/** Each cluster with tasks of launch type EC2 has one instance, which carries them all. */
export function containerInstanceArn({ region, accountId, name }: LiveCluster): string {
  const id = stableUuid(`instance ${accountId} ${name}`).replaceAll('-', '')
  return `arn:aws:ecs:${region}:${accountId}:container-instance/${name}/${id}`
}

/** With those that ECS manages itself: the tasks of a service can be told apart by them in policies. */
export function allTagsOf(task: LiveTask): Record<string, string> {
  return {
    ...task.tags,
    ...(task.serviceName && { 'aws:ecs:serviceName': task.serviceName }),
    ...(task.serviceName && { 'aws:ecs:clusterName': task.cluster.name }),
  }
}

export function tagList(tags: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }))
}

function seconds(time: number | undefined): number | undefined {
  return time === undefined ? undefined : epochSeconds(time)
}
