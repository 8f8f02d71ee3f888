import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { EngineChoice } from '../../contract/session.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { fallbackNotice } from './engine-choice.ts'
import type { RecordingPolicy } from './recording-policy.ts'
import type { SessionEnd } from './session-end.ts'
import type { SessionEntry } from './session-entry.ts'
import type { HostedSessionEvent } from './session-host-contract.ts'
import type { SessionHostLine } from './session-host-line.ts'
import {
  type GrantedSession,
  giveBack,
  type OpeningProgress,
  openSession,
  type SessionOpeningDependencies,
} from './session-opening.ts'
import type { TaskWatch } from './task-watch.ts'

export interface SessionConnectionOptions extends SessionOpeningDependencies {
  host: SessionHostLine
  audit: Pick<AuditService, 'sessionOpened' | 'shellRefused'>
  tasks: Pick<TaskWatch, 'begin'>
  policy: RecordingPolicy
  ends: SessionEnd
  /** The setting, for sessions that do not choose themselves. */
  engineChoice: () => EngineChoice
}

/** Takes sessions from the click to a shell that the history knows of. */
export class SessionConnection {
  readonly #options: SessionConnectionOptions

  constructor(options: SessionConnectionOptions) {
    this.#options = options
  }

  /** From the click to an engine at work; a failure on the way ends the session. */
  async connect(
    entry: SessionEntry,
    choice = entry.request.engine ?? this.#options.engineChoice(),
  ): Promise<void> {
    try {
      const { container, command } = entry.request
      const progress: OpeningProgress = {
        caller: (caller) => {
          entry.caller = caller
          entry.change({ type: 'identified', userName: caller.userName })
        },
        waiting: (error, retryAt) => entry.change({ type: 'waiting', error, retryAt }),
      }
      const history = this.#options.policy.tryHistory()
      await awaitRecording(entry, this.#options.policy.assertRecordable(history))
      const wanted = { container, command, choice }
      const granted = await openSession(this.#options, wanted, progress, entry.patience)
      // Asked meanwhile: a recorder that starts before it is there would find none.
      await awaitRecording(entry, history)
      entry.snapshot = granted.snapshot
      entry.workload = granted.workload
      entry.fallback = granted.fallback
      if (entry.hasEnded) await this.#grantedTooLate(entry, granted.request.awsSessionId)
      else await this.#start(entry, granted)
    } catch (thrown) {
      await this.#options.ends.refuse(entry, toErrorValue(thrown))
    }
  }

  /** `auto` means that a shell opens, not which engine does it. */
  async tryOtherEngine(entry: SessionEntry, error: ErrorValue): Promise<void> {
    const { session, fallback } = entry
    if (session.state !== 'connecting') return
    const failed = session.engine
    const notice = failed && fallback && fallbackNotice(failed, fallback, error)
    if (notice === undefined || fallback === undefined) return this.#options.ends.refuse(entry, error)
    if (session.awsSessionId !== undefined) {
      entry.givenBack.push(session.awsSessionId)
      void giveBack(this.#options, session.container.scope, session.awsSessionId)
    }
    entry.change({ type: 'fell-back', notice })
    await this.connect(entry, fallback)
  }

  /** The history knows of a session before anyone can see it. */
  async becomeReady(
    entry: SessionEntry,
    event: Extract<HostedSessionEvent, { type: 'ready' }>,
  ): Promise<void> {
    if (entry.session.state !== 'connecting') return
    if (await this.#refuseHeld(entry, event.recordingProblem)) return
    try {
      await this.#options.audit.sessionOpened(entry.facts(event.at))
      entry.opened = true
      entry.change(event)
      this.#options.tasks.begin(entry.session.id)
    } catch (thrown) {
      const recordingProblem = toErrorValue(thrown)
      if (await this.#refuseHeld(entry, recordingProblem)) return
      entry.change({ ...event, recording: false, recordingProblem })
    }
    if (entry.held) void this.#options.host.callIfRunning('session.letGo', { sessionId: entry.session.id })
  }

  /** A shell that must not be there and that nothing has reached: it has never been one. */
  async #refuseHeld(entry: SessionEntry, problem: ErrorValue | undefined): Promise<boolean> {
    const refusal = entry.held ? this.#options.policy.refusal(problem) : undefined
    if (refusal !== undefined) await this.#options.ends.refuse(entry, refusal)
    return refusal !== undefined
  }

  async #start(entry: SessionEntry, { engine, request }: GrantedSession): Promise<void> {
    const { container, command } = entry.request
    entry.change({ type: 'granted', awsSessionId: request.awsSessionId, engine })
    entry.held = this.#options.policy.holdsUntilRecorded(container)
    const recording = { command, container, title: `${container.containerName} · ${container.taskId}` }
    const answer = await this.#options.host.callIfRunning('session.start', {
      sessionId: entry.session.id,
      engine,
      request,
      recording,
      held: entry.held,
    })
    if (answer.ok) return
    await giveBack(this.#options, container.scope, request.awsSessionId)
    throw new PortholeError(answer.error)
  }

  /** AWS has a session that nobody waits for any more. CloudTrail tells of it, so the history does too. */
  async #grantedTooLate(entry: SessionEntry, awsSessionId: string): Promise<void> {
    const { clock, audit } = this.#options
    await giveBack(this.#options, entry.session.container.scope, awsSessionId)
    if (!entry.cancelled) return
    await audit.shellRefused({ ...entry.facts(clock.now()), awsSessionId, error: closedTooEarly })
  }
}

const closedTooEarly: ErrorValue = {
  code: 'CANCELLED',
  message: 'The tab was closed before AWS answered. The session was given back unused.',
  retryable: false,
}

/** The tab can say what it waits for. */
async function awaitRecording(entry: SessionEntry, certain: Promise<unknown>): Promise<void> {
  entry.change({ type: 'awaits-recording', on: true })
  await certain
  entry.change({ type: 'awaits-recording', on: false })
}
