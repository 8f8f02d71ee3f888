import type { ErrorValue } from '../../contract/errors.ts'
import type { DataChannelEvents } from './data-channel-options.ts'

type LineEvents = Pick<DataChannelEvents, 'degraded' | 'recovered' | 'reconnecting' | 'reconnected'>

/** What is told of the line: each trouble once, and once that it is over. */
export class LineReport {
  readonly #events: LineEvents
  readonly #isTold: () => boolean
  #interrupted = false
  #degraded = false

  /** @param isTold whether anything begins to be told: not before the shell is there, nor while it is closed */
  constructor(events: LineEvents, isTold: () => boolean) {
    this.#events = events
    this.#isTold = isTold
  }

  degrade(error: ErrorValue): void {
    if (this.#degraded || this.#interrupted || !this.#isTold()) return
    this.#degraded = true
    this.#events.degraded(error)
  }

  recover(): void {
    if (!this.#degraded) return
    this.#degraded = false
    this.#events.recovered()
  }

  /** @param retryIn milliseconds until the next attempt */
  interrupt(error: ErrorValue, retryIn: number): void {
    // Before the shell is there nothing is lost: it is still "connecting".
    if (!this.#isTold()) return
    this.#interrupted = true
    this.#degraded = false
    this.#events.reconnecting(error, retryIn)
  }

  /** The far end was heard. */
  signOfLife(): void {
    this.recover()
    if (!this.#interrupted) return
    this.#interrupted = false
    this.#events.reconnected()
  }
}
