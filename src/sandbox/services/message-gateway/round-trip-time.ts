/**
 * When an unacknowledged frame is due again: the estimator of the plugin and the
 * agent, with their start values. All numbers are milliseconds.
 */
export class RoundTripTime {
  #smoothed = 100
  #variation = 0
  #timeout = 200

  get timeout(): number {
    return this.#timeout
  }

  /** Takes one measured round trip; of frames that were sent once only (Karn). */
  sample(roundTrip: number): void {
    this.#variation = (3 / 4) * this.#variation + (1 / 4) * Math.abs(this.#smoothed - roundTrip)
    this.#smoothed = (7 / 8) * this.#smoothed + (1 / 8) * roundTrip
    this.#timeout = Math.min(maximumTimeout, this.#smoothed + Math.max(clockGranularity, 4 * this.#variation))
  }
}

const maximumTimeout = 1000
const clockGranularity = 10
