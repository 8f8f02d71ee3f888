import { useCallback, useEffect, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { IntegrityState } from '../../../contract/integrity.ts'
import { useServices } from '../../app/services.ts'

/** What is known of the record's integrity, and a check on demand. One that runs goes on when nobody looks. */
export function useIntegrity({ checkAtOnce = false }: { checkAtOnce?: boolean } = {}): {
  state: IntegrityState | undefined
  /** Why a check could not be made. */
  problem: ErrorValue | undefined
  isChecking: boolean
  check: () => void
} {
  const { core } = useServices()
  const [state, setState] = useState<IntegrityState>()
  const [problem, setProblem] = useState<ErrorValue>()
  const [isAsking, setAsking] = useState(false)

  const check = useCallback(async () => {
    setAsking(true)
    setProblem(undefined)
    const result = await core.call('audit.verify', {})
    if (!result.ok) setProblem(result.error)
    const now = await core.call('audit.integrity', {})
    if (now.ok) setState(now.value)
    setAsking(false)
  }, [core])

  useEffect(() => {
    const changes = core.on('audit.integrity', setState)
    void core.call('audit.integrity', {}).then((now) => {
      if (now.ok) setState((known) => known ?? now.value)
    })
    return () => changes[Symbol.dispose]()
  }, [core])

  const began = useRef(false)
  useEffect(() => {
    if (!checkAtOnce || began.current) return
    began.current = true
    void check()
  }, [check, checkAtOnce])

  return { state, problem, isChecking: isAsking, check: () => void check() }
}
