import { randomInt } from 'node:crypto'
import { newTaskId, stableHex, stableNumber, stableUuid } from '../identifiers.ts'
import { containerArn, taskArn } from './arns.ts'
import type {
  LaunchType,
  LiveAgent,
  LiveCluster,
  LiveContainer,
  LiveTask,
  LiveTaskDefinition,
} from './ecs-state.ts'

export interface NewTask {
  cluster: LiveCluster
  definition: LiveTaskDefinition
  /** Chosen by chance when absent; the world gives its own, so that it looks the same every day. */
  id?: string
  privateIp?: string
  serviceName?: string
  startedBy: string
  launchType: LaunchType
  execEnabled: boolean
  tags?: Readonly<Record<string, string>>
  createdAt: number
}

/** A task as it is the moment after it was accepted: nothing runs yet. */
export function newTask(options: NewTask): LiveTask {
  const { cluster, definition } = options
  const id = options.id ?? newTaskId()
  const zone = ['a', 'b', 'c'][stableNumber(`zone ${id}`, 3)]
  return {
    cluster,
    id,
    arn: taskArn(cluster, cluster.name, id),
    definition,
    serviceName: options.serviceName,
    startedBy: options.startedBy,
    group: options.serviceName ? `service:${options.serviceName}` : `family:${definition.description.family}`,
    launchType: options.launchType,
    execEnabled: options.execEnabled,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    createdAt: options.createdAt,
    privateIp: options.privateIp ?? `10.0.${randomOctet()}.${randomOctet()}`,
    availabilityZone: `${cluster.region}${zone}`,
    tags: options.tags ?? {},
    containers: definition.description.containers.map((description) =>
      newContainer(cluster, id, description, options.execEnabled),
    ),
  }
}

/** Sets all of a task to running at a time, with the agents that are healthy. */
export function markRunning(task: LiveTask, at: number): void {
  task.lastStatus = 'RUNNING'
  task.startedAt = at
  task.version += 1
  for (const container of task.containers) {
    container.lastStatus = 'RUNNING'
    container.runtimeId = runtimeIdOf(task, container)
  }
}

/** `<task id>-<10 digits>` on Fargate, a 64-digit Docker id on instances. */
function runtimeIdOf(task: LiveTask, container: LiveContainer): string {
  const seed = `runtime ${task.id}/${container.description.name}`
  if (task.launchType === 'EC2') return stableHex(seed, 64)
  return `${task.id}-${1_000_000_000 + stableNumber(seed, 3_294_967_295)}`
}

function newContainer(
  cluster: LiveCluster,
  taskId: string,
  description: LiveContainer['description'],
  execEnabled: boolean,
): LiveContainer {
  const agent: LiveAgent | undefined = execEnabled ? { lastStatus: 'PENDING' } : undefined
  return {
    description,
    arn: containerArn(cluster, cluster.name, taskId, stableUuid(`container ${taskId}/${description.name}`)),
    runtimeId: undefined,
    imageDigest: `sha256:${stableHex(description.image, 64)}`,
    lastStatus: 'PENDING',
    agent,
    hostPort: undefined,
    running: undefined,
  }
}

function randomOctet(): number {
  return randomInt(4, 250)
}
