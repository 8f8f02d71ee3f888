import { useCallback, useEffect, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { ReadinessReport } from '../../../contract/readiness.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { withReport } from '../../app/stores/readiness-store.ts'

export interface ReadinessCheck {
  report: ReadinessReport | undefined
  /** Why no check could be begun. */
  problem: ErrorValue | undefined
  checkAgain: () => void
}

/** The report of a task; `begin` starts a check when there is none yet. */
export function useReadiness({ scope, clusterArn, taskArn }: TaskRef, begin: boolean): ReadinessCheck {
  const { core, readiness } = useServices()
  const report = useServiceStore('readiness', ({ reports }) => reports[taskArn])
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)

  const checkAgain = useCallback(async () => {
    const answer = await core.call('readiness.check', { scope, clusterArn, taskArn })
    setProblem(answer.ok ? undefined : answer.error)
    // News may be here before the answer: what is newer stays.
    if (answer.ok)
      readiness.setState((state) => {
        const known = state.reports[taskArn]
        return known !== undefined && known.startedAt >= answer.value.startedAt
          ? state
          : withReport(state, answer.value)
      })
  }, [core, readiness, scope, clusterArn, taskArn])

  useEffect(() => {
    if (readiness.getState().reports[taskArn] !== undefined) return
    void core.call('readiness.last', { taskArn }).then((last) => {
      if (last.ok && last.value.report !== undefined) {
        const { report: found } = last.value
        readiness.setState((state) =>
          state.reports[taskArn] === undefined ? withReport(state, found) : state,
        )
      } else if (begin) void checkAgain()
    })
  }, [core, readiness, taskArn, begin, checkAgain])

  return { report, problem, checkAgain: () => void checkAgain() }
}
