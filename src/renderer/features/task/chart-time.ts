import type { HistoryLine } from '../../../contract/audit.ts'
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
  lines: readonly HistoryLine[],
  now: number,
): ChartTime {
  const events = cloud?.events ?? []
  let earliest = Number.POSITIVE_INFINITY
  let latest = task?.stoppedAt ?? 0
  // One by one: an argument for each would be too many for a task of years.
  for (const moment of [...lines, ...events]) {
    earliest = Math.min(earliest, moment.at)
    latest = Math.max(latest, lastMomentOf(moment))
  }
  const isOver = gone || task?.status === 'STOPPED'
  return {
    from: Math.min(task?.startedAt ?? earliest, earliest),
    to: isOver ? latest : Math.max(now, latest),
    isOver,
  }
}

function lastMomentOf(moment: { at: number; endedAt?: number | undefined }): number {
  return moment.endedAt ?? moment.at
}
