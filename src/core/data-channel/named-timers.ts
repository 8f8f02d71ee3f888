import type { Clock } from '../clock.ts'

/** Timers by name: one that is set again begins anew. Disposing cancels all. */
export class NamedTimers<Name extends string> implements Disposable {
  readonly #clock: Clock
  readonly #timers = new Map<Name, Disposable>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  has(name: Name): boolean {
    return this.#timers.has(name)
  }

  set(name: Name, milliseconds: number, then: () => void): void {
    this.cancel(name)
    const timer = this.#clock.after(milliseconds, () => {
      this.#timers.delete(name)
      then()
    })
    this.#timers.set(name, timer)
  }

  cancel(name: Name): void {
    this.#timers.get(name)?.[Symbol.dispose]()
    this.#timers.delete(name)
  }

  [Symbol.dispose](): void {
    for (const name of [...this.#timers.keys()]) this.cancel(name)
  }
}
