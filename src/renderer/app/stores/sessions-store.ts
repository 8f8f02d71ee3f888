import { createStore, type StoreApi } from 'zustand/vanilla'
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

/** What is left of the idle time; nothing before the session is ready or after its end. */
export function idleTimeLeft(session: Session, now: number): number | undefined {
  if (session.state !== 'ready' || session.readyAt === undefined) return undefined
  const since = session.lastInputAt ?? session.readyAt
  return Math.max(0, Math.min(idleLimitInMilliseconds, idleLimitInMilliseconds - (now - since)))
}
