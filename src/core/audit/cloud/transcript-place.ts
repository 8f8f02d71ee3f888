import type { ExecuteCommandLogConfiguration } from '@aws-sdk/client-ecs'
import { PortholeError } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { LedgerSnapshot } from '../session-index/task-snapshot.ts'

export interface TranscriptOwner {
  scope: Scope
  clusterArn: string
  taskArn: string
  /** Whose log group counts when the cluster names none. */
  containerName?: string | undefined
}

/** One place that AWS puts transcripts into. */
export type TranscriptPlace =
  | { kind: 'log-group'; name: string; region?: string | undefined }
  /** The key is `<prefix>/<session id>.log`. */
  | {
      kind: 'bucket'
      name: string
      prefix?: string | undefined
      /** The cluster says that the bucket is encrypted, and the agent insists. */
      declaredEncrypted: boolean
    }

/** Where AWS puts the transcripts of a container's sessions, as its cluster is set now. */
export type TranscriptPlaces =
  | { places: readonly TranscriptPlace[] }
  | { nowhere: 'logging-off' | 'no-awslogs' | 'task-unknown' }

/**
 * `DEFAULT`, which is what counts when nothing is set, means the log group of
 * the container's awslogs driver; without one nothing is logged.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
 *
 * @throws {PortholeError} those of `AwsClients.call`
 */
export async function findTranscriptPlaces(
  clients: Pick<AwsClients, 'call'>,
  snapshotOf: (taskArn: string) => Promise<LedgerSnapshot | undefined>,
  owner: TranscriptOwner,
): Promise<TranscriptPlaces> {
  const { scope, clusterArn } = owner
  const what = { action: 'ecs:DescribeClusters', resource: clusterArn }
  const { clusters } = await clients.call('ecs', scope, what, (ecs) =>
    ecs.describeClusters({ clusters: [clusterArn], include: ['CONFIGURATIONS'] }),
  )
  const { logging, logConfiguration = {} } = clusters?.[0]?.configuration?.executeCommandConfiguration ?? {}
  if (logging === 'NONE') return { nowhere: 'logging-off' }
  if (logging === 'OVERRIDE') {
    const places = configuredPlaces(logConfiguration)
    return places.length === 0 ? { nowhere: 'logging-off' } : { places }
  }
  return groupOfContainer(clients, snapshotOf, owner)
}

/** A cluster may name both; each gets the whole transcript. */
function configuredPlaces({
  cloudWatchLogGroupName,
  s3BucketName,
  s3KeyPrefix,
  s3EncryptionEnabled = false,
}: ExecuteCommandLogConfiguration): TranscriptPlace[] {
  const ofBucket = { prefix: s3KeyPrefix, declaredEncrypted: s3EncryptionEnabled }
  return [
    ...(cloudWatchLogGroupName ? [{ kind: 'log-group' as const, name: cloudWatchLogGroupName }] : []),
    ...(s3BucketName ? [{ kind: 'bucket' as const, name: s3BucketName, ...ofBucket }] : []),
  ]
}

async function groupOfContainer(
  clients: Pick<AwsClients, 'call'>,
  snapshotOf: (taskArn: string) => Promise<LedgerSnapshot | undefined>,
  owner: TranscriptOwner,
): Promise<TranscriptPlaces> {
  const arn = (await liveDefinition(clients, owner)) ?? definitionOf(await snapshotOf(owner.taskArn))
  if (arn === undefined) return { nowhere: 'task-unknown' }
  const what = { action: 'ecs:DescribeTaskDefinition', resource: arn }
  const { taskDefinition } = await clients.call('ecs', owner.scope, what, (ecs) =>
    ecs.describeTaskDefinition({ taskDefinition: arn }),
  )
  const containers = taskDefinition?.containerDefinitions ?? []
  const container = containers.find(({ name }) => name === owner.containerName)
  const { logDriver, options } = (container ?? containers[0])?.logConfiguration ?? {}
  const name = logDriver === 'awslogs' ? options?.['awslogs-group'] : undefined
  if (name === undefined) return { nowhere: 'no-awslogs' }
  return { places: [{ kind: 'log-group', name, region: options?.['awslogs-region'] }] }
}

async function liveDefinition(
  clients: Pick<AwsClients, 'call'>,
  { scope, clusterArn, taskArn }: TranscriptOwner,
): Promise<string | undefined> {
  const what = { action: 'ecs:DescribeTasks', resource: taskArn }
  try {
    const { tasks } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.describeTasks({ cluster: clusterArn, tasks: [taskArn] }),
    )
    return tasks?.[0]?.taskDefinitionArn
  } catch (thrown) {
    if (thrown instanceof PortholeError && thrown.value.code === 'NOT_FOUND') return undefined
    throw thrown
  }
}

/** AWS forgets a task about an hour after it stops; what a shell of ours saw of it stays. */
function definitionOf(known: LedgerSnapshot | undefined): string | undefined {
  const { task } = (known?.snapshot ?? {}) as { task?: { taskDefinitionArn?: unknown } }
  return typeof task?.taskDefinitionArn === 'string' ? task.taskDefinitionArn : undefined
}
