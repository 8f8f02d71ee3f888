import type { Command } from '../../app/commands/command-registry.ts'
import { type Ranges, titleMatcher } from './fuzzy.ts'

export interface CommandMatch {
  readonly command: Command
  readonly ranges: Ranges
}

/** Commands whose title holds the typed letters in order, the most compact match first. */
export function searchCommands(
  commands: readonly Command[],
  query: string,
  limit: number,
): { matches: CommandMatch[]; total: number } {
  const offered = commands.filter(({ inPalette }) => inPalette !== false)
  const found = titleMatcher.filter(
    offered.map(({ title }) => title),
    query,
  )
  if (found === undefined)
    return {
      matches: offered.slice(0, limit).map((command) => ({ command, ranges: [] })),
      total: offered.length,
    }
  const matches = found
    .flatMap((position) => {
      const command = offered[position]
      if (command === undefined) return []
      const ranges = titleMatcher.ranges(command.title, query)
      const spread = spreadOf(ranges) + (command.value === undefined ? 0 : settingSpread)
      return [{ command, ranges, spread, position }]
    })
    .sort((left, right) => left.spread - right.spread || left.position - right.position)
  return { matches: matches.slice(0, limit), total: matches.length }
}

/** Settings all begin alike; an action that fits about as well is meant rather. */
const settingSpread = 4

/** From the first to the last matched letter; a match that starts later counts a little more. */
function spreadOf(ranges: Ranges): number {
  const start = ranges[0] ?? 0
  return (ranges.at(-1) ?? 0) - start + start / 100
}
