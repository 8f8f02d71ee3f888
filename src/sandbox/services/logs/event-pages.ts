import type { ApiInput } from '../http/api-input.ts'
import type { LogEvent } from './log-store.ts'

/** A page holds at most this many events or bytes, whichever comes first. */
export const mostEventsPerPage = 10_000
const mostBytesPerPage = 1024 * 1024
/** What CloudWatch Logs adds to each event when it counts. */
const bytesPerEvent = 26

/** Counts what a page holds, and says when it is full. */
export class PageMeter {
  readonly #mostEvents: number
  #events = 0
  #bytes = 0

  constructor(mostEvents: number) {
    this.#mostEvents = mostEvents
  }

  /** Counts the event in, unless there is no room. The first one always has room. */
  takes(event: LogEvent): boolean {
    const bytes = this.#bytes + Buffer.byteLength(event.message) + bytesPerEvent
    const full = this.#events >= this.#mostEvents || bytes > mostBytesPerPage
    if (full && this.#events > 0) return false
    this.#events += 1
    this.#bytes = bytes
    return true
  }
}

export function inTimeRange(events: LogEvent[], input: ApiInput): LogEvent[] {
  const from = input.integer('startTime') ?? 0
  // The end is exclusive for GetLogEvents and inclusive for FilterLogEvents in the model; both exclude it in practice.
  const to = input.integer('endTime') ?? Number.POSITIVE_INFINITY
  return events.filter((event) => event.timestamp >= from && event.timestamp < to)
}

/** Sorts as events do: by time, then by arrival. */
export function keyOfEvent({ timestamp, sequence }: Pick<LogEvent, 'timestamp' | 'sequence'>): string {
  return `${digits(timestamp)}${digits(sequence)}`
}

/** The other way round. */
export function mirroredKeyOfEvent({
  timestamp,
  sequence,
}: Pick<LogEvent, 'timestamp' | 'sequence'>): string {
  return `${digits(Number.MAX_SAFE_INTEGER - timestamp)}${digits(Number.MAX_SAFE_INTEGER - sequence)}`
}

function digits(value: number): string {
  return String(value).padStart(16, '0')
}
