import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type AuditEntry, type HistoryLine, historyEntriesAtOnce } from '../../../contract/audit.ts'
import type { CommandSummary } from '../../../contract/command-summary.ts'
import { queries } from '../../app/core/queries.ts'
import { isLive } from '../../app/core/task-history.ts'
import { useServices } from '../../app/services.ts'
import type { TaskPage } from './use-task-page.ts'

/** A live session goes on, and an index may still be reading. */
const againInMilliseconds = 5000

/** What is known of the lines in sight beyond themselves. */
export interface KnownEntries {
  /** By place in the ledger. */
  entries: ReadonlyMap<number, AuditEntry>
  /** What was typed in sessions, in short, by session id. */
  commands: ReadonlyMap<string, CommandSummary>
}

/** Reads what lines do not say, for those in sight and their neighbours alone. */
export function useKnownEntries(page: TaskPage, inSight: ReadonlySet<number>): KnownEntries {
  const { core } = useServices()
  const { taskArn } = page.ref
  const { lines = noLines, newest = noneNewest } = page
  const parts = useMemo(() => partsOf(lines), [lines])
  const known = useMemo(() => new Map(newest.map(({ seq, entry }) => [seq, entry])), [newest])
  const wanted = parts.filter((part) => part.some(({ seq }) => inSight.has(seq)))
  const entries = useQueries({
    queries: wanted
      .filter((part) => part.some(({ seq }) => !known.has(seq)))
      .map((part) => ({
        ...queries.historyEntries(
          core,
          taskArn,
          part.map(({ seq }) => seq),
        ),
        placeholderData: keepPreviousData,
        refetchInterval: part.some(isLive) ? againInMilliseconds : (false as const),
      })),
    combine: (answers) => [
      ...answers.flatMap(({ data = [] }) => data.map(({ seq, entry }) => [seq, entry] as const)),
    ],
  })
  const commands = useQueries({
    queries: wanted.flatMap((part) => {
      const ids = part.flatMap((line) =>
        line.kind === 'session' && line.hasRecording ? [line.sessionId] : [],
      )
      if (ids.length === 0) return []
      return [
        {
          ...queries.commandSummaries(core, taskArn, ids),
          placeholderData: keepPreviousData,
          refetchInterval: ({ state: { data } }: { state: { data: { waiting: number } | undefined } }) =>
            part.some(isLive) || (data?.waiting ?? 0) > 0 ? againInMilliseconds : (false as const),
        },
      ]
    }),
    combine: (answers) => answers.flatMap(({ data }) => Object.entries(data?.summaries ?? {})),
  })
  return useMemo(
    // What came with the lines is the latest.
    () => ({ entries: new Map([...entries, ...known]), commands: new Map(commands) }),
    [entries, known, commands],
  )
}

const noLines: readonly HistoryLine[] = []
const noneNewest: NonNullable<TaskPage['newest']> = []

/** Lines that are asked for together. Counted from the oldest: a new one leaves those before as they are. */
function partsOf(lines: readonly HistoryLine[]): HistoryLine[][] {
  const oldestFirst = lines.toReversed()
  return Array.from({ length: Math.ceil(lines.length / historyEntriesAtOnce) }, (_, index) =>
    oldestFirst.slice(index * historyEntriesAtOnce, (index + 1) * historyEntriesAtOnce),
  )
}
