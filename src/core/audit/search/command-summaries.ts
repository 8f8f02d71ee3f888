import type { CommandSummary } from '../../../contract/command-summary.ts'
import type { SearchDatabase } from './search-database.ts'

/** What one line of a list has room for. */
const commandsNamed = 3
/** Read to find them: prompts for passwords and gaps lie between. */
const entriesRead = 12

/** The commands of one session in short, as far as the index has them. */
export function summariseCommands(database: SearchDatabase, number: number): CommandSummary | undefined {
  const { count, failed } = database.commandCounts(number)
  if (count === 0) return undefined
  const first = database
    .commands(number, entriesRead)
    .filter((entry) => entry.kind === 'command')
    .slice(0, commandsNamed)
    .map(({ startedAt, text, exitCode }) => ({
      startedAt,
      text,
      ...(exitCode !== undefined && { exitCode }),
    }))
  return { first, count, failed }
}
