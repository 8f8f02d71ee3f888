import type { Cluster } from '../../contract/catalog.ts'
import type { ClusterCounts } from './ecs-model.ts'
import { callsToRead } from './ecs-reader.ts'
import { asksForBackOff, changingPollMilliseconds, isChanging, steadyPollMilliseconds } from './poll-delay.ts'

/**
 * What reading clusters whole may cost a scope in a minute in which nothing
 * happens, in calls. The look at all clusters at once (ListClusters,
 * DescribeClusters) comes on top with 8: three accounts idle at about 120.
 */
export const idleReadsPerMinute = 30
/** A little less than the time between looks with all their jitter, so that a small scope is read at every look. */
const shortestReadMilliseconds = 0.8 * steadyPollMilliseconds
/** A service that stays below its count for hours must not be watched like a deployment. */
const longestChangingMilliseconds = 60_000

/** What is remembered of the last time that a cluster was read whole. */
interface LastRead {
  readonly cluster: Cluster
  readonly at: number
  readonly counts: ClusterCounts | undefined
  /** Reads in a row that showed nothing new. */
  readonly unchanged: number
}

/** Decides which clusters are read whole: those whose numbers moved, those in motion, the others by and by. */
export interface ReadPlan {
  isDue(arn: string, counts: ClusterCounts | undefined, now: number): boolean
  noteRead(cluster: Cluster, read: { at: number; counts: ClusterCounts | undefined; changed: boolean }): void
  forget(arn: string): void
  /** Makes everything due. */
  forgetAll(): void
  /** Whether anything is in motion that should be looked at soon again. */
  isMoving(): boolean
}

export function createReadPlan(): ReadPlan {
  const lastReads = new Map<string, LastRead>()

  /** How long a cluster at rest may wait, in milliseconds: as long as the budget asks for. */
  function restMilliseconds(): number {
    const calls = [...lastReads.values()].reduce((sum, { cluster }) => sum + callsToRead(cluster), 0)
    return Math.max(shortestReadMilliseconds, (calls / idleReadsPerMinute) * 60_000)
  }

  function movingMilliseconds({ unchanged }: LastRead): number {
    return Math.min(changingPollMilliseconds * 2 ** unchanged, longestChangingMilliseconds)
  }

  return {
    isDue(arn, counts, now) {
      const last = lastReads.get(arn)
      if (last === undefined || last.cluster.problems.some(asksForBackOff)) return true
      if (counts !== undefined && !sameCounts(counts, last.counts)) return true
      const rest = restMilliseconds()
      const wait = isChanging(last.cluster) ? Math.min(movingMilliseconds(last) * 0.8, rest) : rest
      return now - last.at >= wait
    },
    noteRead(cluster, { at, counts, changed }) {
      const before = lastReads.get(cluster.arn)
      const unchanged = changed || before === undefined ? 0 : before.unchanged + 1
      lastReads.set(cluster.arn, { cluster, at, counts, unchanged })
    },
    forget: (arn) => void lastReads.delete(arn),
    forgetAll: () => lastReads.clear(),
    isMoving: () =>
      [...lastReads.values()].some(
        (last) => isChanging(last.cluster) && movingMilliseconds(last) < steadyPollMilliseconds,
      ),
  }
}

function sameCounts(left: ClusterCounts, right: ClusterCounts | undefined): boolean {
  return left.services === right?.services && left.running === right.running && left.pending === right.pending
}
