import type { Clock } from '../clock.ts'

/**
 * When keys without an answer are worth a question to ECS: a shell echoes within
 * a round trip. Long enough for a bad line, short enough not to type on into a
 * container that is gone.
 */
export const silenceMilliseconds = 2_500

/**
 * When they are worth a word to the person, for an engine that tells nothing of
 * its line. Longer, because a password prompt and a program at work answer no
 * keys either.
 */
export const longSilenceMilliseconds = 10_000

export interface AnswerWatchEvents {
  /** Somebody typed and nothing came back for `silenceMilliseconds`. Once until there is output again. */
  silent(): void
  /** Nothing for `longSilenceMilliseconds`. */
  longSilent(): void
  /** Output after `longSilent`. */
  broken(): void
}

/** Notices that keys are typed and nothing comes back. */
export class AnswerWatch implements Disposable {
  readonly #clock: Clock
  readonly #events: AnswerWatchEvents
  /** Run, or have run out, since keys were typed that nothing has answered. */
  #timers: Disposable[] = []
  #toldLong = false

  constructor(clock: Clock, events: AnswerWatchEvents) {
    this.#clock = clock
    this.#events = events
  }

  typed(): void {
    if (this.#timers.length > 0) return
    this.#timers = [
      this.#clock.after(silenceMilliseconds, () => this.#events.silent()),
      this.#clock.after(longSilenceMilliseconds, () => {
        this.#toldLong = true
        this.#events.longSilent()
      }),
    ]
  }

  answered(): void {
    if (this.#timers.length === 0) return
    this[Symbol.dispose]()
    if (!this.#toldLong) return
    this.#toldLong = false
    this.#events.broken()
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers = []
  }
}
