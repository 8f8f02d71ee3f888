/** Starting values and limits of the agent and the plugin, in milliseconds. */
const initialTimeoutMilliseconds = 200
const initialRoundTripMilliseconds = 100
const maximumTimeoutMilliseconds = 1000
/** Granularity of the agent's clock. */
const minimumMarginMilliseconds = 10

/**
 * When a frame counts as lost: the estimate of RFC 6298 with the data channel's
 * own starting values. The agent and the plugin compute the same.
 */
export class RetransmissionTimeout {
  #smoothedRoundTrip = initialRoundTripMilliseconds
  #variation = 0
  #milliseconds = initialTimeoutMilliseconds

  get milliseconds(): number {
    return this.#milliseconds
  }

  /** @param roundTrip milliseconds between a frame sent once and its acknowledgement */
  sample(roundTrip: number): void {
    this.#variation = (3 / 4) * this.#variation + (1 / 4) * Math.abs(this.#smoothedRoundTrip - roundTrip)
    this.#smoothedRoundTrip = (7 / 8) * this.#smoothedRoundTrip + (1 / 8) * roundTrip
    const margin = Math.max(minimumMarginMilliseconds, 4 * this.#variation)
    this.#milliseconds = Math.min(maximumTimeoutMilliseconds, this.#smoothedRoundTrip + margin)
  }
}
