import type { Clock } from '../clock.ts'

/** For the eye: a figure that changes with every key cannot be read. */
export const roundTripReportMilliseconds = 5_000

/** Weight of the newest sample: about the last eight keys count. */
const newestWeight = 1 / 4

/** Beside the estimate for retransmission, which starts from a guess: this one has only what was measured. */
export class RoundTrip {
  readonly #clock: Clock
  readonly #report: (milliseconds: number) => void
  #smoothed: number | undefined
  #reported: number | undefined
  #reportedAt = Number.NEGATIVE_INFINITY

  /** @param report told the round trip in whole milliseconds, at most once in five seconds and when it changed */
  constructor(clock: Clock, report: (milliseconds: number) => void) {
    this.#clock = clock
    this.#report = report
  }

  /** @param roundTrip milliseconds between a frame sent once and its acknowledgement by the agent */
  sample(roundTrip: number): void {
    this.#smoothed =
      this.#smoothed === undefined
        ? roundTrip
        : (1 - newestWeight) * this.#smoothed + newestWeight * roundTrip
    const now = this.#clock.elapsed()
    const rounded = Math.max(1, Math.round(this.#smoothed))
    if (rounded === this.#reported || now - this.#reportedAt < roundTripReportMilliseconds) return
    this.#reported = rounded
    this.#reportedAt = now
    this.#report(rounded)
  }

  /** Another connection may go another way. */
  forget(): void {
    this.#smoothed = undefined
    this.#reported = undefined
    this.#reportedAt = Number.NEGATIVE_INFINITY
  }
}
