/** How many calls may come at once, and how many more every second. */
export interface Rate {
  burst: number
  perSecond: number
}

/** A token bucket per key. */
export class RateLimit {
  readonly #rate: Rate
  readonly #now: () => number
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate
    this.#now = now
  }

  /** Takes one call's share; false when there is none left. */
  take(key: string): boolean {
    const { burst, perSecond } = this.#rate
    const now = this.#now()
    const bucket = this.#buckets.get(key) ?? { left: burst, at: now }
    const left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond)
    const granted = left >= 1
    this.#buckets.set(key, { left: granted ? left - 1 : left, at: now })
    return granted
  }
}
