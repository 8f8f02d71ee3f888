import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason } from '../../contract/session.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { Clock } from '../clock.ts'
import type { SessionEntry } from './session-entry.ts'
import type { SessionHostLine } from './session-host-line.ts'
import { giveBack, type SessionOpeningDependencies } from './session-opening.ts'
import type { TaskWatch } from './task-watch.ts'

export interface SessionEndOptions extends Pick<SessionOpeningDependencies, 'terminateSession' | 'log'> {
  host: SessionHostLine
  audit: Pick<AuditService, 'sessionEnded' | 'shellRefused'>
  tasks: Pick<TaskWatch, 'forget' | 'hasStopped'>
  clock: Clock
  /** Called after a session ended, for whoever keeps only so many. */
  onEnded: () => void
}

/** Why a session is over. */
export interface SessionEnding {
  reason: EndReason
  error?: ErrorValue
}

/** Every way in which a session comes to its end, here, in the host and in the history. */
export class SessionEnd {
  readonly #options: SessionEndOptions

  constructor(options: SessionEndOptions) {
    this.#options = options
  }

  /** The session is over for the page; the history is not told. */
  show(entry: SessionEntry, { reason, error }: SessionEnding, at = this.#options.clock.now()): void {
    entry.change({ type: 'ended', at, reason, error })
    this.#options.onEnded()
  }

  /** The engine's session is over. */
  async finish(entry: SessionEntry, at: number, ending: SessionEnding): Promise<void> {
    if (entry.hasEnded) return
    const { audit, tasks } = this.#options
    tasks.forget(entry.session.id)
    const { reason, error } = await this.#explain(entry, ending)
    this.show(entry, { reason, error }, at)
    if (entry.opened) await audit.sessionEnded(entry.session.id, { at, reason, error })
    else if (error !== undefined) await audit.shellRefused({ ...entry.facts(at), error })
  }

  /** A live shell must not go on, whatever its engine thinks. */
  cut(entry: SessionEntry, ending: SessionEnding): void {
    const at = this.#options.clock.now()
    entry.enqueue(async () => {
      if (!entry.isLive) return
      // Not awaited: an engine says goodbye to AWS first, and what it reports then comes too late to count.
      void this.#options.host.callIfRunning('session.close', { sessionId: entry.session.id })
      await this.finish(entry, at, ending)
    })
  }

  /** AWS gave no session, or no engine could use it. Attempts count in an audit. */
  async refuse(entry: SessionEntry, error: ErrorValue): Promise<void> {
    if (entry.hasEnded && !entry.cancelled) return
    const { host, audit, clock } = this.#options
    entry.patience[Symbol.dispose]()
    this.show(entry, { reason: 'failed', error })
    if (!entry.cancelled) await host.callIfRunning('session.close', { sessionId: entry.session.id })
    await audit.shellRefused({ ...entry.facts(clock.now()), error })
  }

  /** The host's process is gone, and the session with it; AWS does not know. */
  lose(entry: SessionEntry): void {
    const { awsSessionId, container } = entry.session
    if (entry.hasEnded) return
    const at = this.#options.clock.now()
    entry.enqueue(() => this.finish(entry, at, { reason: 'lost', error: hostGone }))
    if (awsSessionId !== undefined) void giveBack(this.#options, container.scope, awsSessionId)
  }

  /** A shell whose task stops looks to an engine like any other that exits or breaks off. */
  async #explain(entry: SessionEntry, ending: SessionEnding): Promise<SessionEnding> {
    if (ending.reason !== 'exited' && ending.reason !== 'lost') return ending
    const stopped = await this.#options.tasks.hasStopped(entry.request.container)
    return stopped ? { reason: 'task-stopped' } : ending
  }
}

const hostGone: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The process that runs the sessions stopped.',
  action: 'Open a new session to the container.',
  retryable: true,
}
