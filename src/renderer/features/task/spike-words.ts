import type { ErrorValue } from '../../../contract/errors.ts'
import type { LogSpike } from '../../../contract/logs.ts'
import { formatClock, formatDuration, formatMoment } from '../../ui/time.ts'
import type { KnownSpikes } from './spike-feed.ts'

/** A spike and who wrote it, as list and chart show it. */
export interface NamedSpike {
  spike: LogSpike
  /** The most lines first. Untrusted text. */
  containers: readonly string[]
  bucketMilliseconds: number
}

export function namedSpikes({ sources, found }: KnownSpikes): NamedSpike[] {
  return found.spikes.map((spike) => ({
    spike,
    containers: spike.containers.map(({ source }) => sources[source]?.container ?? ''),
    bucketMilliseconds: found.bucketMilliseconds,
  }))
}

/** "14:05, 37 error lines in nginx". */
export function spikeTitle({ spike, containers }: NamedSpike, now: number): string {
  return `${formatMoment(spike.peak, now)}, ${spike.errors} error lines in ${containers.join(', ')}`
}

/** Why it is one: "13:50 to 14:42, usually 2 in 52 min". */
export function spikeReason({ spike, bucketMilliseconds }: NamedSpike, now: number): string {
  const { from, to, containers } = spike
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString()
  const until = sameDay ? formatClock(to) : formatMoment(to, now)
  const usual = containers.reduce((sum, each) => sum + each.usual, 0)
  const words = usual === 0 ? 'usually none' : `usually ${usual} in ${formatDuration(bucketMilliseconds)}`
  return `${sameDay ? formatClock(from) : formatMoment(from, now)} to ${until}, ${words}`
}

/** How far back all containers that can be read were read; undefined where none can. Epoch milliseconds. */
export function readBackTo({ range, found }: KnownSpikes): number | undefined {
  const readable = found.reads.filter(({ problem }) => problem === undefined)
  if (readable.length === 0) return undefined
  return Math.max(...readable.map(({ from = range.to }) => from))
}

/** What was read: "Error lines read from 16 Nov, 10:12 to 14:31", and why no more. */
export function readWords(known: KnownSpikes, reading: boolean, now: number): string | undefined {
  const { range, found } = known
  const back = readBackTo(known)
  if (back === undefined) return undefined
  const moment = formatMoment(back, now)
  if (reading)
    return back < range.to ? `Reading error lines, back to ${moment} so far` : 'Reading error lines'
  if (found.state === 'exhausted')
    return back < range.to
      ? `Error lines read back to ${moment}: ${found.calls} calls were not enough`
      : `${found.calls} calls were not enough to find an error line`
  const spikes = { 0: 'no spike', 1: '1 spike' }[found.spikes.length] ?? `${found.spikes.length} spikes`
  return `Error lines read from ${moment} to ${formatMoment(range.to, now)}, ${spikes}`
}

/** Why containers could not be read, each reason once with those that it is about. */
export function unreadContainers({
  sources,
  found,
}: KnownSpikes): { problem: ErrorValue; containers: string[] }[] {
  const unread = found.reads.flatMap(({ source, problem }) =>
    problem === undefined ? [] : [{ problem, container: sources[source]?.container ?? '' }],
  )
  return [...Map.groupBy(unread, ({ problem }) => problem.message).values()].flatMap((same) => {
    const [first] = same
    return first === undefined
      ? []
      : [{ problem: first.problem, containers: same.map(({ container }) => container) }]
  })
}

/** Why they could not be read. Logs that go elsewhere name their container themselves; what AWS refuses does not. */
export function unreadWords({ problem, containers }: { problem: ErrorValue; containers: string[] }): string {
  return problem.code === 'LOGS_ELSEWHERE' ? problem.message : `${containers.join(', ')}: ${problem.message}`
}
