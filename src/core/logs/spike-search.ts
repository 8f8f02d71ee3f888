import { type ErrorValue, toErrorValue } from '../../contract/errors.ts'
import type { EndedLogRange, LogSource, LogSpikes } from '../../contract/logs.ts'
import type { ErrorReader } from './error-reader.ts'
import { viewClosed } from './log-view.ts'
import { findSpikes } from './spike-rule.ts'

/**
 * Calls of FilterLogEvents for all containers of a search together. Five
 * containers without errors are read to the beginning with so many, in seven
 * seconds at the rate that log-calls.ts keeps; a page waits no longer unasked.
 */
export const callsPerSearch = 20

/** Looks for spikes of error lines in a task's logs, as far as somebody asks. */
export class SpikeSearch implements Disposable {
  readonly #sources: readonly LogSource[]
  readonly #readers: ReadonlyMap<number, ErrorReader>
  readonly #range: EndedLogRange
  readonly #problems = new Map<number, ErrorValue>()
  readonly #ended = new AbortController()
  #calls = 0
  #callsAllowed = callsPerSearch
  /** One round at a time: readers keep a place. */
  #turn: Promise<unknown> = Promise.resolve()

  /** @param readers by position in the list of sources, for those that can be read */
  constructor(options: {
    sources: readonly LogSource[]
    readers: ReadonlyMap<number, ErrorReader>
    range: EndedLogRange
  }) {
    this.#sources = options.sources
    this.#readers = options.readers
    this.#range = options.range
  }

  /**
   * One call for each container that has more to tell, while calls are left.
   *
   * @param further gives a search that has none left as many again
   * @throws {PortholeError} NOT_FOUND after it was disposed
   */
  read(further: boolean): Promise<LogSpikes> {
    const turn = this.#turn.then(() => this.#read(further))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  [Symbol.dispose](): void {
    this.#ended.abort(viewClosed())
  }

  async #read(further: boolean): Promise<LogSpikes> {
    this.#ended.signal.throwIfAborted()
    if (further && this.#state === 'exhausted') this.#callsAllowed += callsPerSearch
    const round = this.#unfinished.slice(0, this.#callsAllowed - this.#calls)
    this.#calls += round.length
    await Promise.all(round.map(([source, reader]) => this.#readOn(source, reader)))
    return this.#answer()
  }

  async #readOn(source: number, reader: ErrorReader): Promise<void> {
    try {
      await reader.readOn(this.#ended.signal)
    } catch (thrown) {
      this.#ended.signal.throwIfAborted()
      this.#problems.set(source, toErrorValue(thrown))
    }
  }

  /** Whoever is furthest from the beginning comes first when calls are few. */
  get #unfinished(): [number, ErrorReader][] {
    return [...this.#readers]
      .filter(([source, reader]) => !reader.complete && !this.#problems.has(source))
      .sort(([, left], [, right]) => knownFrom(right) - knownFrom(left))
  }

  get #state(): LogSpikes['state'] {
    if (this.#unfinished.length === 0) return 'complete'
    return this.#calls < this.#callsAllowed ? 'reading' : 'exhausted'
  }

  #answer(): LogSpikes {
    const counts = [...this.#readers].flatMap(([source, { minutes, readFrom }]) =>
      readFrom === undefined ? [] : [{ source, minutes, readFrom }],
    )
    return {
      ...findSpikes(this.#range, counts),
      reads: this.#sources.map(({ problem }, source) => ({
        source,
        from: this.#readers.get(source)?.readFrom,
        problem: problem ?? this.#problems.get(source),
      })),
      calls: this.#calls,
      state: this.#state,
    }
  }
}

function knownFrom({ readFrom = Number.MAX_SAFE_INTEGER }: ErrorReader): number {
  return readFrom
}
