import type { ClockState } from '../../contract/diagnostics.ts'
import type { ErrorValue } from '../../contract/errors.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'

/** How far this computer's clock is from AWS's, measured on every answer. */
export interface ClockDifference extends Disposable {
  /**
   * Takes the Date header of an answer (RFC 9110, section 6.6.1: whole seconds)
   * and the local times between which the server wrote it.
   */
  observe(date: string | undefined, sentAt: number, receivedAt: number): void
  /** Milliseconds to add to the local clock; 0 while it is right or nothing is known. */
  correction(): number
  state(): ClockState
  /** Told when the clock becomes wrong, right, or wrong by another amount. */
  onChanged(listener: (state: ClockState) => void): Disposable
}

/** AWS refuses signatures that are 5 minutes off; a minute is early enough to say so and too much for chance. */
export const clockToleranceMilliseconds = 60_000

/** A difference drifts a little from answer to answer; only a change that somebody would notice is told. */
const worthTellingMilliseconds = 10_000

export function createClockDifference(clock: Pick<Clock, 'now'>): ClockDifference {
  const changed = createListeners<ClockState>()
  let measured: { difference: number; at: number } | undefined
  let told = 0

  function correction(): number {
    const difference = measured?.difference ?? 0
    return Math.abs(difference) >= clockToleranceMilliseconds ? difference : 0
  }

  function state(): ClockState {
    if (!measured) return { wrong: false }
    return {
      wrong: correction() !== 0,
      differenceMilliseconds: measured.difference,
      measuredAt: measured.at,
    }
  }

  return {
    correction,
    state,
    observe(date, sentAt, receivedAt) {
      const serverSecond = date === undefined ? Number.NaN : Date.parse(date)
      if (!Number.isFinite(serverSecond)) return
      // A slow answer says little: the server may have written it at its beginning or at its end.
      if (receivedAt - sentAt > clockToleranceMilliseconds) return
      const serverTime = serverSecond + 500
      // Whole milliseconds: a corrected clock tells whole ones, like any other.
      measured = { difference: Math.round(serverTime - (sentAt + receivedAt) / 2), at: clock.now() }
      const now = correction()
      const isNews = (now === 0) !== (told === 0) || Math.abs(now - told) >= worthTellingMilliseconds
      if (!isNews) return
      told = now
      changed.emit(state())
    },
    onChanged: changed.add,
    [Symbol.dispose]: () => changed[Symbol.dispose](),
  }
}

/** A clock that agrees with AWS: for signatures, which are refused when their time is off. */
export function correctedClock(clock: Clock, difference: Pick<ClockDifference, 'correction'>): Clock {
  return {
    now: () => clock.now() + difference.correction(),
    elapsed: () => clock.elapsed(),
    after: (milliseconds, callback) => clock.after(milliseconds, callback),
  }
}

/** What a person is told while the clock is wrong. */
export function clockProblem({ wrong, differenceMilliseconds = 0 }: ClockState): ErrorValue | undefined {
  if (!wrong) return undefined
  return {
    code: 'CLOCK_SKEWED',
    message: `The clock of this computer is ${describeDifference(differenceMilliseconds)}.`,
    action: 'Porthole makes up for it. Set the clock: times shown are wrong, and other programs are refused.',
    retryable: true,
  }
}

/** For people: "7 min behind AWS". Positive differences mean that AWS is ahead. */
export function describeDifference(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const parts = [
    hours > 0 && `${hours} h`,
    minutes > 0 && `${minutes} min`,
    hours === 0 && minutes < 10 && seconds % 60 > 0 && `${seconds % 60} s`,
  ]
  return `${parts.filter(Boolean).join(' ')} ${milliseconds > 0 ? 'behind' : 'ahead of'} AWS`
}
