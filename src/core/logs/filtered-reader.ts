import type {
  FilteredLogEvent,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LogLine } from '../../contract/logs.ts'
import { toLine } from './log-events.ts'
import {
  emptyPagesInARow,
  type LogReader,
  linesPerPage,
  type OlderPage,
  type ReaderPlace,
} from './log-reader.ts'

export type FilterLogEvents = (input: FilterLogEventsCommandInput) => Promise<FilterLogEventsCommandOutput>

/**
 * Lines reach CloudWatch Logs some seconds after they were written, and a search
 * has no token to go on with: each look for new lines begins this much earlier.
 */
const lateMilliseconds = 60_000

/** FilterLogEvents reads newest first only in ranges that begin after this. */
export const newestFirstSince = Date.UTC(2024, 0, 1)

/**
 * The lines of a stream that a filter pattern asks for, by FilterLogEvents. It
 * is finished only when no token comes back; pages before may be empty.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export class FilteredReader implements LogReader {
  readonly #place: ReaderPlace
  readonly #pattern: string
  readonly #filterLogEvents: FilterLogEvents
  /** Older lines end here, newer ones begin. */
  readonly #begunAt: number
  #older: { token: string | undefined } | undefined
  #lastAt: number
  /** Of lines that a look for new ones finds again. */
  #seen = new Map<string, number>()

  constructor(place: ReaderPlace, pattern: string, filterLogEvents: FilterLogEvents, now: number) {
    this.#place = place
    this.#pattern = pattern
    this.#filterLogEvents = filterLogEvents
    this.#begunAt = now
    this.#lastAt = now
  }

  async older(): Promise<OlderPage> {
    for (let page = 0; page < emptyPagesInARow; page += 1) {
      if (this.#older !== undefined && this.#older.token === undefined) return { lines: [], complete: true }
      const answer = await this.#ask({
        endTime: this.#place.to ?? this.#begunAt + 1,
        startFromHead: false,
        nextToken: this.#older?.token,
      })
      this.#older = { token: answer.nextToken }
      const lines = this.#linesOf(answer.events ?? []).reverse()
      if (lines.length > 0) return { lines, complete: answer.nextToken === undefined }
    }
    return { lines: [], complete: false }
  }

  async newer(): Promise<LogLine[]> {
    const from = this.#lastAt - lateMilliseconds
    const found: LogLine[] = []
    let nextToken: string | undefined
    do {
      const answer = await this.#ask({ startTime: Math.max(from, this.#place.from), nextToken })
      found.push(...this.#linesOf(answer.events ?? []))
      nextToken = answer.nextToken
    } while (nextToken !== undefined && found.length < linesPerPage)
    for (const { at } of found) this.#lastAt = Math.max(this.#lastAt, at)
    for (const [id, at] of this.#seen) if (at < this.#lastAt - lateMilliseconds) this.#seen.delete(id)
    return found
  }

  #ask(how: Partial<FilterLogEventsCommandInput>): Promise<FilterLogEventsCommandOutput> {
    const { group, stream, from } = this.#place
    return this.#filterLogEvents({
      logGroupName: group,
      logStreamNames: [stream],
      filterPattern: this.#pattern,
      startTime: Math.max(from, newestFirstSince),
      limit: linesPerPage,
      ...how,
    })
  }

  /** Those not given yet. */
  #linesOf(events: readonly FilteredLogEvent[]): LogLine[] {
    return events.flatMap(({ eventId = '', timestamp = 0, message = '' }) => {
      if (this.#seen.has(eventId)) return []
      if (timestamp >= this.#lastAt - lateMilliseconds) this.#seen.set(eventId, timestamp)
      return [toLine(this.#place.source, timestamp, message)]
    })
  }
}
