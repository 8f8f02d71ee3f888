import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { LogBatch, LogLine } from '../../contract/logs.ts'
import { type Clock, sleep } from '../clock.ts'
import { compareLines } from './log-events.ts'
import type { LogReader, OlderPage } from './log-reader.ts'
import { OlderMerge } from './older-merge.ts'

/** Lines are looked for this often while some come, and ever less often while none do. */
const shortestPollMilliseconds = 1000
const longestPollMilliseconds = 5000
const pollGrowth = 1.5
/** While something stands in the way, of which nobody hears when it goes. */
const obstructedPollMilliseconds = 10_000
/** An answer without lines, so that whoever waits knows when CloudWatch Logs was last asked. */
const longestWaitMilliseconds = 5000
/** What travels in one answer. */
const mostLinesPerBatch = 5000

/** One reading of the logs of some containers, for one window. */
export class LogView implements Disposable {
  readonly #readers: ReadonlyMap<number, LogReader>
  readonly #clock: Clock
  readonly #follows: boolean
  readonly #ended = new AbortController()
  readonly #problems = new Map<number, ErrorValue>()
  readonly #merge: OlderMerge
  #waiting: LogLine[] = []
  #delay = shortestPollMilliseconds
  #askedAt: number
  #polledAt: number | undefined
  /** One call at a time in each direction: readers keep a place. */
  #olderTurn: Promise<unknown> = Promise.resolve()
  #newerTurn: Promise<unknown> = Promise.resolve()

  /**
   * @param readers by position in the list of sources
   * @param follows whether the range goes on to the present
   */
  constructor(options: { readers: ReadonlyMap<number, LogReader>; follows: boolean; clock: Clock }) {
    this.#readers = options.readers
    this.#follows = options.follows
    this.#clock = options.clock
    this.#askedAt = this.#clock.now()
    this.#merge = new OlderMerge(
      [...this.#readers].map(
        ([source, reader]) =>
          () =>
            this.#olderOf(source, reader),
      ),
    )
  }

  /** The next lines going back in time. */
  older(count: number): Promise<LogBatch> {
    const turn = this.#olderTurn.then(async () => {
      this.#ended.signal.throwIfAborted()
      const lines = await this.#merge.take(Math.min(count, mostLinesPerBatch))
      return this.#batch(lines, this.#merge.complete)
    })
    this.#olderTurn = turn.catch(() => undefined)
    return turn
  }

  /** What was written since; waits for some of it. */
  newer(): Promise<LogBatch> {
    // What there is comes first: a stream's newest page belongs to the older lines.
    const turn = Promise.all([this.#newerTurn, this.#olderTurn]).then(() => this.#newer())
    this.#newerTurn = turn.catch(() => undefined)
    return turn
  }

  [Symbol.dispose](): void {
    this.#ended.abort(viewClosed())
  }

  async #newer(): Promise<LogBatch> {
    const begun = this.#clock.now()
    for (;;) {
      this.#ended.signal.throwIfAborted()
      if (this.#waiting.length > 0) return this.#batch(this.#waiting.splice(0, mostLinesPerBatch), false)
      const isLong = this.#clock.now() - begun >= longestWaitMilliseconds
      if (isLong) return this.#batch([], false)
      await this.#pause()
      const before = JSON.stringify([...this.#problems])
      if (this.#follows) this.#waiting = await this.#poll()
      // What stands in the way, and that it is gone, is news too.
      if (this.#waiting.length === 0 && before !== JSON.stringify([...this.#problems]))
        return this.#batch([], false)
    }
  }

  async #pause(): Promise<void> {
    const next = this.#polledAt === undefined ? 0 : this.#polledAt + this.#delay - this.#clock.now()
    if (next > 0) await sleep(this.#clock, next, this.#ended.signal)
    this.#polledAt = this.#clock.now()
  }

  async #poll(): Promise<LogLine[]> {
    const found = await Promise.all(
      [...this.#readers].map(([source, reader]) => this.#newerOf(source, reader)),
    )
    this.#askedAt = this.#clock.now()
    const lines = found.flat().sort(compareLines)
    const obstructed = this.#problems.size > 0 && this.#problems.size === this.#readers.size
    if (obstructed) this.#delay = obstructedPollMilliseconds
    else if (lines.length > 0) this.#delay = shortestPollMilliseconds
    else this.#delay = Math.min(this.#delay * pollGrowth, longestPollMilliseconds)
    return lines
  }

  async #newerOf(source: number, reader: LogReader): Promise<LogLine[]> {
    try {
      const lines = await reader.newer()
      this.#problems.delete(source)
      return lines
    } catch (thrown) {
      this.#obstructed(source, thrown)
      return []
    }
  }

  async #olderOf(source: number, reader: LogReader): Promise<OlderPage> {
    try {
      const page = await reader.older()
      this.#problems.delete(source)
      this.#askedAt = this.#clock.now()
      return page
    } catch (thrown) {
      this.#obstructed(source, thrown)
      return { lines: [], complete: true }
    }
  }

  #obstructed(source: number, thrown: unknown): void {
    this.#problems.set(source, toErrorValue(thrown))
  }

  #batch(lines: LogLine[], complete: boolean): LogBatch {
    const problems = [...this.#problems].map(([source, error]) => ({ source, error }))
    return { lines, problems, complete, askedAt: this.#askedAt }
  }
}

/** Also for calls that come after: whoever asks can begin again. */
export function viewClosed(): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: 'This view of the logs was closed.',
    action: 'Load it again.',
    retryable: true,
  })
}
