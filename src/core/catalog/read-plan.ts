import type { Cluster } from '../../contract/catalog.ts'
import type { ClusterCounts } from './ecs-model.ts'
import { callsToRead } from './ecs-reader.ts'
import { asksForBackOff, changingPollMilliseconds, isChanging, steadyPollMilliseconds } from './poll-delay.ts'

/**
 * What reading clusters whole may cost a scope in a minute in which nothing
 * happens, in calls. The look at all clusters at once (ListClusters,
 * DescribeClusters) comes on top with 8 to 10: three accounts idle below 120.
 */
export const idleReadsPerMinute = 24
const readsPerMillisecond = idleReadsPerMinute / 60_000
/** A little less than the time between looks with all their jitter, so that a small scope is read at every look. */
const shortestRestMilliseconds = 0.8 * steadyPollMilliseconds
/** A service that stays below its count for hours must not be watched like a deployment. */
const longestChangingMilliseconds = 60_000
/** Looks come a little early or late. */
const earlyShare = 0.8

/** What one look says about a cluster; without counts when it could not be described. */
export interface SeenCluster {
  readonly arn: string
  readonly counts: ClusterCounts | undefined
}

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
  /** The clusters to read now, by ARN. Those at rest take turns, the one read longest ago first. */
  due(seen: readonly SeenCluster[], now: number): ReadonlySet<string>
  noteRead(cluster: Cluster, read: { at: number; counts: ClusterCounts | undefined; changed: boolean }): void
  forget(arn: string): void
  /** Makes everything due. */
  forgetAll(): void
  /** Whether anything is in motion that should be looked at soon again. */
  isMoving(): boolean
}

export function createReadPlan(): ReadPlan {
  const lastReads = new Map<string, LastRead>()
  /** Calls that clusters at rest may still cost; below zero after a large one. */
  let allowance = 0
  let lastLookAt: number | undefined

  function mustRead({ arn, counts }: SeenCluster, now: number): boolean {
    const last = lastReads.get(arn)
    if (last === undefined || last.cluster.problems.some(asksForBackOff)) return true
    if (counts !== undefined && !sameCounts(counts, last.counts)) return true
    return isChanging(last.cluster) && now - last.at >= earlyShare * movingMilliseconds(last)
  }

  function earn(now: number): void {
    const earned = (now - (lastLookAt ?? now)) * readsPerMillisecond
    // Nothing is saved up over a pause: coming back to a window is no reason for a burst.
    allowance = Math.min(allowance + earned, idleReadsPerMinute)
    lastLookAt = now
  }

  return {
    due(seen, now) {
      earn(now)
      const chosen = new Set(seen.filter((each) => mustRead(each, now)).map(({ arn }) => arn))
      const resting = seen
        .flatMap(({ arn }) => lastReads.get(arn) ?? [])
        .filter(({ cluster, at }) => !chosen.has(cluster.arn) && now - at >= shortestRestMilliseconds)
        .sort((left, right) => left.at - right.at)
      for (const { cluster } of resting) {
        if (allowance <= 0) break
        allowance -= callsToRead(cluster)
        chosen.add(cluster.arn)
      }
      return chosen
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

function movingMilliseconds({ unchanged }: LastRead): number {
  return Math.min(changingPollMilliseconds * 2 ** unchanged, longestChangingMilliseconds)
}

function sameCounts(left: ClusterCounts, right: ClusterCounts | undefined): boolean {
  return left.services === right?.services && left.running === right.running && left.pending === right.pending
}
