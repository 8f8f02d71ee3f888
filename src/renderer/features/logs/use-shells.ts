import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { type ShellMark, type ShellSpan, shellMarks, shellSpans } from './shell-marks.ts'

/** The app's own sessions in the task; `audit.changed` brings news of them. */
export function useShells(taskArn: string): { marks: ShellMark[]; spans: ShellSpan[] } {
  const { core } = useServices()
  const { data } = useQuery(queries.taskAudit(core, taskArn))
  return useMemo(() => ({ marks: shellMarks(data ?? []), spans: shellSpans(data ?? []) }), [data])
}
