import type { Session } from '../contract/session.ts'
import type { SessionService } from './session/session-service.ts'
import type { WindowHost } from './window-host.ts'

/** Which window opened which session: a window that closes for good takes its own along, a page that reloads none. */
export class WindowSessions {
  readonly #sessions: Pick<SessionService, 'list' | 'close'>
  readonly #openers = new WeakMap<WindowHost, Set<string>>()

  constructor(sessions: Pick<SessionService, 'list' | 'close'>) {
    this.#sessions = sessions
  }

  opened(window: WindowHost, session: Session): Session {
    const own = this.#openers.get(window) ?? new Set()
    this.#openers.set(window, own.add(session.id))
    return session
  }

  /** Those that have not ended. */
  liveIn(window: WindowHost): Session[] {
    const own = this.#openers.get(window)
    return this.#sessions.list().filter(({ id, state }) => state !== 'ended' && own?.has(id))
  }

  /** Resolves when all are over, here and (best effort) at AWS. */
  async closeAll(window: WindowHost): Promise<void> {
    // One that ended meanwhile is not known any more, and what it was is in the history.
    await Promise.allSettled(this.liveIn(window).map(({ id }) => this.#sessions.close(id)))
  }
}
