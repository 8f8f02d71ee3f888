import { isDeepStrictEqual } from 'node:util'
import type { CatalogScope, Cluster, Task } from '../../contract/catalog.ts'
import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'
import {
  type ClusterCounts,
  type ClusterHeader,
  compare,
  countsOf,
  headerOf,
  nameOf,
  toClusterHeader,
  toService,
  toTask,
  unknownClusterHeader,
} from './ecs-model.ts'
import type { EcsReader } from './ecs-reader.ts'
import { asksForBackOff, pollDelay } from './poll-delay.ts'
import { createReadPlan } from './read-plan.ts'

/** Keeps one scope's clusters fresh while it is watched. */
export interface ScopePoller extends Disposable {
  /** Looks at once, then again and again until `stop`. Does nothing while it runs. */
  start(): void
  stop(): void
  /** Resolves when everything has been read anew; at once when stopped. */
  refresh(): Promise<void>
  state(): CatalogScope
  clusters(): Cluster[]
}

export interface ScopePollerEvents {
  scope(state: CatalogScope): void
  cluster(cluster: Cluster): void
  clusterGone(clusterArn: string): void
}

export interface ScopePollerDependencies {
  scope: Scope
  reader: EcsReader
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
  events: ScopePollerEvents
}

/** What one call says about many clusters. */
interface ClusterLook {
  header: ClusterHeader
  /** Absent when they could not be described. */
  counts: ClusterCounts | undefined
}

/** Read parts of a cluster: what failed keeps its last known state and adds a problem. */
interface ReadPart<Value> {
  value: Value
  problem?: ErrorValue
}

export function createScopePoller({
  scope,
  reader,
  clock,
  random,
  events,
}: ScopePollerDependencies): ScopePoller {
  const known = new Map<string, Cluster>()
  let state: CatalogScope = { scope, state: 'loading', clusterArns: [] }
  const plan = createReadPlan()
  let failures = 0
  let running: { abort: AbortController; timer?: Disposable; round: Promise<void> } | undefined

  async function round(signal: AbortSignal): Promise<void> {
    try {
      const arns = (await reader.clusterArns(scope, signal)).sort((left, right) =>
        compare(nameOf(left), nameOf(right)),
      )
      // The names are the first rows; what is in them follows cluster by cluster.
      if (state.updatedAt === undefined) setState({ ...state, clusterArns: arns })
      const problems = await readAll(arns, signal)
      signal.throwIfAborted()
      removeGone(arns)
      failures = problems.some(asksForBackOff) ? failures + 1 : 0
      setState({ scope, state: 'ready', clusterArns: arns, updatedAt: clock.now() })
    } catch (error) {
      if (signal.aborted) return
      const value = toErrorValue(error)
      failures = asksForBackOff(value) ? failures + 1 : 0
      // What is known stays usable; only a scope that was never read has failed.
      setState({ ...state, state: state.updatedAt === undefined ? 'failed' : 'ready', error: value })
    }
  }

  /** Reads the clusters that are due, one by one, and tells each as soon as it is complete. */
  async function readAll(arns: string[], signal: AbortSignal): Promise<ErrorValue[]> {
    const looks = await part(lookAt(arns, signal), arns.map(unseen))
    const seen = looks.value.map(({ header: { arn }, counts }) => ({ arn, counts }))
    const due = plan.due(seen, clock.now())
    const problems = await Promise.all(
      looks.value.map(async ({ header, counts }) => {
        const before = known.get(header.arn)
        if (before !== undefined && !due.has(header.arn)) {
          setCluster({ ...before, ...headerOf(header) })
          return before.problems
        }
        const cluster = await readCluster(header, looks.problem, signal)
        signal.throwIfAborted()
        const changed = setCluster(cluster)
        plan.noteRead(cluster, { at: clock.now(), counts, changed })
        return cluster.problems
      }),
    )
    return problems.flat()
  }

  async function lookAt(arns: string[], signal: AbortSignal): Promise<ClusterLook[]> {
    const described = await reader.clusters(scope, arns, signal)
    const looks = described.map((each) => ({ header: toClusterHeader(each), counts: countsOf(each) }))
    const byArn = new Map(looks.map((look) => [look.header.arn, look]))
    return arns.map((arn) => byArn.get(arn) ?? unseen(arn))
  }

  function unseen(arn: string): ClusterLook {
    return { header: known.get(arn) ?? unknownClusterHeader(arn), counts: undefined }
  }

  async function readCluster(
    header: ClusterHeader,
    headerProblem: ErrorValue | undefined,
    signal: AbortSignal,
  ): Promise<Cluster> {
    const { arn } = header
    const before = known.get(arn)
    const [services, tasks] = await Promise.all([
      part(reader.services(scope, arn, signal), undefined),
      part(reader.tasks(scope, arn, leavingTasks(before?.tasks ?? []), signal), undefined),
    ])
    return {
      scope,
      ...headerOf(header),
      services:
        services.value?.map(toService).sort((left, right) => compare(left.name, right.name)) ??
        before?.services ??
        [],
      tasks: tasks.value?.map(toTask).filter(isListed).sort(byAge) ?? before?.tasks ?? [],
      problems: [headerProblem, services.problem, tasks.problem].filter((problem) => problem !== undefined),
      updatedAt: clock.now(),
    }
  }

  /** @returns whether anything about it is new */
  function setCluster(cluster: Cluster): boolean {
    const before = known.get(cluster.arn)
    known.set(cluster.arn, cluster)
    const unchanged = before && isDeepStrictEqual(before, { ...cluster, updatedAt: before.updatedAt })
    if (!unchanged) events.cluster(cluster)
    return !unchanged
  }

  function removeGone(arns: string[]): void {
    const present = new Set(arns)
    for (const arn of [...known.keys()].filter((candidate) => !present.has(candidate))) {
      known.delete(arn)
      plan.forget(arn)
      events.clusterGone(arn)
    }
  }

  function setState(next: CatalogScope): void {
    const unchanged = isDeepStrictEqual({ ...state, updatedAt: 0 }, { ...next, updatedAt: 0 })
    state = next
    if (!unchanged) events.scope(next)
  }

  function beginRound(abort: AbortController): Promise<void> {
    return round(abort.signal).then(() => {
      if (running?.abort !== abort) return
      const delay = pollDelay({ isMoving: plan.isMoving(), error: state.error, failures }, random())
      running.timer = clock.after(delay, () => {
        if (running?.abort === abort) running.round = beginRound(abort)
      })
    })
  }

  function start(): void {
    if (running) return
    const abort = new AbortController()
    running = { abort, round: Promise.resolve() }
    running.round = beginRound(abort)
  }

  function stop(): void {
    running?.timer?.[Symbol.dispose]()
    running?.abort.abort(new Error('No longer watched.'))
    running = undefined
  }

  return {
    start,
    stop,
    async refresh() {
      if (!running) return
      // A round under way may have passed by what has just changed, so it is given up for a new one.
      stop()
      plan.forgetAll()
      start()
      await running?.round
    },
    state: () => state,
    clusters: () => [...known.values()],
    [Symbol.dispose]: stop,
  }
}

async function part<Value, Otherwise>(
  reading: Promise<Value>,
  otherwise: Otherwise,
): Promise<ReadPart<Value | Otherwise>> {
  try {
    return { value: await reading }
  } catch (error) {
    return { value: otherwise, problem: toErrorValue(error) }
  }
}

/** ECS lists a task no more once it is told to stop; asking for it by ARN follows it to its end. */
function leavingTasks(tasks: Task[]): string[] {
  return tasks.map(({ arn }) => arn)
}

function isListed({ status }: Task): boolean {
  return status !== 'STOPPED'
}

/** Oldest first: a list does not jump when a task is added. */
function byAge(left: Task, right: Task): number {
  return (left.createdAt ?? 0) - (right.createdAt ?? 0) || compare(left.arn, right.arn)
}
