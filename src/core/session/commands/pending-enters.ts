import { EnterCounter } from './typed-keys.ts'

/** An Enter that no new line answered for so long, e.g. in a program that reads single keys, sent nothing off. */
const answerMilliseconds = 5000

/** Output after Enter in which its line feed is looked for; a flood need not be parsed for it. */
const mostOutputAfterEnter = 64 * 1024

/** The Enters that no new line has answered yet. */
export class PendingEnters {
  readonly #counter = new EnterCounter()
  #count = 0
  #enteredAt = 0
  #outputBytes = 0

  get any(): boolean {
    return this.#count > 0
  }

  /** To be told all that is typed, in its order. */
  countIn(bytes: Uint8Array): number {
    return this.#counter.push(bytes)
  }

  typed(count: number, now: number): void {
    this.#count += count
    this.#enteredAt = now
    this.#outputBytes = 0
  }

  output(byteCount: number): void {
    if (this.any) this.#outputBytes += byteCount
  }

  /** Whether so much output has come that none is looked for any more. */
  get isFlooded(): boolean {
    return this.#outputBytes > mostOutputAfterEnter
  }

  isTooOld(now: number): boolean {
    return this.any && now - this.#enteredAt > answerMilliseconds
  }

  /** A new line answered one. */
  answered(): void {
    this.#count -= 1
    if (this.#count === 0) this.#outputBytes = 0
  }

  giveUp(): void {
    this.#count = 0
    this.#outputBytes = 0
  }
}
