import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import type { CloudHistory } from '../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { queries } from '../../app/core/queries.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'

/** A page that is looked at asks so often; the core reads AWS once for all pages. */
const askEveryMilliseconds = 60_000

/** What CloudTrail says of a task, with the core's news of it. */
export function useCloudHistory(
  { scope, taskArn }: TaskRef,
  /** What of the ledger is joined with CloudTrail's; another one is a reason to ask. Undefined until it is known. */
  ledger: unknown,
): { cloud: CloudHistory | undefined; problem: ErrorValue | undefined; readNow: () => void } {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const query = queries.taskCloud(core, scope, taskArn)
  const { data, error } = useQuery({ ...query, refetchInterval: askEveryMilliseconds })
  const { accountId, region } = scope

  const readAgain = useCallback(
    () =>
      void queryClient.invalidateQueries({
        predicate: ({ queryKey: [name, , task] }) => name === 'audit.cloud' && task === taskArn,
      }),
    [queryClient, taskArn],
  )
  const joined = useRef(ledger)
  useEffect(() => {
    // The first answers of both were asked for at one time.
    const isFirst = joined.current === undefined
    if (joined.current === ledger) return
    joined.current = ledger
    if (!isFirst) readAgain()
  }, [readAgain, ledger])
  useEffect(() => {
    const news = core.on('audit.cloudChanged', (place) => {
      if (place.accountId === accountId && place.region === region) readAgain()
    })
    return () => news[Symbol.dispose]()
  }, [core, accountId, region, readAgain])

  const readNow = useCallback(() => {
    void core.call('audit.cloud', { scope, taskArn, fresh: true }).then(readAgain)
  }, [core, scope, taskArn, readAgain])
  return { cloud: data, problem: error instanceof CoreError ? error.value : undefined, readNow }
}
