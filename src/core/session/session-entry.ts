import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Workload } from '../../contract/audit.ts'
import type { Caller } from '../../contract/identity.ts'
import type { methods } from '../../contract/methods.ts'
import type { Engine, Session } from '../../contract/session.ts'
import type { SessionFacts } from '../audit/audit-service.ts'
import type { Clock } from '../clock.ts'
import { Patience } from './agent-patience.ts'
import { changeSession, type SessionChange } from './session-state.ts'

export type OpenSession = z.output<(typeof methods)['session.open']['params']>

/** Whoever AWS cannot name still appears in the history. */
const unknownUser = 'unknown'

export interface SessionEntryOptions {
  stream: number
  clock: Clock
  /** Called with every new picture of the session. */
  onChanged: (session: Session) => void
  /** A step of `enqueue` failed. */
  onFailure: (thrown: unknown) => void
}

/** All that is known of one session, from the click to the end. */
export class SessionEntry {
  readonly request: OpenSession
  caller?: Caller
  snapshot?: unknown
  workload?: Workload | undefined
  /** AWS's sessions of engines that could not use them: CloudTrail has an event for each. */
  readonly givenBack: string[] = []
  /** The engine to try when the one at work cannot open the session. */
  fallback?: Engine | undefined
  /** Waits for an agent that is still starting. */
  readonly patience: Patience
  /** Nothing passes until the history and the recorder have accepted the shell. */
  held = false
  /** The tab was closed before AWS answered. */
  cancelled = false
  /** The history holds an opening, which wants an end. */
  opened = false
  readonly #options: SessionEntryOptions
  #session: Session
  #work = Promise.resolve()

  constructor(request: OpenSession, options: SessionEntryOptions) {
    this.request = request
    this.#options = options
    this.patience = new Patience(options.clock)
    this.#session = {
      id: randomUUID(),
      stream: options.stream,
      container: request.container,
      command: request.command,
      state: 'connecting',
      kmsEncrypted: false,
      keepAlive: false,
      recording: false,
      startedAt: options.clock.now(),
    }
  }

  get session(): Session {
    return this.#session
  }

  /** Whoever waits until a session has come to rest. Never rejects. */
  get work(): Promise<void> {
    return this.#work
  }

  get userName(): string {
    return this.caller?.userName ?? unknownUser
  }

  get hasEnded(): boolean {
    return this.#session.state === 'ended'
  }

  /** There is a shell, whatever its line is like. */
  get isLive(): boolean {
    return ['ready', 'degraded', 'reconnecting'].includes(this.#session.state)
  }

  /** What happens to one session is handled in order. */
  enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch(this.#options.onFailure)
  }

  change(change: SessionChange): void {
    const session = changeSession(this.#session, change)
    if (session === this.#session) return
    this.#session = session
    this.#options.onChanged(session)
  }

  /** What the history keeps of the session. */
  facts(at: number): SessionFacts {
    const { request, caller, snapshot, workload, givenBack } = this
    const { id, awsSessionId, kmsEncrypted, engine } = this.#session
    return {
      sessionId: id,
      awsSessionId,
      ...(givenBack.length > 0 && { earlierAwsSessionIds: [...givenBack] }),
      container: request.container,
      snapshot,
      workload,
      kmsEncrypted,
      command: request.command,
      engine,
      principal: caller?.arn,
      userName: this.userName,
      reason: request.reason,
      at,
    }
  }
}
