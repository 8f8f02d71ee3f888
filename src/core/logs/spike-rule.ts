import type { EndedLogRange, LogSpike, LogSpikes } from '../../contract/logs.ts'
import { minuteMilliseconds } from './error-reader.ts'

/** As many bars as a chart of the page's usual width draws apart from each other. */
const mostBuckets = 60
/** Fewer lines are no outage but somebody's bad request; each failure often writes a few. */
const leastErrorsOfSpike = 5
/** Twice the usual happens by chance all the time where there are few; four times seldom does. */
const timesTheUsual = 4

/** Error lines of one container. */
export interface ErrorCounts {
  source: number
  /** By the beginning of their minute. */
  minutes: ReadonlyMap<number, number>
  /** What came before was not read. */
  readFrom: number
}

/**
 * Cuts the range into at most 60 buckets of whole minutes and finds, for each
 * container by itself, those with at least 5 error lines and at least 4 times
 * as many as its median bucket has. Neighbouring ones are one spike, also of
 * several containers.
 */
export function findSpikes(
  range: EndedLogRange,
  counts: readonly ErrorCounts[],
): Pick<LogSpikes, 'bucketMilliseconds' | 'buckets' | 'spikes'> {
  const buckets = new Buckets(range)
  const perContainer = counts.map((each) => new ContainerBuckets(each, buckets))
  const totals = new Map<number, number>()
  for (const { errors } of perContainer)
    for (const [bucket, count] of errors) totals.set(bucket, (totals.get(bucket) ?? 0) + count)
  const spiking = new Set(perContainer.flatMap(({ spikes }) => [...spikes]))
  return {
    bucketMilliseconds: buckets.length,
    buckets: ascending(totals.keys()).map((bucket) => ({
      at: buckets.startOf(bucket),
      errors: totals.get(bucket) ?? 0,
    })),
    spikes: neighbours(ascending(spiking)).map((group) => spikeOf(group, perContainer, buckets)),
  }
}

class Buckets {
  readonly #start: number
  readonly end: number
  /** Milliseconds of one. */
  readonly length: number

  constructor({ from, to }: EndedLogRange) {
    this.#start = Math.floor(from / minuteMilliseconds) * minuteMilliseconds
    this.end = to
    this.length = Math.ceil((to - this.#start) / mostBuckets / minuteMilliseconds) * minuteMilliseconds
  }

  of(at: number): number {
    return Math.floor((at - this.#start) / this.length)
  }

  startOf(bucket: number): number {
    return this.#start + bucket * this.length
  }

  /** How many of them were read whole. */
  readSince(readFrom: number): number {
    const all = Math.ceil((this.end - this.#start) / this.length)
    return all - Math.max(0, Math.ceil((readFrom - this.#start) / this.length))
  }
}

class ContainerBuckets {
  readonly source: number
  readonly minutes: ReadonlyMap<number, number>
  /** By bucket. */
  readonly errors = new Map<number, number>()
  readonly usual: number
  readonly spikes: ReadonlySet<number>

  constructor({ source, minutes, readFrom }: ErrorCounts, buckets: Buckets) {
    this.source = source
    this.minutes = minutes
    for (const [minute, count] of minutes) {
      const bucket = buckets.of(minute)
      this.errors.set(bucket, (this.errors.get(bucket) ?? 0) + count)
    }
    this.usual = lowerMedian([...this.errors.values()], buckets.readSince(readFrom))
    const least = Math.max(leastErrorsOfSpike, timesTheUsual * this.usual)
    this.spikes = new Set([...this.errors].flatMap(([bucket, count]) => (count >= least ? [bucket] : [])))
  }
}

/** Of `size` counts, of which those that are not given are zero; of two in the middle the smaller. */
function lowerMedian(counts: readonly number[], size: number): number {
  const missing = Math.max(0, size - counts.length)
  const middle = Math.floor((missing + counts.length - 1) / 2)
  return middle < missing ? 0 : (ascending(counts)[middle - missing] ?? 0)
}

function spikeOf(
  group: readonly number[],
  containers: readonly ContainerBuckets[],
  buckets: Buckets,
): LogSpike {
  const taking = containers
    .map(({ source, usual, errors, spikes }) => {
      const own = group.filter((bucket) => spikes.has(bucket))
      return { source, usual, errors: own.reduce((sum, bucket) => sum + (errors.get(bucket) ?? 0), 0) }
    })
    .filter(({ errors }) => errors > 0)
    .toSorted((left, right) => right.errors - left.errors || left.source - right.source)
  return {
    from: buckets.startOf(group[0] ?? 0),
    to: Math.min(buckets.startOf((group.at(-1) ?? 0) + 1), buckets.end),
    peak: peakOf(new Set(group), containers, buckets),
    errors: taking.reduce((sum, { errors }) => sum + errors, 0),
    containers: taking,
  }
}

/** The minute with most lines of those that spike; of equal ones the first. */
function peakOf(
  group: ReadonlySet<number>,
  containers: readonly ContainerBuckets[],
  buckets: Buckets,
): number {
  const totals = new Map<number, number>()
  for (const { minutes, spikes } of containers)
    for (const [minute, count] of minutes) {
      const bucket = buckets.of(minute)
      if (group.has(bucket) && spikes.has(bucket)) totals.set(minute, (totals.get(minute) ?? 0) + count)
    }
  const most = Math.max(...totals.values())
  return Math.min(...[...totals].flatMap(([minute, count]) => (count === most ? [minute] : [])))
}

/** Buckets in runs of those that follow each other. */
function neighbours(buckets: readonly number[]): number[][] {
  const groups: number[][] = []
  for (const bucket of buckets) {
    const group = groups.at(-1)
    if (group !== undefined && group.at(-1) === bucket - 1) group.push(bucket)
    else groups.push([bucket])
  }
  return groups
}

function ascending(numbers: Iterable<number>): number[] {
  return [...numbers].sort((left, right) => left - right)
}
