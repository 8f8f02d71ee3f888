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

/**
 * Where an arrow leads from a row: down to the next, up to one that began
 * earlier, because a moment shows the last of those that began in it.
 */
export function rowFrom(shown: readonly Shown[], place: number, step: 1 | -1): number | undefined {
  if (step === 1) return place + 1 < shown.length ? place + 1 : undefined
  const from = shown[place]?.entry.startedAt
  const before = from === undefined ? -1 : shown.findLastIndex(({ entry }) => entry.startedAt < from)
  return before === -1 ? undefined : before
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

/** "84 ms", "6.2 s", "1 min 4 s". */
export function formatTook(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return formatDuration(milliseconds)
}

/** What an exit code tells beyond its number. */
export function nameOfExit(exitCode: number | undefined): string | undefined {
  if (exitCode === undefined) return undefined
  if (exitCode === 127) return 'Exit 127, no such command'
  if (exitCode === interruptedExit) return 'Exit 130, stopped with Ctrl-C'
  return exitCode > 128 ? `Exit ${exitCode}, ended by signal ${exitCode - 128}` : `Exit ${exitCode}`
}
