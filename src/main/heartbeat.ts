import { type Clock, systemClock } from '../core/clock.ts'

/** Often enough to tell a person soon, seldom enough to cost nothing. */
export const pingMilliseconds = 5_000

/**
 * Pings without an answer before it is said. Two, because the first may fall
 * into the moment in which a computer wakes up.
 */
export const mostMissedPings = 2

export interface HeartbeatOptions {
  ping: (id: number) => void
  onSilent: () => void
  onAnswering: () => void
  clock?: Pick<Clock, 'after'>
}

/** Notices that a process has stopped answering. It is never killed for it: its sessions may come back. */
export class Heartbeat implements Disposable {
  readonly #options: HeartbeatOptions
  readonly #clock: Pick<Clock, 'after'>
  #timer: Disposable
  #lastId = 0
  #answeredId = 0
  #silent = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#timer = this.#clock.after(pingMilliseconds, () => this.#beat())
  }

  answered(id: number): void {
    this.#answeredId = Math.max(this.#answeredId, id)
    if (!this.#silent) return
    this.#silent = false
    this.#options.onAnswering()
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]()
  }

  #beat(): void {
    if (!this.#silent && this.#lastId - this.#answeredId >= mostMissedPings) {
      this.#silent = true
      this.#options.onSilent()
    }
    this.#options.ping(++this.#lastId)
    this.#timer = this.#clock.after(pingMilliseconds, () => this.#beat())
  }
}
