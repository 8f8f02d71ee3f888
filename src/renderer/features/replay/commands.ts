import type { CommandEntry } from '../../../contract/command-marker.ts'
import { formatDuration } from '../../ui/time.ts'

/** A command that is shown, and its place among all. */
export interface Shown {
  index: number
  entry: CommandEntry
}

/** Ctrl-C is how one leaves `tail -f`, not a failure. */
const interruptedExit = 130

export function isFailed(entry: CommandEntry): boolean {
  return (
    entry.kind === 'command' &&
    entry.exitCode !== undefined &&
    entry.exitCode !== 0 &&
    entry.exitCode !== interruptedExit
  )
}

/** The latest entry that had begun by `position`; -1 before the first. */
export function entryAt(commands: readonly CommandEntry[], position: number): number {
  return commands.findLastIndex(({ startedAt }) => startedAt <= position)
}

/** Says of a row of the list which entry it is. */
export const rowAttribute = 'data-command'

/** The entry whose row has the focus. */
export function focusedRow(): number | undefined {
  const row = document.activeElement?.closest(`[${rowAttribute}]`)
  return row === null || row === undefined ? undefined : Number(row.getAttribute(rowAttribute))
}

export function shownCommands(
  commands: readonly CommandEntry[],
  { filter, failedOnly }: { filter: string; failedOnly: boolean },
): Shown[] {
  const wanted = filter.trim().toLowerCase()
  const shown: Shown[] = []
  commands.forEach((entry, index) => {
    if (failedOnly && !isFailed(entry)) return
    const text = entry.kind === 'command' ? entry.text : 'password prompt'
    if (text.toLowerCase().includes(wanted)) shown.push({ index, entry })
  })
  return shown
}

/** "< 1 ms", "84 ms", "6.2 s", "1 min 4 s". */
export function formatTook(milliseconds: number): string {
  if (milliseconds < 0.5) return '< 1 ms'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds >= 3600) return formatDuration(milliseconds)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** What an exit code tells beyond its number. */
export function nameOfExit(exitCode: number | undefined): string | undefined {
  if (exitCode === undefined) return undefined
  if (exitCode === 127) return 'Exit 127, no such command'
  if (exitCode === interruptedExit) return 'Exit 130, stopped with Ctrl-C'
  return exitCode > 128 ? `Exit ${exitCode}, ended by signal ${exitCode - 128}` : `Exit ${exitCode}`
}
