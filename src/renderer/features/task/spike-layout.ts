import type { KnownSpikes } from './spike-feed.ts'
import { type NamedSpike, namedSpikes, readBackTo } from './spike-words.ts'

/** Error lines in the chart; places and sizes are fractions of the lane. */
export interface SpikeLayout {
  bars: { key: number; left: number; width: number; tall: number; spiking: boolean }[]
  marks: { key: number; left: number; named: NamedSpike }[]
  /** From the beginning: of this nothing is known. */
  unread: number
}

/** Where bars and marks stand in a chart of this time. */
export function layoutSpikes(known: KnownSpikes, { from, to }: { from: number; to: number }): SpikeLayout {
  const { bucketMilliseconds, buckets, spikes } = known.found
  const place = (at: number) => Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from)))
  const most = Math.max(1, ...buckets.map(({ errors }) => errors))
  return {
    bars: buckets.map(({ at, errors }) => ({
      key: at,
      left: place(at),
      width: place(at + bucketMilliseconds) - place(at),
      // By the root: one outage may have thousands, and the usual few should still be seen.
      tall: Math.sqrt(errors / most),
      spiking: spikes.some((spike) => at >= spike.from && at < spike.to),
    })),
    marks: namedSpikes(known).map((named) => ({
      key: named.spike.from,
      left: place((named.spike.from + named.spike.to) / 2),
      named,
    })),
    unread: place(readBackTo(known) ?? to),
  }
}
