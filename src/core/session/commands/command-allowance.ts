/** Commands in one go: a script that somebody pastes line by line. */
const mostAtOnce = 1000

/** Commands in the long run: faster than anybody types, slow enough for a recording that a program wants to flood. */
const perSecond = 20

/** How many commands a session may still list: marks are cheap, and any program can print them. */
export class CommandAllowance {
  #left = mostAtOnce
  #countedAt: number

  constructor(now: number) {
    this.#countedAt = now
  }

  isLeft(now: number): boolean {
    this.#refill(now)
    return this.#left >= 1
  }

  take(now: number): boolean {
    if (!this.isLeft(now)) return false
    this.#left -= 1
    return true
  }

  #refill(now: number): void {
    const earned = (Math.max(0, now - this.#countedAt) / 1000) * perSecond
    this.#left = Math.min(mostAtOnce, this.#left + earned)
    this.#countedAt = now
  }
}
