import type { StoreApi } from 'zustand/vanilla'
import type { Clock } from '../../app/core/core-link.ts'
import type { CastEvent } from './asciicast.ts'
import { hitFrom, type OutputHit, OutputText } from './output-search.ts'
import type { ReplayState } from './replay-state.ts'

/** The frames of the page; a window that is hidden draws none. */
export interface Frames {
  /** Milliseconds that never go back. */
  now(): number
  next(callback: () => void): Disposable
}

interface ReplaySearchParts {
  store: StoreApi<ReplayState>
  clock: Clock
  frames: Frames
  position: () => number
  /** Asks for a frame, in which `searchOn` is called. */
  wake: () => void
  goTo: (hit: OutputHit) => void
}

/** Milliseconds of searching per frame: half of one, the other half draws. */
const searchTimePerFrame = 8

/** A live recording that grows is searched again at most this often. */
const searchAgainAfter = 1000

/** Searches a recording's output between frames, and knows which hit one is at. */
export class ReplaySearch implements Disposable {
  readonly #parts: ReplaySearchParts
  #output: OutputText | undefined
  #searching: Generator<undefined, OutputHit[]> | undefined
  #goToHitWhenFound = false
  #searchAgain: Disposable | undefined

  constructor(parts: ReplaySearchParts) {
    this.#parts = parts
  }

  get isSearching(): boolean {
    return this.#searching !== undefined
  }

  /** @param events what is searched; they may grow */
  read(events: readonly CastEvent[]): void {
    this.#output = new OutputText(events)
  }

  /** Searches all of it and, unless it shall stay, goes to the next hit from where the replay is. */
  begin(query: string, { goes = true } = {}): void {
    this.#parts.store.setState({ query, searching: query !== '', hits: [], hit: undefined })
    this.#goToHitWhenFound = goes
    this.#begin()
  }

  /** There is more to search. */
  grown(): void {
    const { store, clock } = this.#parts
    if (store.getState().query === '') return
    this.#searchAgain ??= clock.after(searchAgainAfter, () => {
      this.#searchAgain = undefined
      this.#begin()
    })
  }

  /** Part of the work, for one frame. */
  searchOn(): void {
    const { store, frames, position } = this.#parts
    const until = frames.now() + searchTimePerFrame
    while (this.#searching !== undefined && frames.now() < until) {
      const step = this.#searching.next()
      if (step.done !== true) continue
      this.#searching = undefined
      store.setState({ hits: step.value, searching: false })
      if (this.#goToHitWhenFound && step.value.length > 0) this.#goTo(hitFrom(step.value, position()))
      this.#goToHitWhenFound = false
    }
  }

  /** To the next hit or the one before; from the last the first. */
  step(by: 1 | -1): void {
    const { store, position } = this.#parts
    const { hits, hit } = store.getState()
    if (hits.length === 0) return
    const next = hit === undefined ? hitFrom(hits, position()) : hit + by
    this.#goTo((next + hits.length) % hits.length)
  }

  [Symbol.dispose](): void {
    this.#searchAgain?.[Symbol.dispose]()
  }

  #begin(): void {
    const { query } = this.#parts.store.getState()
    this.#searching = query === '' ? undefined : this.#output?.find(query)
    this.#parts.wake()
  }

  #goTo(index: number): void {
    const { store, goTo } = this.#parts
    const hit = store.getState().hits[index]
    if (hit === undefined) return
    store.setState({ hit: index })
    goTo(hit)
  }
}
