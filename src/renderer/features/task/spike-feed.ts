import type { ErrorValue } from '../../../contract/errors.ts'
import type { EndedLogRange, LogSource, LogSpikes, LogTask } from '../../../contract/logs.ts'
import type { CoreClient } from '../../app/core/core-link.ts'

/** What is known of a task's error lines, and of which time. */
export interface KnownSpikes {
  readonly range: EndedLogRange
  readonly sources: readonly LogSource[]
  readonly found: LogSpikes
}

export interface SpikeState {
  readonly known: KnownSpikes | undefined
  readonly reading: boolean
  /** Why the search did not begin or broke off. */
  readonly error: ErrorValue | undefined
}

export const nothingAsked: SpikeState = { known: undefined, reading: false, error: undefined }

/** One search for log spikes, which is read on for as long as this lives. An external store for React. */
export class SpikeFeed implements Disposable {
  readonly #core: CoreClient
  readonly #request: { task: LogTask; range: EndedLogRange }
  readonly #listeners = new Set<() => void>()
  /** A search before: what it found stays on the page until this one is through. */
  readonly #before: KnownSpikes | undefined
  #state: SpikeState
  #id: string | undefined
  #sources: readonly LogSource[] = []
  #ended = false

  constructor(
    core: CoreClient,
    request: { task: LogTask; range: EndedLogRange },
    before: KnownSpikes | undefined,
  ) {
    this.#core = core
    this.#request = request
    this.#before = before
    this.#state = { known: before, reading: true, error: undefined }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly read = (): SpikeState => this.#state

  async start(): Promise<void> {
    const answer = await this.#core.call('logs.openSpikes', this.#request)
    if (!answer.ok) return this.#change({ reading: false, error: answer.error })
    this.#id = answer.value.id
    this.#sources = answer.value.sources
    if (this.#ended) return this.#close()
    await this.#readOn(false)
  }

  /** Goes on where the calls were not enough. */
  async readFurther(): Promise<void> {
    if (this.#state.reading) return
    this.#change({ reading: true, error: undefined })
    await this.#readOn(true)
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.#close()
  }

  async #readOn(further: boolean): Promise<void> {
    for (let first = true; ; first = false) {
      if (this.#id === undefined) return
      const answer = await this.#core.call('logs.spikes', { id: this.#id, further: further && first })
      if (this.#ended) return
      if (!answer.ok) return this.#change({ reading: false, error: answer.error })
      const found = answer.value
      const reading = found.state === 'reading'
      const known = { range: this.#request.range, sources: this.#sources, found }
      this.#change({ known: reading && this.#before !== undefined ? this.#state.known : known, reading })
      if (!reading) return
    }
  }

  #change(change: Partial<SpikeState>): void {
    if (this.#ended) return
    this.#state = { ...this.#state, ...change }
    for (const listener of [...this.#listeners]) listener()
  }

  #close(): void {
    if (this.#id !== undefined) void this.#core.call('logs.close', { id: this.#id })
    this.#id = undefined
  }
}
