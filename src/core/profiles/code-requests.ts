import type { AttemptControl } from '../sign-in/attempts.ts'
import type { AskForCode } from './assume-role.ts'

/** Codes of MFA devices, asked for by attempts and given by a person. */
export interface CodeRequests {
  /** Shows the request with the attempt and waits. Rejects with the signal's reason when it is called off. */
  askFor(control: AttemptControl): AskForCode
  /** For an attempt that does not wait for one it is dropped. */
  give(attemptId: string, code: string): void
}

export function createCodeRequests(): CodeRequests {
  const waiting = new Map<string, (code: string) => void>()

  return {
    askFor({ attemptId, signal, show }) {
      return async (request, problem) => {
        signal.throwIfAborted()
        const code = Promise.withResolvers<string>()
        const onAbort = () => code.reject(signal.reason)
        signal.addEventListener('abort', onAbort, { once: true })
        waiting.set(attemptId, code.resolve)
        show({ mfa: { ...request, ...(problem ? { problem: problem.value } : {}) } })
        try {
          return await code.promise
        } finally {
          waiting.delete(attemptId)
          signal.removeEventListener('abort', onAbort)
          show({ mfa: undefined })
        }
      }
    },
    give: (attemptId, code) => waiting.get(attemptId)?.(code),
  }
}
