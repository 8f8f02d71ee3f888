/** Time as a dependency, so that tests move it by hand instead of waiting. */
export interface Clock {
  /** Epoch milliseconds. Jumps when somebody sets the computer's clock. */
  now(): number
  /** Milliseconds that only go forward: what round trips are measured with. Begins anywhere. */
  elapsed(): number
  /** Calls back once, at the earliest after `milliseconds`. Disposing cancels. */
  after(milliseconds: number, callback: () => void): Disposable
}

/** Node fires a timer at once when its delay does not fit in 31 bits. */
const longestTimerMilliseconds = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), longestTimerMilliseconds))
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}

/** Resolves after `milliseconds`; rejects with the signal's reason when that aborts first. */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer[Symbol.dispose]()
      reject(signal?.reason)
    }
    const timer = clock.after(milliseconds, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
