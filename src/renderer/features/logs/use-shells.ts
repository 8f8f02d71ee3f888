import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { AuditEntry, AuditSession } from '../../../contract/audit.ts'
import type { LogRange } from '../../../contract/logs.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { SessionCommands, sessionsWithin } from './session-commands.ts'
import { type ShellMark, type ShellSpan, shellMarks, shellSpans } from './shell-marks.ts'

/** A live session goes on without a word; `audit.changed` tells only of its beginning and end. */
const liveRefreshMilliseconds = 2000

const noEntries: readonly AuditEntry[] = []

/**
 * The app's own sessions in the task, with their commands.
 * @param loaded the time of which lines are on the page: only what was typed then is read; nothing without
 */
export function useShells(
  taskArn: string,
  loaded: LogRange | undefined,
): { marks: ShellMark[]; spans: ShellSpan[] } {
  const { core } = useServices()
  const { data: entries = noEntries } = useQuery({
    ...queries.taskAudit(core, taskArn),
    refetchInterval: ({ state }) => (state.data?.some(isLive) === true ? liveRefreshMilliseconds : false),
  })
  const [reader] = useState(
    () =>
      new SessionCommands(
        async (sessionId) => {
          const answer = await core.call('audit.commands', { sessionId })
          return answer.ok ? answer.value.commands : undefined
        },
        () => performance.now(),
      ),
  )
  const commands = useSyncExternalStore(reader.subscribe, reader.read)
  const [from, to] = [loaded?.from, loaded?.to]
  useEffect(() => {
    reader.want(from === undefined ? [] : sessionsWithin(entries.filter(isSession), { from, to }))
  }, [reader, entries, from, to])
  return useMemo(
    () => ({ marks: shellMarks(entries, commands), spans: shellSpans(entries) }),
    [entries, commands],
  )
}

function isSession(entry: AuditEntry): entry is AuditSession {
  return entry.kind === 'session'
}

function isLive(entry: AuditEntry): boolean {
  return isSession(entry) && entry.live
}
