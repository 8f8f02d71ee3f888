import type { FilterName } from '../../../contract/search-syntax.ts'
import { notZero } from '../../../contract/search-syntax.ts'
import { displayText } from '../../ui/display-text.ts'
import { environmentWords } from '../../ui/environment.tsx'
import { nameOfExit } from '../replay/commands.ts'
import { engineWords } from '../replay/session-words.ts'

export const filterWords: Record<FilterName, string> = {
  environments: 'Environment',
  people: 'Person',
  sources: 'Source',
  results: 'Result',
  exits: 'Exit code',
  services: 'Service',
  engines: 'Engine',
  accounts: 'Account',
  tasks: 'Task',
  sessions: 'Session',
}

const known: Partial<Record<FilterName, Record<string, string>>> = {
  environments: environmentWords,
  results: {
    succeeded: 'No failed command',
    failed: 'Failed commands',
    refused: 'Refused',
    unrecorded: 'No recording here',
  },
  // As the badges say it.
  sources: {
    matched: 'Matched',
    'local-only': 'Local only',
    pending: 'CloudTrail pending',
    unknown: 'This computer',
    'cloud-only': 'Cloud only',
    imported: 'From a file',
  },
  engines: engineWords,
  exits: { [notZero]: 'Any but 0' },
}

/** A value in words; what is text of others is safe to show. */
export function wordOf(name: FilterName, value: string): string {
  return known[name]?.[value] ?? displayText(value)
}

/** The same by itself, where nothing says which filter it is of. */
export function phraseOf(name: FilterName, value: string): string {
  if (name === 'exits')
    return value === notZero ? 'exit not 0' : (nameOfExit(Number(value))?.toLowerCase() ?? value)
  if (name === 'tasks') return `task ${displayText(value.slice(0, 8))}`
  if (name === 'sessions') return `session ${displayText(value.slice(0, 8))}`
  return wordOf(name, value)
}
