/** A process that fails this often in this time will fail again; trying on would only hide it. */
export const mostStarts = 5
export const startsCountedForMilliseconds = 10 * 60_000

/** Says whether something that keeps failing may be started once more. */
export class RestartLimit {
  readonly #now: () => number
  #starts: number[] = []

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** @returns whether it may start, which then counts as a start */
  allows(): boolean {
    const now = this.#now()
    this.#starts = this.#starts.filter((at) => now - at < startsCountedForMilliseconds)
    if (this.#starts.length >= mostStarts) return false
    this.#starts.push(now)
    return true
  }
}
