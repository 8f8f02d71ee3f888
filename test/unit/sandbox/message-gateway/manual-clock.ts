import type { Clock } from '../../../../src/sandbox/services/clock.ts'

interface Timer {
  dueAt: number
  interval: number | undefined
  callback: () => void
}

/** A clock that stands still until a test turns it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 1_795_450_486_230

  now = (): number => this.#now

  get pendingTimers(): number {
    return this.#timers.size
  }

  after(delay: number, callback: () => void): Disposable {
    return this.#add({ dueAt: this.#now + delay, interval: undefined, callback })
  }

  every(interval: number, callback: () => void): Disposable {
    return this.#add({ dueAt: this.#now + interval, interval, callback })
  }

  /** Lets `milliseconds` pass, calling what becomes due in its order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let timer = this.#nextUntil(end); timer !== undefined; timer = this.#nextUntil(end)) {
      this.#now = Math.max(this.#now, timer.dueAt)
      if (timer.interval === undefined) this.#timers.delete(timer)
      else timer.dueAt += timer.interval
      timer.callback()
    }
    this.#now = end
  }

  #nextUntil(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.dueAt <= end && (next === undefined || timer.dueAt < next.dueAt)) next = timer
    }
    return next
  }

  #add(timer: Timer): Disposable {
    this.#timers.add(timer)
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) }
  }
}
