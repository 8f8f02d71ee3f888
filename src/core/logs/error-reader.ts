import type {
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { levelOf } from '../../contract/line-level.ts'
import type { EndedLogRange } from '../../contract/logs.ts'
import { errorPattern } from './error-pattern.ts'
import { newestFirstSince } from './filtered-reader.ts'

export type CancellableFilterLogEvents = (
  input: FilterLogEventsCommandInput,
  signal: AbortSignal,
) => Promise<FilterLogEventsCommandOutput>

export const minuteMilliseconds = 60_000

/**
 * A range is read in windows from its end back, each so many times as long as
 * the one before. A window that is read says for certain how far back is known,
 * which an empty page with a token does not; growing ones keep the calls few.
 */
const windowGrowth = 4
/** With this part first, four windows (1 + 4 + 16 + 64) are any range: four calls for a container without errors. */
const firstWindowPart = 1 / 85
/** A single call for what just happened. */
const shortestWindowMilliseconds = 15 * minuteMilliseconds

/** The most that FilterLogEvents gives at once: nothing here waits for a first screen. */
const eventsPerCall = 10_000

/** The range cut into windows, newest first, without gap or overlap: each begins where the next ends. */
export function windowsBack({ from, to }: EndedLogRange): EndedLogRange[] {
  const windows: EndedLogRange[] = []
  let length = Math.max(shortestWindowMilliseconds, Math.ceil((to - from) * firstWindowPart))
  for (let end = to; end > from; end = windows.at(-1)?.from ?? from) {
    windows.push({ from: Math.max(from, end - length), to: end })
    length *= windowGrowth
  }
  return windows
}

/** Counts the error lines of one stream, from the end of a range back, call by call. */
export class ErrorReader {
  readonly #place: { group: string; stream: string }
  readonly #filterLogEvents: CancellableFilterLogEvents
  readonly #windows: EndedLogRange[]
  readonly #minutes = new Map<number, number>()
  #token: string | undefined
  #readFrom: number | undefined

  constructor(
    place: { group: string; stream: string },
    range: EndedLogRange,
    filterLogEvents: CancellableFilterLogEvents,
  ) {
    this.#place = place
    this.#filterLogEvents = filterLogEvents
    this.#windows = windowsBack({ ...range, from: Math.max(range.from, newestFirstSince) })
  }

  /** Error lines by the minute that they fall into: epoch milliseconds of its beginning. */
  get minutes(): ReadonlyMap<number, number> {
    return this.#minutes
  }

  /** Everything in the range from here on was read; undefined where that is nothing yet. */
  get readFrom(): number | undefined {
    return this.#readFrom
  }

  get complete(): boolean {
    return this.#windows.length === 0
  }

  /** One call. @throws {PortholeError} what the call throws; the place stays where it was */
  async readOn(signal: AbortSignal): Promise<void> {
    const window = this.#windows[0]
    if (window === undefined) return
    const { events = [], nextToken } = await this.#filterLogEvents(
      {
        logGroupName: this.#place.group,
        logStreamNames: [this.#place.stream],
        filterPattern: errorPattern,
        startTime: window.from,
        endTime: window.to,
        startFromHead: false,
        nextToken: this.#token,
        limit: eventsPerCall,
      },
      signal,
    )
    // Documents differ on whether the end belongs to the range; here it is the next window's beginning.
    const within = events.filter(({ timestamp = 0 }) => timestamp >= window.from && timestamp < window.to)
    for (const { timestamp = 0, message = '' } of within)
      if (levelOf(message) === 'error') this.#count(timestamp)
    this.#token = nextToken
    const oldest = within.at(-1)?.timestamp
    if (nextToken === undefined) this.#readFrom = this.#windows.shift()?.from
    // Of the very moment of the last one there may be others.
    else if (oldest !== undefined) this.#readFrom = oldest + 1
  }

  #count(at: number): void {
    const minute = Math.floor(at / minuteMilliseconds) * minuteMilliseconds
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1)
  }
}
