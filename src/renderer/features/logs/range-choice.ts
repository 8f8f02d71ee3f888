import type { LogRange } from '../../../contract/logs.ts'
import { formatMoment } from '../../ui/time.ts'

const minute = 60_000
const hour = 60 * minute

/** What is read: the last while up to now, or the time around a moment. */
export type RangeChoice =
  | { kind: 'last'; minutes: number }
  /** Half of it before, half after. */
  | { kind: 'around'; at: number }

export const lastChoices = [5, 15, 60, 180, 720, 1440].map(
  (minutes): RangeChoice => ({ kind: 'last', minutes }),
)

const aroundMilliseconds = 10 * minute

export function rangeOf(choice: RangeChoice, now: number): LogRange {
  if (choice.kind === 'last') return { from: now - choice.minutes * minute }
  return { from: choice.at - aroundMilliseconds / 2, to: choice.at + aroundMilliseconds / 2 }
}

export function rangeWords(choice: RangeChoice, now: number): string {
  if (choice.kind === 'around') return `Around ${formatMoment(choice.at, now)}`
  if (choice.minutes < 60) return `Last ${choice.minutes} min`
  return `Last ${(choice.minutes * minute) / hour} h`
}
