import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { type CommandSummary, mostSummaries } from '../../../contract/command-summary.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import type { ListedEntry } from './audit-entries.ts'

/** A live session goes on, and an index may still be reading. */
const againInMilliseconds = 5000

/** What was typed in the sessions of a list, in short, by session id. */
export function useCommandSummaries(
  taskArn: string,
  entries: readonly ListedEntry[],
): ReadonlyMap<string, CommandSummary> {
  const { core } = useServices()
  const sessions = entries.filter((entry) => entry.kind === 'session').filter((entry) => entry.hasRecording)
  const ids = sessions.map(({ sessionId }) => sessionId)
  const isLive = sessions.some(({ live }) => live)
  return useQueries({
    // From the end: a session that is added leaves the earlier chunks as they are.
    queries: chunks(ids.toReversed()).map((chunk) => ({
      ...queries.commandSummaries(core, taskArn, chunk),
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data } }: { state: { data: { waiting: number } | undefined } }) =>
        isLive || (data?.waiting ?? 0) > 0 ? againInMilliseconds : false,
    })),
    combine: (answers) => new Map(answers.flatMap(({ data }) => Object.entries(data?.summaries ?? {}))),
  })
}

function chunks(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / mostSummaries)
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * mostSummaries, (index + 1) * mostSummaries),
  )
}
