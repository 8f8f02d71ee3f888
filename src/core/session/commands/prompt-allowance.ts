/**
 * A shell prompts once for each line that somebody sends off; a program may print
 * marks of prompts as fast as it can, each behind a line that fills the screen and
 * takes half a millisecond to read.
 */
const mostPerSecond = 300
const secondMilliseconds = 1000

/** How many marks of prompts are looked at, whatever comes. */
export class PromptAllowance {
  #since = Number.NEGATIVE_INFINITY
  #taken = 0

  /** @returns whether there was one left */
  take(now: number): boolean {
    // A clock that was set back begins anew, too.
    if (now < this.#since || now - this.#since >= secondMilliseconds) {
      this.#since = now
      this.#taken = 0
    }
    this.#taken += 1
    return this.#taken <= mostPerSecond
  }
}
