import type { Cluster } from '../../contract/catalog.ts'
import { PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { EngineChoice, Session } from '../../contract/session.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { createListeners } from '../listeners.ts'
import { RecordingPause } from './recording-pause.ts'
import { RecordingPolicy, type RecordingPolicyOptions } from './recording-policy.ts'
import { SessionConnection } from './session-connection.ts'
import { answerWish, type CredentialsWish, type SessionCredentialsOptions } from './session-credentials.ts'
import { SessionEnd } from './session-end.ts'
import { type OpenSession, SessionEntry } from './session-entry.ts'
import type { HostedSessionEvent } from './session-host-contract.ts'
import { SessionHostLine, type SessionHostLink, unwrap } from './session-host-line.ts'
import type { SessionOpeningDependencies } from './session-opening.ts'
import { TaskWatch } from './task-watch.ts'

export interface SessionServiceDependencies
  extends SessionOpeningDependencies,
    SessionCredentialsOptions,
    RecordingPolicyOptions {
  host: SessionHostLink
  audit: Pick<AuditService, 'sessionOpened' | 'sessionEnded' | 'shellRefused' | 'note' | 'integrity'>
  /** The setting, for sessions that do not choose themselves. */
  engineChoice: () => EngineChoice
  /** What the catalog reads anyway: it often knows that a task has stopped before its shells do. */
  onCluster: (listener: (cluster: Cluster) => void) => Disposable
}

/** Shells in containers, from the click to the end. */
export interface SessionService extends AsyncDisposable {
  /**
   * Answers at once with a session in state `connecting`, whose stream a page
   * can attach to; what becomes of it comes through `onChanged`.
   */
  open(request: OpenSession): Promise<Session>
  /**
   * For a tab that closes: ends the session here and at AWS, and lets its screen
   * go. @throws {PortholeError} SESSION_NOT_FOUND
   */
  close(id: string): Promise<void>
  /** Tries at once to get a lost connection back. @throws {PortholeError} SESSION_NOT_FOUND */
  retry(id: string): Promise<void>
  /** The computer woke up, the network changed or somebody signed in: finds out at once which lines live. */
  resumed(): void
  /**
   * Keeps AWS's idle timeout away while nobody types, or stops that.
   * @throws {PortholeError} SESSION_NOT_FOUND, INVALID_REQUEST when its engine cannot
   */
  keepAlive(id: string, on: boolean): Promise<void>
  /**
   * Keeps out of the recording what passes, until `resumeRecording`. The history has the gap first.
   * @throws {PortholeError} SESSION_NOT_FOUND, INVALID_REQUEST when nothing is recorded, STORAGE_*
   */
  pauseRecording(id: string, reason?: string): Promise<void>
  /** @throws {PortholeError} SESSION_NOT_FOUND, STORAGE_* when it goes on, but the history could not be told */
  resumeRecording(id: string): Promise<void>
  /** Oldest first; those that ended by themselves stay for a while, so that a reloaded page finds its tabs. */
  list(): Session[]
  onChanged(listener: (session: Session) => void): Disposable
}

/** Ended sessions whose screen is kept: more tabs than anyone reloads, at most 3 MB each. */
export const endedSessionsKept = 50

export function createSessionService(dependencies: SessionServiceDependencies): SessionService {
  return new HostedSessionService(dependencies)
}

class HostedSessionService implements SessionService {
  readonly #dependencies: SessionServiceDependencies
  readonly #host: SessionHostLine
  readonly #entries = new Map<string, SessionEntry>()
  readonly #changes = createListeners<Session>()
  readonly #tasks: TaskWatch
  readonly #policy: RecordingPolicy
  readonly #pause: RecordingPause
  readonly #ends: SessionEnd
  readonly #connection: SessionConnection
  #lastStream = 0

  constructor(dependencies: SessionServiceDependencies) {
    const { log, clock, describeForExec, onCluster } = dependencies
    this.#dependencies = dependencies
    const host = new SessionHostLine({
      link: dependencies.host,
      onSessionEvent: ({ sessionId, event }) => this.#hear(sessionId, event),
      onCredentialsWanted: (wish) => void this.#giveCredentials(wish),
      onLost: () => this.#hostLost(),
      log,
    })
    const tasks = new TaskWatch({
      clock,
      describeForExec,
      onCluster,
      shells: () => this.#live().map(({ session }) => session),
      stopped: (id) => this.#taskStopped(id),
    })
    const parts = { ...dependencies, host, tasks }
    this.#host = host
    this.#tasks = tasks
    this.#policy = new RecordingPolicy(dependencies)
    this.#pause = new RecordingPause(parts)
    this.#ends = new SessionEnd({ ...parts, onEnded: () => this.#forgetOldest() })
    this.#connection = new SessionConnection({ ...parts, policy: this.#policy, ends: this.#ends })
  }

  async open(request: OpenSession): Promise<Session> {
    const entry = new SessionEntry(request, {
      stream: ++this.#lastStream,
      clock: this.#dependencies.clock,
      onChanged: (session) => this.#changes.emit(session),
      onFailure: (thrown) => this.#logFailure(thrown),
    })
    const { session } = entry
    const { id: sessionId, stream } = session
    unwrap(await this.#host.call('session.prepare', { sessionId, stream, size: request.size }))
    this.#entries.set(session.id, entry)
    this.#changes.emit(session)
    entry.enqueue(() => this.#connection.connect(entry))
    return session
  }

  async close(id: string): Promise<void> {
    const entry = this.#find(id)
    const { awsSessionId } = entry.session
    if (!entry.hasEnded) {
      unwrap(await this.#host.callIfRunning('session.close', { sessionId: id }))
      // Its end was reported before that answer and is in line. One that AWS has
      // not granted yet ends without waiting for it; connecting gives it back.
      if (awsSessionId === undefined) {
        entry.cancelled = true
        this.#ends.show(entry, { reason: 'closed' })
      }
    }
    entry.patience[Symbol.dispose]()
    entry.enqueue(async () => this.#forget(entry))
    if (awsSessionId !== undefined) await entry.work
  }

  async retry(id: string): Promise<void> {
    this.#probe(this.#find(id))
  }

  resumed(): void {
    for (const entry of this.#entries.values()) this.#probe(entry)
  }

  async keepAlive(id: string, on: boolean): Promise<void> {
    const entry = this.#find(id)
    unwrap(await this.#host.callIfRunning('session.keepAlive', { sessionId: id, on }))
    entry.change({ type: 'keep-alive', on })
  }

  async pauseRecording(id: string, reason?: string): Promise<void> {
    await this.#pause.begin(this.#find(id), reason)
  }

  async resumeRecording(id: string): Promise<void> {
    await this.#pause.end(this.#find(id))
  }

  list(): Session[] {
    return [...this.#entries.values()].map(({ session }) => session)
  }

  onChanged(listener: (session: Session) => void): Disposable {
    return this.#changes.add(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.list().filter(({ state }) => state !== 'ended')
    await Promise.all(open.map(({ id }) => this.close(id).catch((thrown) => this.#logFailure(thrown))))
    await Promise.all([...this.#entries.values()].map(({ work }) => work))
    this.#host[Symbol.dispose]()
    this.#tasks[Symbol.dispose]()
    this.#changes[Symbol.dispose]()
  }

  #hear(sessionId: string, event: HostedSessionEvent): void {
    const entry = this.#entries.get(sessionId)
    entry?.enqueue(() => this.#handle(entry, event))
  }

  async #handle(entry: SessionEntry, event: HostedSessionEvent): Promise<void> {
    if (event.type === 'ended') return this.#ends.finish(entry, event.at, event)
    if (event.type === 'not-started') return this.#connection.tryOtherEngine(entry, event.error)
    if (event.type === 'silent' || event.type === 'degraded' || event.type === 'reconnecting')
      this.#tasks.suspect(entry.session.id)
    if (event.type === 'ready') await this.#connection.becomeReady(entry, event)
    else if (event.type !== 'silent') entry.change(event)
    if (event.type === 'ready' || event.type === 'recording-problem') this.#endUnrecorded(entry)
  }

  /** Where shells have to be recorded, one whose recording failed is over. */
  #endUnrecorded(entry: SessionEntry): void {
    const error = this.#policy.breach(entry)
    if (error !== undefined) this.#ends.cut(entry, { reason: 'failed', error })
  }

  #taskStopped(id: string): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) this.#ends.cut(entry, { reason: 'task-stopped' })
  }

  #hostLost(): void {
    for (const entry of this.#entries.values()) this.#ends.lose(entry)
  }

  #probe(entry: SessionEntry): void {
    entry.patience.hurry()
    if (entry.isLive) void this.#host.callIfRunning('session.probe', { sessionId: entry.session.id })
  }

  async #giveCredentials(wish: CredentialsWish): Promise<void> {
    const scope = this.#entries.get(wish.sessionId)?.request.container.scope
    const answer = await answerWish(this.#dependencies, scope, wish)
    await this.#host.callIfRunning('credentials.give', { requestId: wish.requestId, answer })
  }

  #find(id: string): SessionEntry {
    const entry = this.#entries.get(id)
    if (entry !== undefined) return entry
    throw new PortholeError({ code: 'SESSION_NOT_FOUND', message: `There is no session ${id}.` })
  }

  #live(): SessionEntry[] {
    return [...this.#entries.values()].filter(({ isLive }) => isLive)
  }

  #forgetOldest(): void {
    const ended = [...this.#entries.values()].filter(({ hasEnded }) => hasEnded)
    for (const entry of ended.slice(0, Math.max(0, ended.length - endedSessionsKept))) this.#forget(entry)
  }

  #forget({ session: { id } }: SessionEntry): void {
    if (this.#entries.delete(id)) void this.#host.callIfRunning('session.forget', { sessionId: id })
  }

  #logFailure(thrown: unknown): void {
    const { message, detail } = toErrorValue(thrown)
    this.#dependencies.log(`A session: ${message} ${detail ?? ''}`.trimEnd())
  }
}
