import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Session } from '../../../contract/session.ts'

export interface SessionsState {
  readonly sessions: Readonly<Record<string, Session>>
}

export type SessionsStore = StoreApi<SessionsState>

export function createSessionsStore(): SessionsStore {
  return createStore<SessionsState>(() => ({ sessions: {} }))
}

export function isLive(session: Session): boolean {
  return session.state !== 'ended'
}

/** AWS ends a session after this long without input, and offers no way to change it. */
export const idleLimitInMilliseconds = 20 * 60_000

/** When a session is warned of: it takes a moment to find the tab. */
export const idleWarningMilliseconds = 2 * 60_000

/** What is left of the idle time; nothing before the session is ready or after its end. */
export function idleTimeLeft(session: Session, now: number): number | undefined {
  // AWS goes on counting while the line is down.
  if (session.readyAt === undefined || session.state === 'connecting' || session.state === 'ended')
    return undefined
  const since = session.lastInputAt ?? session.readyAt
  return Math.max(0, Math.min(idleLimitInMilliseconds, idleLimitInMilliseconds - (now - since)))
}

/** Whether signing in is what helps. */
export function needsSignIn({ code }: ErrorValue): boolean {
  return code === 'SSO_EXPIRED' || code === 'SSO_NOT_SIGNED_IN' || code === 'CREDENTIALS_EXPIRED'
}
