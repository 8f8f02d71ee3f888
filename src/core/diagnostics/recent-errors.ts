import type { ErrorValue } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'

export interface RecentError {
  /** Epoch milliseconds of the last time. */
  at: number
  /** What was being done. */
  during: string
  error: ErrorValue
  times: number
}

/** The last things that went wrong, for whoever looks into them later. In memory only. */
export interface RecentErrors {
  add(during: string, error: ErrorValue): void
  /** Latest first. */
  list(): RecentError[]
}

/** A screenful; who looks wants to know what happened a moment ago. */
const mostErrors = 20

export function createRecentErrors(clock: Pick<Clock, 'now'>): RecentErrors {
  const errors = new Map<string, RecentError>()
  return {
    add(during, error) {
      // The same failure over and over, as of a poll, must not push everything else out.
      const key = JSON.stringify([during, error.code, error.message])
      const times = (errors.get(key)?.times ?? 0) + 1
      errors.delete(key)
      errors.set(key, { at: clock.now(), during, error, times })
      const [oldest] = errors.keys()
      if (errors.size > mostErrors && oldest !== undefined) errors.delete(oldest)
    },
    list: () => [...errors.values()].reverse(),
  }
}
