import type { AuditEntry } from '../../../contract/audit.ts'
import { timeOf } from './audit-entries.ts'
import type { TaskPage } from './use-task-page.ts'

/** The time that the chart shows, in epoch milliseconds. */
export interface ChartTime {
  from: number
  to: number
  /** It ends with the task and not with the present. */
  isOver: boolean
}

/** From the task's start, or the earliest that is known of it, to its end or to now. */
export function chartTime(
  { task, gone, cloud }: Pick<TaskPage, 'task' | 'gone' | 'cloud'>,
  entries: readonly AuditEntry[],
  now: number,
): ChartTime {
  const events = cloud?.events ?? []
  const earliest = Math.min(...entries.map(timeOf), ...events.map(({ at }) => at))
  const latest = Math.max(
    task?.stoppedAt ?? 0,
    ...entries.map(lastMomentOf),
    ...events.map(({ at, endedAt }) => endedAt ?? at),
  )
  const isOver = gone || task?.status === 'STOPPED'
  return {
    from: Math.min(task?.startedAt ?? earliest, earliest),
    to: isOver ? latest : Math.max(now, latest),
    isOver,
  }
}

function lastMomentOf(entry: AuditEntry): number {
  return entry.kind === 'session' ? (entry.endedAt ?? entry.startedAt) : entry.at
}
