import type {
  DesiredStatus,
  ECS,
  Cluster as EcsCluster,
  Service as EcsService,
  Task as EcsTask,
} from '@aws-sdk/client-ecs'
import PQueue from 'p-queue'
import type { Scope } from '../../contract/identity.ts'
import { allPages } from '../aws/all-pages.ts'
import type { AwsCall } from '../aws/aws-errors.ts'
import type { AwsClients } from '../aws/clients.ts'

/** Reads whole lists from ECS, in its own page sizes. Every call throws a PortholeError. */
export interface EcsReader {
  clusterArns(scope: Scope, signal: AbortSignal): Promise<string[]>
  clusters(scope: Scope, arns: string[], signal: AbortSignal): Promise<EcsCluster[]>
  services(scope: Scope, clusterArn: string, signal: AbortSignal): Promise<EcsService[]>
  /** Tasks that should run, and those of `alsoArns` that still exist. */
  tasks(scope: Scope, clusterArn: string, alsoArns: string[], signal: AbortSignal): Promise<EcsTask[]>
  /** Tasks that should not run any more; some may still be on their way out. */
  stoppedTasks(scope: Scope, clusterArn: string, signal: AbortSignal): Promise<EcsTask[]>
}

/** Largest pages and batches that ECS takes (API reference of each call). */
const arnsPerPage = 100
const clustersPerCall = 100
const servicesPerCall = 10
const tasksPerCall = 100

/** How many calls it takes to read a cluster of this size whole. */
export function callsToRead({ services, tasks }: { services: unknown[]; tasks: unknown[] }): number {
  const pages = (count: number, size: number) => Math.ceil(count / size)
  const lists =
    Math.max(1, pages(services.length, arnsPerPage)) + Math.max(1, pages(tasks.length, arnsPerPage))
  return lists + pages(services.length, servicesPerCall) + pages(tasks.length, tasksPerCall)
}

/**
 * ECS lets an account read at 20 calls a second for long, 100 at once. Eight
 * calls of about 200 ms stay near that and leave room for what else the account does.
 */
const callsAtOnce = 8

type Options = { abortSignal: AbortSignal }

export function createEcsReader(clients: AwsClients): EcsReader {
  const queue = new PQueue({ concurrency: callsAtOnce })

  function call<Answer>(
    scope: Scope,
    what: Pick<AwsCall, 'action' | 'resource'>,
    signal: AbortSignal,
    use: (ecs: ECS, options: Options) => Promise<Answer>,
  ): Promise<Answer> {
    const work = () => clients.call('ecs', scope, what, (ecs) => use(ecs, { abortSignal: signal }))
    // Names of clusters are the first rows; they do not wait behind the contents of another account's.
    return queue.add(work, { signal, priority: what.resource === undefined ? 1 : 0 })
  }

  function taskArns(
    scope: Scope,
    cluster: string,
    desiredStatus: DesiredStatus,
    signal: AbortSignal,
  ): Promise<string[]> {
    return allPages(async (nextToken) => {
      const what = { action: 'ecs:ListTasks', resource: cluster }
      const answer = await call(scope, what, signal, (ecs, options) =>
        ecs.listTasks({ cluster, desiredStatus, nextToken, maxResults: arnsPerPage }, options),
      )
      return { items: answer.taskArns, nextToken: answer.nextToken }
    })
  }

  function describeTasks(
    scope: Scope,
    cluster: string,
    arns: string[],
    signal: AbortSignal,
  ): Promise<EcsTask[]> {
    return inBatches(arns, tasksPerCall, async (tasks) => {
      const what = { action: 'ecs:DescribeTasks', resource: cluster }
      const answer = await call(scope, what, signal, (ecs, options) =>
        ecs.describeTasks({ cluster, tasks, include: ['TAGS'] }, options),
      )
      return answer.tasks
    })
  }

  return {
    clusterArns(scope, signal) {
      return allPages(async (nextToken) => {
        const answer = await call(scope, { action: 'ecs:ListClusters' }, signal, (ecs, options) =>
          ecs.listClusters({ nextToken, maxResults: arnsPerPage }, options),
        )
        return { items: answer.clusterArns, nextToken: answer.nextToken }
      })
    },

    clusters(scope, arns, signal) {
      return inBatches(arns, clustersPerCall, async (batch) => {
        const answer = await call(scope, { action: 'ecs:DescribeClusters' }, signal, (ecs, options) =>
          ecs.describeClusters({ clusters: batch, include: ['CONFIGURATIONS', 'TAGS'] }, options),
        )
        return answer.clusters
      })
    },

    async services(scope, cluster, signal) {
      const what = (action: string) => ({ action, resource: cluster })
      const arns = await allPages(async (nextToken) => {
        const answer = await call(scope, what('ecs:ListServices'), signal, (ecs, options) =>
          ecs.listServices({ cluster, nextToken, maxResults: arnsPerPage }, options),
        )
        return { items: answer.serviceArns, nextToken: answer.nextToken }
      })
      return inBatches(arns, servicesPerCall, async (services) => {
        const answer = await call(scope, what('ecs:DescribeServices'), signal, (ecs, options) =>
          ecs.describeServices({ cluster, services, include: ['TAGS'] }, options),
        )
        return answer.services
      })
    },

    async tasks(scope, cluster, alsoArns, signal) {
      const running = await taskArns(scope, cluster, 'RUNNING', signal)
      return describeTasks(scope, cluster, [...new Set([...running, ...alsoArns])], signal)
    },

    async stoppedTasks(scope, cluster, signal) {
      return describeTasks(scope, cluster, await taskArns(scope, cluster, 'STOPPED', signal), signal)
    },
  }
}

async function inBatches<Id, Item>(
  ids: Id[],
  size: number,
  fetchBatch: (batch: Id[]) => Promise<Item[] | undefined>,
): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    ids.slice(index * size, (index + 1) * size),
  )
  const answers = await Promise.all(batches.map(fetchBatch))
  return answers.flatMap((items) => items ?? [])
}
