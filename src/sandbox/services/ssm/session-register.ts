import type { LiveContainer, LiveTask } from '../ecs/ecs-state.ts'

/** SSM lists terminated sessions for thirty days. */
const historyLength = 30 * 24 * 3600_000

/** One session as SSM knows it. */
export interface RegisteredSession {
  sessionId: string
  accountId: string
  region: string
  /** `ecs:<cluster>_<task id>_<runtime id>`. */
  target: string
  documentName: string
  /** ARN of the caller. */
  owner: string
  startedAt: number
  endedAt: number | undefined
  reason?: string
  task: LiveTask
  container: LiveContainer
  command: string
}

/** Sessions of ECS Exec and of SSM itself, live and past. */
export class SessionRegister {
  readonly #sessions = new Map<string, RegisteredSession>()

  add(session: RegisteredSession): void {
    this.#sessions.set(session.sessionId, session)
  }

  /** Undefined when the session is not of this account and region. */
  find(place: { accountId: string; region: string }, sessionId: string): RegisteredSession | undefined {
    const session = this.#sessions.get(sessionId)
    return session?.accountId === place.accountId && session.region === place.region ? session : undefined
  }

  end(sessionId: string, at: number): RegisteredSession | undefined {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || session.endedAt !== undefined) return undefined
    session.endedAt = at
    return session
  }

  /** Newest first, without those that SSM would have forgotten. */
  list(
    place: { accountId: string; region: string },
    state: 'Active' | 'History',
    now: number,
  ): RegisteredSession[] {
    return [...this.#sessions.values()]
      .filter((session) => session.accountId === place.accountId && session.region === place.region)
      .filter((session) => (session.endedAt === undefined) === (state === 'Active'))
      .filter((session) => session.endedAt === undefined || session.endedAt >= now - historyLength)
      .sort((left, right) => right.startedAt - left.startedAt || (left.sessionId < right.sessionId ? -1 : 1))
  }
}
