import type { RunningContainer } from '../../containers/container-runtime.ts'
import type {
  ContainerDescription,
  ExecutionDescription,
  TaskDefinitionDescription,
} from '../../world/world-types.ts'
import type { LiveNetwork } from '../ec2/network.ts'
import { clusterArn, lastSegment, type Place } from './arns.ts'

/** Everything ECS knows right now. The scheduler changes it, the API reads it. */

export type LaunchType = 'FARGATE' | 'EC2'
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

export interface LiveCluster extends Place {
  name: string
  arn: string
  tags: Readonly<Record<string, string>>
  execution: ExecutionDescription | undefined
  /** Absent when sessions are not encrypted with a key of the customer. */
  keyArn: string | undefined
  network: LiveNetwork
  services: Map<string, LiveService>
  /** By task id; stopped tasks stay for a while. */
  tasks: Map<string, LiveTask>
}

export interface LiveTaskDefinition extends Place {
  arn: string
  registeredAt: number
  description: TaskDefinitionDescription
}

export interface LiveService {
  cluster: LiveCluster
  name: string
  arn: string
  desiredCount: number
  /** How many tasks find room. */
  capacity: number
  launchType: LaunchType
  execEnabled: boolean
  tags: Readonly<Record<string, string>>
  /** In front of it, as ECS knows it. */
  target?: { targetGroupArn: string; containerName: string; containerPort: number }
  publicIp: boolean
  createdAt: number
  /** Newest first: the first one is PRIMARY. */
  deployments: LiveDeployment[]
  /** Newest first. */
  events: { id: string; createdAt: number; message: string }[]
}

export interface LiveDeployment {
  /** `ecs-svc/<digits>`: also the `startedBy` of its tasks. */
  id: string
  definition: LiveTaskDefinition
  createdAt: number
  updatedAt: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED'
  failedTasks: number
}

export interface LiveTask {
  cluster: LiveCluster
  id: string
  arn: string
  definition: LiveTaskDefinition
  serviceName: string | undefined
  startedBy: string
  group: string
  launchType: LaunchType
  execEnabled: boolean
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  /** Counts the changes of state, as ECS does for its events. */
  version: number
  createdAt: number
  startedAt?: number
  stoppingAt?: number
  stoppedAt?: number
  stopCode?: string
  stoppedReason?: string
  privateIp: string
  availabilityZone: string
  tags: Readonly<Record<string, string>>
  containers: LiveContainer[]
}

export interface LiveContainer {
  description: ContainerDescription
  arn: string
  runtimeId: string | undefined
  imageDigest: string
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  exitCode?: number
  reason?: string
  /** Absent when exec is off for the task. */
  agent: LiveAgent | undefined
  /** Where the page is served on 127.0.0.1. */
  hostPort: number | undefined
  /** The real thing, once it was needed. */
  running: Promise<RunningContainer> | undefined
}

export interface LiveAgent {
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  reason?: string
  lastStartedAt?: number
}

export class EcsState {
  readonly #clusters = new Map<string, LiveCluster>()
  readonly #definitions = new Map<string, LiveTaskDefinition>()

  addCluster(cluster: LiveCluster): void {
    this.#clusters.set(cluster.arn, cluster)
  }

  clusters(place: Place): LiveCluster[] {
    return [...this.#clusters.values()].filter(
      (cluster) => cluster.accountId === place.accountId && cluster.region === place.region,
    )
  }

  /** By name or ARN; ECS takes `default` for a cluster that is not named. */
  cluster(place: Place, nameOrArn: string | undefined): LiveCluster | undefined {
    return this.#clusters.get(clusterArn(place, lastSegment(nameOrArn ?? 'default')))
  }

  allClusters(): LiveCluster[] {
    return [...this.#clusters.values()]
  }

  allTasks(): LiveTask[] {
    return this.allClusters().flatMap((cluster) => [...cluster.tasks.values()])
  }

  addDefinition(definition: LiveTaskDefinition): LiveTaskDefinition {
    const known = this.#definitions.get(definition.arn)
    if (known) return known
    this.#definitions.set(definition.arn, definition)
    return definition
  }

  definitions(place: Place): LiveTaskDefinition[] {
    return [...this.#definitions.values()].filter(
      (definition) => definition.accountId === place.accountId && definition.region === place.region,
    )
  }

  /** By ARN, `family:revision`, or `family` for its newest revision. */
  definition(place: Place, name: string): LiveTaskDefinition | undefined {
    const [family = '', revision] = lastSegment(name).split(':')
    const ofFamily = this.definitions(place).filter((each) => each.description.family === family)
    if (revision !== undefined) {
      return ofFamily.find((each) => String(each.description.revision) === revision)
    }
    return ofFamily.sort((left, right) => right.description.revision - left.description.revision)[0]
  }
}

/** Counts as pending for ECS until it runs. */
export function isPending(task: LiveTask): boolean {
  return task.desiredStatus === 'RUNNING' && task.lastStatus !== 'RUNNING'
}

export function isRunning(task: LiveTask): boolean {
  return task.lastStatus === 'RUNNING'
}

export function tasksOf(service: LiveService): LiveTask[] {
  return [...service.cluster.tasks.values()].filter((task) => task.serviceName === service.name)
}
