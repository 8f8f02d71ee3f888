import { randomUUID } from 'node:crypto'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { SignInAttempt, SignInFlow } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
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
  begun: BegunAttempt
  /** Does it. Rejects with why it failed, or with the signal's reason. */
  run(control: AttemptControl): Promise<void>
  onSettled: (state: 'signed-in' | 'failed') => void
}

/** What somebody is shown meanwhile, and how long at most. */
export interface BegunAttempt extends Partial<AsyncDisposable> {
  url?: string
  verificationUrl?: string
  userCode?: string
  lifetimeMilliseconds: number
}

export interface AttemptControl {
  attemptId: string
  /** Aborted when it was called off, ran out of time or another attempt was faster. */
  signal: AbortSignal
  /** It worked. What `run` still does after that changes nothing. */
  signedIn(): void
  /** Shows something else from now on. */
  show(change: Pick<SignInAttempt, 'mfa'>): void
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

  /** Who tried two ways at once is signed in by either: the other need not be finished. */
  function settleOthersOf(identityId: string): void {
    for (const other of [...running.values()]) {
      if (other.attempt.identityId !== identityId) continue
      other.settle({ state: 'signed-in' })
      other.abort.abort(cancelled())
    }
  }

  async function run(start: AttemptStart, control: AttemptControl): Promise<void> {
    try {
      await start.run(control)
    } finally {
      await start.begun[Symbol.asyncDispose]?.()
    }
  }

  return {
    follow(start) {
      let attempt = newAttempt(start, clock.now())
      const { attemptId, identityId } = attempt
      const abort = new AbortController()
      const settle = (end: AttemptEnd) => {
        if (!running.delete(attemptId)) return
        start.onSettled(end.state)
        changed.emit({ ...attempt, ...end })
      }
      const control: AttemptControl = {
        attemptId,
        signal: abort.signal,
        signedIn() {
          settle({ state: 'signed-in' })
          settleOthersOf(identityId)
        },
        show(change) {
          attempt = { ...attempt, ...change }
          if (running.has(attemptId)) changed.emit(attempt)
        },
      }
      const fail = (error: unknown) => settle({ state: 'failed', error: toErrorValue(toSignInError(error)) })
      const expiry = clock.after(start.begun.lifetimeMilliseconds, () => abort.abort(timedOut()))
      // At once, although a request may still be on its way.
      abort.signal.addEventListener('abort', () => fail(abort.signal.reason), { once: true })
      const shown = attempt
      // Registered before anything of it runs: it may show or settle at once.
      const begun = Promise.withResolvers<void>()
      const finished = begun.promise
        .then(() => run(start, control))
        .catch(fail)
        .finally(() => expiry[Symbol.dispose]())
      running.set(attemptId, { attempt, abort, settle, finished })
      begun.resolve()
      return shown
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
