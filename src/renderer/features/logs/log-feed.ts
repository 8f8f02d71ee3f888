import type { ErrorValue } from '../../../contract/errors.ts'
import type { LogBatch, LogRange, LogSource, LogTask } from '../../../contract/logs.ts'
import type { CoreClient } from '../../app/core/core-link.ts'
import { LineStore, type StoredLine } from './line-store.ts'

export interface FeedState {
  phase: 'opening' | 'open' | 'failed'
  error: ErrorValue | undefined
  sources: readonly LogSource[]
  /** By position in `sources`: why nothing can be read there now. */
  problems: ReadonlyMap<number, ErrorValue>
  lines: readonly StoredLine[]
  /** Older lines are being read. */
  loading: boolean
  /** The beginning of the range is reached, or as much as a page keeps. */
  complete: boolean
  /** Lines that had to go to make room for newer ones. */
  dropped: number
  askedAt: number | undefined
  /** Lines that came by themselves, and when: the pace of the log. */
  arrivals: readonly { at: number; count: number }[]
}

/** Read at first: what a quarter of an hour usually has; the rest comes when somebody scrolls up. */
const linesAtFirst = 10_000
/** Small enough that the first screen is there at once. */
const firstBatch = 200
const batch = 2000
/** While nobody looks, whether somebody does again. */
const lookAgainMilliseconds = 1000
/** After a failure of the way to the core; the core itself waits between its looks at AWS. */
const retryMilliseconds = 3000
/** The pace is that of the last while. */
const paceMilliseconds = 10_000

const opening: FeedState = {
  phase: 'opening',
  error: undefined,
  sources: [],
  problems: new Map(),
  lines: [],
  loading: true,
  complete: false,
  dropped: 0,
  askedAt: undefined,
  arrivals: [],
}

/** Reads one view of a task's logs for as long as it is shown. An external store for React. */
export class LogFeed implements Disposable {
  readonly #core: CoreClient
  readonly #request: { task: LogTask; range: LogRange; pattern: string | undefined }
  readonly #isWatched: () => boolean
  readonly #listeners = new Set<() => void>()
  readonly #store = new LineStore()
  #state = opening
  #id: string | undefined
  #ended = false

  constructor(
    core: CoreClient,
    request: { task: LogTask; range: LogRange; pattern: string | undefined },
    isWatched: () => boolean,
  ) {
    this.#core = core
    this.#request = request
    this.#isWatched = isWatched
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly read = (): FeedState => this.#state

  async start(): Promise<void> {
    const answer = await this.#core.call('logs.open', this.#request)
    if (!answer.ok) return this.#change({ phase: 'failed', error: answer.error, loading: false })
    this.#id = answer.value.id
    if (this.#ended) return this.#close()
    this.#change({ phase: 'open', sources: answer.value.sources })
    await this.#readOlder(firstBatch)
    void this.#follow()
    while (!this.#ended && !this.#state.complete && this.#state.lines.length < linesAtFirst) {
      if (!(await this.#readOlder(batch))) break
    }
    this.#change({ loading: false })
  }

  /** The next lines going back, unless they are being read or there are none. */
  async loadOlder(): Promise<void> {
    if (this.#state.loading || this.#state.complete || this.#state.phase !== 'open') return
    this.#change({ loading: true })
    await this.#readOlder(batch)
    this.#change({ loading: false })
  }

  async whole(line: StoredLine): Promise<string | ErrorValue> {
    if (this.#id === undefined || line.length === undefined) return line.text
    const { source, at, length } = line
    const answer = await this.#core.call('logs.whole', { id: this.#id, source, at, length })
    return answer.ok ? answer.value.text : answer.error
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.#close()
  }

  /** False when nothing more can be had. */
  async #readOlder(lines: number): Promise<boolean> {
    if (this.#id === undefined || this.#ended) return false
    const answer = await this.#core.call('logs.older', { id: this.#id, lines })
    if (this.#ended) return false
    if (!answer.ok) {
      this.#change({ error: answer.error })
      return false
    }
    this.#take(answer.value)
    this.#change({ complete: answer.value.complete || this.#store.isFull })
    return true
  }

  async #follow(): Promise<void> {
    if (this.#request.range.to !== undefined) return
    while (!this.#ended && this.#id !== undefined) {
      if (!this.#isWatched()) {
        await pause(lookAgainMilliseconds)
        continue
      }
      const answer = await this.#core.call('logs.newer', { id: this.#id })
      if (this.#ended) return
      if (answer.ok) {
        this.#arrived(answer.value)
      } else {
        this.#change({ error: answer.error })
        // A view that the core knows no more will not come back by itself.
        if (!answer.error.retryable || answer.error.code === 'NOT_FOUND') return
        await pause(retryMilliseconds)
      }
    }
  }

  #arrived(news: LogBatch): void {
    const now = Date.now()
    const recent = this.#state.arrivals.filter(({ at }) => now - at < paceMilliseconds)
    this.#take(news)
    this.#change({
      error: undefined,
      arrivals: news.lines.length === 0 ? recent : [...recent, { at: now, count: news.lines.length }],
    })
  }

  #take({ lines, problems, askedAt }: LogBatch): void {
    this.#store.add(lines)
    this.#change({
      lines: this.#store.lines,
      dropped: this.#store.dropped,
      problems: new Map(problems.map(({ source, error }) => [source, error])),
      askedAt,
    })
  }

  #change(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of [...this.#listeners]) listener()
  }

  #close(): void {
    if (this.#id !== undefined) void this.#core.call('logs.close', { id: this.#id })
    this.#id = undefined
  }
}

/** Lines a second over the last while. */
export function paceOf(arrivals: FeedState['arrivals'], now: number): number {
  const recent = arrivals.filter(({ at }) => now - at < paceMilliseconds)
  return recent.reduce((sum, { count }) => sum + count, 0) / (paceMilliseconds / 1000)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
