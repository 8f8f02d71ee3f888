import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { ActivitySummary } from '../../../contract/search.ts'

/** What a page shows of them. */
const mostTopCommands = 8

/** How many commands there were, how many failed, and which were used most. */
export function countCommands(
  entries: readonly CommandEntry[],
): Pick<ActivitySummary, 'commands' | 'failedCommands' | 'topCommands'> {
  const byText = new Map<string, { text: string; count: number; failed: number }>()
  let commands = 0
  let failedCommands = 0
  for (const entry of entries) {
    if (entry.kind !== 'command') continue
    const failed = (entry.exitCode ?? 0) === 0 ? 0 : 1
    commands += 1
    failedCommands += failed
    const text = entry.text.trim()
    const counted = byText.get(text) ?? { text, count: 0, failed: 0 }
    counted.count += 1
    counted.failed += failed
    byText.set(text, counted)
  }
  const topCommands = [...byText.values()]
    .filter(({ text }) => text !== '')
    .sort((left, right) => right.count - left.count || left.text.localeCompare(right.text))
    .slice(0, mostTopCommands)
  return { commands, failedCommands, topCommands }
}
