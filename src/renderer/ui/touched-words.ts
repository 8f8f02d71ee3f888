import type { TouchedTask } from '../../contract/audit.ts'
import { displayText } from './display-text.ts'
import { formatMoment } from './time.ts'

/** "Touched by ana and raj since 16 Nov, 15:24". */
export function touchedWords({ people, since }: Pick<TouchedTask, 'people' | 'since'>, now: number): string {
  const who = people.length === 0 ? '' : ` by ${peopleWords(people)}`
  return `Touched${who} since ${formatMoment(since, now)}`
}

/** "ana", "ana and raj", "ana, lena and raj". */
export function peopleWords(people: readonly string[]): string {
  const names = people.map(displayText)
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
