import type { Cluster, ContainerInstance, Service, Task, TaskDefinition } from '@aws-sdk/client-ecs'
import type { KeyMetadata } from '@aws-sdk/client-kms'
import PQueue from 'p-queue'
import type { ClockState } from '../../contract/diagnostics.ts'
import { PortholeError } from '../../contract/errors.ts'
import type { Caller } from '../../contract/identity.ts'
import type { PluginFindings } from '../../contract/plugin.ts'
import type { ReadinessTask } from '../../contract/readiness.ts'
import type { EngineChoice } from '../../contract/session.ts'
import type { AwsClients } from '../aws/clients.ts'
import { partitionOf } from '../aws/partitions.ts'
import { nameOf, serviceNameOf } from '../catalog/ecs-model.ts'
import { type BucketFacts, readBucket } from './bucket-facts.ts'
import { type NetworkFacts, readNetwork } from './network-facts.ts'
import { createSimulate, policySourceOf, type Simulate } from './simulation.ts'

/** Everything that checks read. Each is asked for once, however many checks want it. */
export interface ReadinessFacts {
  reference: ReadinessTask
  /** `aws`, `aws-cn`, ... */
  partition: string
  task(): Promise<Task>
  cluster(): Promise<Cluster>
  definition(): Promise<TaskDefinition>
  /** Undefined for a standalone task. */
  service(): Promise<Service | undefined>
  /** Undefined on Fargate. */
  instance(): Promise<ContainerInstance | undefined>
  caller(): Promise<Caller>
  /** What the caller's policies are simulated for; undefined for principals that IAM cannot simulate. */
  callerSource(): Promise<string | undefined>
  /** ARN of the task's role: of its override, or of its definition. */
  taskRole(): Promise<string | undefined>
  simulate: Simulate
  network(): Promise<NetworkFacts | undefined>
  key(keyId: string): Promise<KeyMetadata | undefined>
  logGroup(name: string): Promise<{ arn?: string; kmsKeyId?: string } | undefined>
  /** Undefined when there is none. */
  bucket(name: string): Promise<BucketFacts | undefined>
  /** Sessions open at this moment, by container name. */
  openSessions(): Promise<ReadonlyMap<string, number>>
  /** When a shell last opened in this task, from the audit history of this computer. */
  lastShellAt(): Promise<number | undefined>
  plugin(): Promise<PluginFindings>
  clock(): ClockState
  engine(): EngineChoice
}

/** What the facts come from beside AWS. */
export interface LocalFacts {
  caller(): Promise<Caller>
  plugin(): Promise<PluginFindings>
  clock(): ClockState
  engine(): EngineChoice
  lastShellAt(): Promise<number | undefined>
}

/** Calls at a time: all reads of one report within about a second, and far below what IAM and EC2 throttle at. */
const callsAtATime = 4

export function createFacts(
  { call }: Pick<AwsClients, 'call'>,
  reference: ReadinessTask,
  local: LocalFacts,
): ReadinessFacts {
  const { scope, clusterArn, taskArn } = reference
  const queue = new PQueue({ concurrency: callsAtATime })
  const clients: Pick<AwsClients, 'call'> = {
    call: (name, where, what, use) => queue.add(() => call(name, where, what, use)),
  }

  const task = once(async () => {
    const what = { action: 'ecs:DescribeTasks', resource: taskArn }
    const { tasks } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTasks({ cluster: clusterArn, tasks: [taskArn], include: ['TAGS'] }),
    )
    return found(tasks?.[0], `Task ${nameOf(taskArn)}`)
  })
  const cluster = once(async () => {
    const what = { action: 'ecs:DescribeClusters', resource: clusterArn }
    const { clusters } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeClusters({ clusters: [clusterArn], include: ['CONFIGURATIONS', 'TAGS'] }),
    )
    return found(clusters?.[0], `Cluster ${nameOf(clusterArn)}`)
  })
  const definition = once(async () => {
    const { taskDefinitionArn = '' } = await task()
    const what = { action: 'ecs:DescribeTaskDefinition', resource: taskDefinitionArn }
    const { taskDefinition } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn }),
    )
    return found(taskDefinition, `Task definition ${nameOf(taskDefinitionArn)}`)
  })
  const service = once(async () => {
    const name = serviceNameOf(await task())
    if (name === undefined) return undefined
    const what = { action: 'ecs:DescribeServices', resource: name }
    const { services } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeServices({ cluster: clusterArn, services: [name] }),
    )
    return services?.[0]
  })
  const instance = once(async () => {
    const { containerInstanceArn } = await task()
    if (!containerInstanceArn) return undefined
    const what = { action: 'ecs:DescribeContainerInstances', resource: containerInstanceArn }
    const { containerInstances } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeContainerInstances({ cluster: clusterArn, containerInstances: [containerInstanceArn] }),
    )
    return containerInstances?.[0]
  })
  const caller = once(() => local.caller())

  return {
    reference,
    partition: partitionOf(scope.region).id,
    task,
    cluster,
    definition,
    service,
    instance,
    caller,
    callerSource: once(async () => policySourceOf(clients, scope, (await caller()).arn)),
    taskRole: once(async () => {
      const { overrides } = await task()
      return overrides?.taskRoleArn || (await definition()).taskRoleArn || undefined
    }),
    simulate: createSimulate(clients, scope),
    network: once(async () => readNetwork(clients, scope, await task(), await instance())),
    key: async (keyId) => {
      const what = { action: 'kms:DescribeKey', resource: keyId }
      const { KeyMetadata } = await clients.call('kms', scope, what, (kms) =>
        kms.describeKey({ KeyId: keyId }),
      )
      return KeyMetadata
    },
    logGroup: async (name) => {
      const what = { action: 'logs:DescribeLogGroups', resource: name }
      const { logGroups } = await clients.call('logs', scope, what, (logs) =>
        logs.describeLogGroups({ logGroupNamePrefix: name }),
      )
      return logGroups?.find(({ logGroupName }) => logGroupName === name)
    },
    bucket: onceForEach((name) => readBucket(clients, scope, name)),
    openSessions: once(async () => {
      const { containers = [] } = await task()
      const counts = containers.map(async ({ name = '', runtimeId = '' }) => {
        const target = `ecs:${nameOf(clusterArn)}_${nameOf(taskArn)}_${runtimeId}`
        const what = { action: 'ssm:DescribeSessions', resource: target }
        const { Sessions } = await clients.call('ssm', scope, what, (ssm) =>
          ssm.describeSessions({ State: 'Active', Filters: [{ key: 'Target', value: target }] }),
        )
        return [name, Sessions?.length ?? 0] as const
      })
      return new Map(await Promise.all(counts))
    }),
    lastShellAt: once(() => local.lastShellAt()),
    plugin: once(() => local.plugin()),
    clock: local.clock,
    engine: local.engine,
  }
}

/** Remembers an answer, and a refusal too: within one report it would be the same again. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined
  return () => {
    reading ??= read()
    return reading
  }
}

/** As `once`, for each name by itself. */
function onceForEach<Value>(read: (name: string) => Promise<Value>): (name: string) => Promise<Value> {
  const readings = new Map<string, Promise<Value>>()
  return (name) => {
    const reading = readings.get(name) ?? read(name)
    readings.set(name, reading)
    return reading
  }
}

function found<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing !== undefined) return thing
  throw new PortholeError({
    code: 'NOT_FOUND',
    message: `${what} does not exist any more.`,
    action: 'Refresh the list and check another task.',
  })
}
