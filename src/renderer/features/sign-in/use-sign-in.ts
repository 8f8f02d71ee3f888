import { useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { SignInAttempt, SignInFlow } from '../../../contract/identity.ts'
import type { Params } from '../../../contract/methods.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { withBegun } from '../../app/stores/identities-store.ts'
import { openPage } from '../../ui/web-page.ts'

export type SignInTarget = Params<'signIn.start'>['target']

export interface SignInControl {
  readonly attempt: SignInAttempt | undefined
  readonly starting: boolean
  /** Why it could not even begin. */
  readonly problem: ErrorValue | undefined
  /** Begins; PKCE opens its page in the same click. */
  start(flow: SignInFlow, target: SignInTarget): Promise<void>
  /** The code of an MFA device that the attempt asks for. */
  giveCode(code: string): void
  /** Gives the attempt up. */
  cancel(): void
  /** Forgets an attempt that has ended. */
  reset(): void
}

/** One sign-in at a time: begin, wait, end. Its progress comes from the core. */
export function useSignIn(): SignInControl {
  const { core, identities } = useServices()
  const attempt = useServiceStore('identities', (state) => state.attempt)
  const [starting, setStarting] = useState(false)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)

  const forget = () => {
    identities.setState({ attempt: undefined })
    setProblem(undefined)
  }
  const cancel = () => {
    if (attempt?.state === 'waiting') void core.call('signIn.cancel', { attemptId: attempt.attemptId })
    forget()
  }

  return {
    attempt,
    starting,
    problem,
    async start(flow, target) {
      cancel()
      setStarting(true)
      const result = await core.call('signIn.start', { flow, target })
      setStarting(false)
      if (!result.ok) return setProblem(result.error)
      identities.setState((state) => withBegun(state, result.value), true)
      if (flow === 'pkce' && result.value.url !== undefined) openPage(result.value.url)
    },
    giveCode(code) {
      if (attempt !== undefined) void core.call('signIn.giveCode', { attemptId: attempt.attemptId, code })
    },
    cancel,
    reset: forget,
  }
}
