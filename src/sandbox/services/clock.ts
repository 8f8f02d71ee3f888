/** Time as the sandbox sees it, passed in so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, `delay` milliseconds from now, unless disposed before. */
  after(delay: number, callback: () => void): Disposable
  /** Calls back every `interval` milliseconds until disposed. */
  every(interval: number, callback: () => void): Disposable
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay)
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
  every(interval, callback) {
    const timer = setInterval(callback, interval)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  },
}

/** AWS JSON protocols carry dates as epoch seconds with a fraction. */
export function epochSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000
}
