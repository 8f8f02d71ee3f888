import { randomUUID } from 'node:crypto'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { SignInAttempt, SignInFlow } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import type { AcceptToken, BegunFlow } from './flow.ts'
import { cancelled, timedOut, toSignInError } from './sign-in-errors.ts'

/** Sign-ins under way, several at once. Each ends by itself at the latest when it expires. */
export interface Attempts extends AsyncDisposable {
  /** Follows a flow that has begun. `onSettled` is told once whether it led to a token. */
  follow(begun: AttemptStart): SignInAttempt
  /** An attempt that is over or unknown is left as it is. */
  cancel(attemptId: string): void
  onChanged(listener: (attempt: SignInAttempt) => void): Disposable
}

export interface AttemptStart {
  identityId: string
  flow: SignInFlow
  begun: BegunFlow
  accept: AcceptToken
  onSettled: (state: 'signed-in' | 'failed') => void
}

type AttemptEnd = { state: 'signed-in' } | { state: 'failed'; error: ErrorValue }

interface Running {
  attempt: SignInAttempt
  abort: AbortController
  /** Ends it for everybody who looks; only the first call counts. */
  settle(end: AttemptEnd): void
  finished: Promise<void>
}

export function createAttempts(clock: Clock): Attempts {
  const running = new Map<string, Running>()
  const changed = createListeners<SignInAttempt>()

  async function run(start: AttemptStart, { abort, settle, attempt }: Omit<Running, 'finished'>) {
    await using flow = start.begun
    await flow.finish(abort.signal, async (token, registration) => {
      // An exchange under way cannot be stopped, but its token can still be unwanted.
      abort.signal.throwIfAborted()
      await start.accept(token, registration)
      settle({ state: 'signed-in' })
      settleOthersOf(attempt.identityId)
    })
  }

  /** Who tried two ways at once is signed in by either: the other need not be finished. */
  function settleOthersOf(identityId: string): void {
    for (const other of [...running.values()]) {
      if (other.attempt.identityId !== identityId) continue
      other.settle({ state: 'signed-in' })
      other.abort.abort(cancelled())
    }
  }

  return {
    follow(start) {
      const attempt = newAttempt(start, clock.now())
      const { attemptId } = attempt
      const abort = new AbortController()
      const settle = (end: AttemptEnd) => {
        if (!running.delete(attemptId)) return
        start.onSettled(end.state)
        changed.emit({ ...attempt, ...end })
      }
      const fail = (error: unknown) => settle({ state: 'failed', error: toErrorValue(toSignInError(error)) })
      const expiry = clock.after(start.begun.lifetimeMilliseconds, () => abort.abort(timedOut()))
      // At once, although a request may still be on its way.
      abort.signal.addEventListener('abort', () => fail(abort.signal.reason), { once: true })
      const finished = run(start, { attempt, abort, settle })
        .catch(fail)
        .finally(() => expiry[Symbol.dispose]())
      running.set(attemptId, { attempt, abort, settle, finished })
      return attempt
    },
    cancel: (attemptId) => running.get(attemptId)?.abort.abort(cancelled()),
    onChanged: changed.add,
    async [Symbol.asyncDispose]() {
      const all = [...running.values()]
      changed[Symbol.dispose]()
      for (const { abort } of all) abort.abort(closing())
      await Promise.all(all.map(({ finished }) => finished))
    },
  }
}

function newAttempt({ identityId, flow, begun }: AttemptStart, now: number): SignInAttempt {
  return {
    attemptId: randomUUID(),
    identityId,
    flow,
    url: begun.url,
    verificationUrl: begun.verificationUrl,
    userCode: begun.userCode,
    state: 'waiting',
    startedAt: now,
    expiresAt: now + begun.lifetimeMilliseconds,
  }
}

function closing(): PortholeError {
  return new PortholeError({ code: 'SIGN_IN_CANCELLED', message: 'Porthole was closed during the sign-in.' })
}
