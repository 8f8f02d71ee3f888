import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Workload } from '../../contract/audit.ts'
import type { Cluster } from '../../contract/catalog.ts'
import { type ErrorValue, PortholeError, type Result, toErrorValue } from '../../contract/errors.ts'
import type { Caller, Scope } from '../../contract/identity.ts'
import type { methods } from '../../contract/methods.ts'
import type { EndReason, Engine, EngineChoice, Session } from '../../contract/session.ts'
import type { AuditService, SessionFacts } from '../audit/audit-service.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { Patience } from './agent-patience.ts'
import { fallbackNotice } from './engine-choice.ts'
import type { HostedSessionEvent, sessionHostEvents } from './session-host-contract.ts'
import { SessionHostLine, type SessionHostLink } from './session-host-line.ts'
import {
  type GrantedSession,
  giveBack,
  type OpeningProgress,
  openSession,
  type SessionOpeningDependencies,
} from './session-opening.ts'
import { changeSession, type SessionChange } from './session-state.ts'
import { TaskWatch } from './task-watch.ts'

export interface SessionServiceDependencies extends SessionOpeningDependencies {
  host: SessionHostLink
  audit: Pick<AuditService, 'sessionOpened' | 'sessionEnded' | 'shellRefused' | 'note' | 'integrity'>
  /** The setting: a shell that is not recorded must not be open. */
  recordingRequired: () => boolean
  clock: Clock
  credentials: (scope: Scope) => Promise<RoleCredentials>
  /** AWS refused what `credentials` gave: the next call fetches new ones. */
  forgetCredentials: (scope: Scope) => void
  /** The setting, for sessions that do not choose themselves. */
  engineChoice: () => EngineChoice
  /** What the catalog reads anyway: it often knows that a task has stopped before its shells do. */
  onCluster: (listener: (cluster: Cluster) => void) => Disposable
}

export type OpenSession = z.output<(typeof methods)['session.open']['params']>

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

/** Whoever AWS cannot name still appears in the history. */
const unknownUser = 'unknown'

type CredentialsWish = z.output<(typeof sessionHostEvents)['credentials.wanted']>

interface Entry {
  session: Session
  readonly request: OpenSession
  caller?: Caller
  snapshot?: unknown
  workload?: Workload | undefined
  /** AWS's sessions of engines that could not use them: CloudTrail has an event for each. */
  readonly givenBack: string[]
  /** The engine to try when the one at work cannot open the session. */
  fallback?: Engine
  /** Waits for an agent that is still starting. */
  readonly patience: Patience
  /** The tab was closed before AWS answered. */
  cancelled: boolean
  /** The history holds an opening, which wants an end. */
  opened: boolean
  /** What happens to one session is handled in order. */
  work: Promise<void>
}

export function createSessionService(dependencies: SessionServiceDependencies): SessionService {
  return new HostedSessionService(dependencies)
}

class HostedSessionService implements SessionService {
  readonly #dependencies: SessionServiceDependencies
  readonly #host: SessionHostLine
  readonly #entries = new Map<string, Entry>()
  readonly #changes = createListeners<Session>()
  readonly #tasks: TaskWatch
  #lastStream = 0

  constructor(dependencies: SessionServiceDependencies) {
    const { host, log, clock, describeForExec, onCluster } = dependencies
    this.#dependencies = dependencies
    this.#host = new SessionHostLine({
      link: host,
      onSessionEvent: ({ sessionId, event }) => this.#hear(sessionId, event),
      onCredentialsWanted: (wish) => void this.#giveCredentials(wish),
      onLost: () => this.#hostLost(),
      log,
    })
    this.#tasks = new TaskWatch({
      clock,
      describeForExec,
      onCluster,
      shells: () => this.list().filter(isLive),
      stopped: (id) => this.#taskStopped(id),
    })
  }

  async open(request: OpenSession): Promise<Session> {
    const session: Session = {
      id: randomUUID(),
      stream: ++this.#lastStream,
      container: request.container,
      command: request.command,
      state: 'connecting',
      kmsEncrypted: false,
      keepAlive: false,
      recording: false,
      startedAt: this.#dependencies.clock.now(),
    }
    const { id: sessionId, stream } = session
    unwrap(await this.#host.call('session.prepare', { sessionId, stream, size: request.size }))
    const patience = new Patience(this.#dependencies.clock)
    const work = Promise.resolve()
    const entry: Entry = { session, request, opened: false, cancelled: false, patience, givenBack: [], work }
    this.#entries.set(session.id, entry)
    this.#changes.emit(session)
    this.#enqueue(entry, () => this.#connect(entry))
    return session
  }

  async close(id: string): Promise<void> {
    const entry = this.#find(id)
    const { state, awsSessionId } = entry.session
    if (state !== 'ended') {
      unwrap(await this.#host.callIfRunning('session.close', { sessionId: id }))
      // Its end was reported before that answer and is in line. One that AWS has
      // not granted yet ends without waiting for it; #connect gives it back.
      if (awsSessionId === undefined) {
        entry.cancelled = true
        this.#end(entry, 'closed')
      }
    }
    entry.patience[Symbol.dispose]()
    this.#enqueue(entry, async () => this.#forget(entry))
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
    this.#change(entry, { type: 'keep-alive', on })
  }

  async pauseRecording(id: string, reason?: string): Promise<void> {
    const entry = this.#find(id)
    if (!entry.session.recording || !entry.opened) throw new PortholeError(notRecorded)
    if (entry.session.recordingPausedAt !== undefined) return
    const at = this.#dependencies.clock.now()
    await this.#noteGap(entry, 'recording.paused', at, reason?.trim() ? { reason: reason.trim() } : undefined)
    unwrap(await this.#host.callIfRunning('session.pauseRecording', { sessionId: id, on: true }))
    this.#change(entry, { type: 'recording-paused', at })
  }

  async resumeRecording(id: string): Promise<void> {
    const entry = this.#find(id)
    if (entry.session.recordingPausedAt === undefined) return
    unwrap(await this.#host.callIfRunning('session.pauseRecording', { sessionId: id, on: false }))
    this.#change(entry, { type: 'recording-resumed' })
    await this.#noteGap(entry, 'recording.resumed', this.#dependencies.clock.now())
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

  /** From the click to an engine at work; a failure on the way ends the session. */
  async #connect(
    entry: Entry,
    choice = entry.request.engine ?? this.#dependencies.engineChoice(),
  ): Promise<void> {
    try {
      const { container, command } = entry.request
      const progress: OpeningProgress = {
        caller: (caller) => {
          entry.caller = caller
          this.#change(entry, { type: 'identified', userName: caller.userName })
        },
        waiting: (error, retryAt) => this.#change(entry, { type: 'waiting', error, retryAt }),
      }
      if (this.#dependencies.recordingRequired()) await this.#requireHistory()
      const wanted = { container, command, choice }
      const granted = await openSession(this.#dependencies, wanted, progress, entry.patience)
      entry.snapshot = granted.snapshot
      entry.workload = granted.workload
      entry.fallback = granted.fallback
      if (entry.session.state === 'ended') await this.#grantedTooLate(entry, granted.request.awsSessionId)
      else await this.#start(entry, granted)
    } catch (thrown) {
      await this.#refuse(entry, toErrorValue(thrown))
    }
  }

  /** What cannot be recorded is not asked for. */
  async #requireHistory(): Promise<void> {
    try {
      await this.#dependencies.audit.integrity()
    } catch (thrown) {
      throw new PortholeError(recordingRequired(toErrorValue(thrown)), { cause: thrown })
    }
  }

  /** AWS has a session that nobody waits for any more. CloudTrail tells of it, so the history does too. */
  async #grantedTooLate(entry: Entry, awsSessionId: string): Promise<void> {
    await giveBack(this.#dependencies, entry.session.container.scope, awsSessionId)
    if (!entry.cancelled) return
    const facts = this.#facts(entry, this.#dependencies.clock.now())
    await this.#dependencies.audit.shellRefused({ ...facts, awsSessionId, error: closedTooEarly })
  }

  async #start(entry: Entry, { engine, request }: GrantedSession): Promise<void> {
    const { container, command } = entry.request
    this.#change(entry, { type: 'granted', awsSessionId: request.awsSessionId, engine })
    const recording = { command, container, title: `${container.containerName} · ${container.taskId}` }
    const answer = await this.#host.callIfRunning('session.start', {
      sessionId: entry.session.id,
      engine,
      request,
      recording,
    })
    if (answer.ok) return
    await giveBack(this.#dependencies, container.scope, request.awsSessionId)
    throw new PortholeError(answer.error)
  }

  #hear(sessionId: string, event: HostedSessionEvent): void {
    const entry = this.#entries.get(sessionId)
    if (entry === undefined) return
    this.#enqueue(entry, () => this.#handle(entry, event))
  }

  #enqueue(entry: Entry, step: () => Promise<void>): void {
    entry.work = entry.work.then(step).catch((thrown) => this.#logFailure(thrown))
  }

  async #handle(entry: Entry, event: HostedSessionEvent): Promise<void> {
    if (event.type === 'ready') return this.#becomeReady(entry, event)
    if (event.type === 'ended') return this.#finish(entry, event)
    if (event.type === 'not-started') return this.#tryOtherEngine(entry, event.error)
    if (event.type === 'silent' || event.type === 'degraded' || event.type === 'reconnecting')
      this.#tasks.suspect(entry.session.id)
    if (event.type !== 'silent') this.#change(entry, event)
    if (event.type === 'recording-problem') this.#endUnrecorded(entry)
  }

  /** `auto` means that a shell opens, not which engine does it. */
  async #tryOtherEngine(entry: Entry, error: ErrorValue): Promise<void> {
    const { session, fallback } = entry
    if (session.state !== 'connecting') return
    const failed = session.engine
    const notice = failed && fallback && fallbackNotice(failed, fallback, error)
    if (notice === undefined || fallback === undefined) return this.#refuse(entry, error)
    if (session.awsSessionId !== undefined) {
      entry.givenBack.push(session.awsSessionId)
      void giveBack(this.#dependencies, session.container.scope, session.awsSessionId)
    }
    this.#change(entry, { type: 'fell-back', notice })
    await this.#connect(entry, fallback)
  }

  /** The history knows of a session before anyone can see it. */
  async #becomeReady(entry: Entry, event: Extract<HostedSessionEvent, { type: 'ready' }>): Promise<void> {
    if (entry.session.state !== 'connecting') return
    try {
      await this.#dependencies.audit.sessionOpened(this.#facts(entry, event.at))
      entry.opened = true
      this.#change(entry, event)
      this.#tasks.begin(entry.session.id)
    } catch (thrown) {
      this.#change(entry, { ...event, recording: false, recordingProblem: toErrorValue(thrown) })
    }
    this.#endUnrecorded(entry)
  }

  /** Where shells have to be recorded, one whose recording failed is over. */
  #endUnrecorded(entry: Entry): void {
    const { session } = entry
    const problem = session.recordingProblem
    if (problem === undefined || !isLive(session) || !this.#dependencies.recordingRequired()) return
    const at = this.#dependencies.clock.now()
    this.#enqueue(entry, async () => {
      // Not awaited: an engine says goodbye to AWS first, and what it reports then comes too late to count.
      void this.#host.callIfRunning('session.close', { sessionId: session.id })
      await this.#finish(entry, { at, reason: 'failed', error: recordingRequired(problem) })
    })
  }

  async #finish(entry: Entry, event: { at: number; reason: EndReason; error?: ErrorValue }): Promise<void> {
    if (entry.session.state === 'ended') return
    this.#tasks.forget(entry.session.id)
    const { reason, error } = await this.#explainEnd(entry, event)
    this.#end(entry, reason, error, event.at)
    const { audit } = this.#dependencies
    if (entry.opened) await audit.sessionEnded(entry.session.id, { at: event.at, reason, error })
    else if (error !== undefined) await audit.shellRefused({ ...this.#facts(entry, event.at), error })
  }

  /** A shell whose task stops looks to an engine like any other that exits or breaks off. */
  async #explainEnd(
    entry: Entry,
    { reason, error }: { reason: EndReason; error?: ErrorValue },
  ): Promise<{ reason: EndReason; error?: ErrorValue }> {
    if (reason !== 'exited' && reason !== 'lost') return { reason, error }
    const stopped = await this.#tasks.hasStopped(entry.request.container)
    return stopped ? { reason: 'task-stopped' } : { reason, error }
  }

  #taskStopped(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    const at = this.#dependencies.clock.now()
    this.#enqueue(entry, async () => {
      if (!isLive(entry.session)) return
      // Not awaited: an engine says goodbye to AWS first, and what it reports then comes too late to count.
      void this.#host.callIfRunning('session.close', { sessionId: id })
      await this.#finish(entry, { at, reason: 'task-stopped' })
    })
  }

  /** AWS gave no session, or no engine could use it. Attempts count in an audit. */
  async #refuse(entry: Entry, error: ErrorValue): Promise<void> {
    if (entry.session.state === 'ended' && !entry.cancelled) return
    entry.patience[Symbol.dispose]()
    this.#end(entry, 'failed', error)
    if (!entry.cancelled) await this.#host.callIfRunning('session.close', { sessionId: entry.session.id })
    const at = this.#dependencies.clock.now()
    await this.#dependencies.audit.shellRefused({ ...this.#facts(entry, at), error })
  }

  #hostLost(): void {
    for (const entry of this.#entries.values()) {
      const { awsSessionId, state, container } = entry.session
      if (state === 'ended') continue
      const lost = {
        at: this.#dependencies.clock.now(),
        reason: 'lost',
        error: hostGone,
      } as const
      this.#enqueue(entry, () => this.#finish(entry, lost))
      if (awsSessionId !== undefined) void giveBack(this.#dependencies, container.scope, awsSessionId)
    }
  }

  async #noteGap(
    { session, caller }: Entry,
    activity: 'recording.paused' | 'recording.resumed',
    at: number,
    detail?: Record<string, string>,
  ): Promise<void> {
    await this.#dependencies.audit.note({
      activity,
      at,
      userName: caller?.userName ?? unknownUser,
      principal: caller?.arn,
      taskArn: session.container.taskArn,
      sessionId: session.id,
      detail: { container: session.container.containerName, ...detail },
    })
  }

  #probe(entry: Entry): void {
    entry.patience.hurry()
    if (isLive(entry.session)) void this.#host.callIfRunning('session.probe', { sessionId: entry.session.id })
  }

  async #giveCredentials({ sessionId, requestId, refusedAccessKeyId }: CredentialsWish): Promise<void> {
    const scope = this.#entries.get(sessionId)?.request.container.scope
    const answer = await this.#askForCredentials(scope, refusedAccessKeyId)
    await this.#host.callIfRunning('credentials.give', { requestId, answer })
  }

  async #askForCredentials(scope: Scope | undefined, refusedAccessKeyId: string | undefined) {
    try {
      if (scope === undefined)
        throw new PortholeError({ code: 'SESSION_NOT_FOUND', message: 'The session is no longer known.' })
      const { credentials: ask, forgetCredentials } = this.#dependencies
      let credentials = await ask(scope)
      if (refusedAccessKeyId !== undefined && credentials.accessKeyId === refusedAccessKeyId) {
        forgetCredentials(scope)
        credentials = await ask(scope)
      }
      return { ok: true as const, credentials }
    } catch (thrown) {
      return { ok: false as const, error: toErrorValue(thrown) }
    }
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry !== undefined) return entry
    throw new PortholeError({ code: 'SESSION_NOT_FOUND', message: `There is no session ${id}.` })
  }

  #end(entry: Entry, reason: EndReason, error?: ErrorValue, at = this.#dependencies.clock.now()): void {
    this.#change(entry, { type: 'ended', at, reason, error })
    this.#forgetOldest()
  }

  #change(entry: Entry, change: SessionChange): void {
    const session = changeSession(entry.session, change)
    if (session === entry.session) return
    entry.session = session
    this.#changes.emit(session)
  }

  #forgetOldest(): void {
    const ended = [...this.#entries.values()].filter(({ session }) => session.state === 'ended')
    for (const entry of ended.slice(0, Math.max(0, ended.length - endedSessionsKept))) this.#forget(entry)
  }

  #forget({ session: { id } }: Entry): void {
    if (this.#entries.delete(id)) void this.#host.callIfRunning('session.forget', { sessionId: id })
  }

  #facts({ session, request, caller, snapshot, workload, givenBack }: Entry, at: number): SessionFacts {
    return {
      sessionId: session.id,
      awsSessionId: session.awsSessionId,
      ...(givenBack.length > 0 && { earlierAwsSessionIds: [...givenBack] }),
      container: request.container,
      snapshot,
      workload,
      kmsEncrypted: session.kmsEncrypted,
      command: request.command,
      engine: session.engine,
      principal: caller?.arn,
      userName: caller?.userName ?? unknownUser,
      reason: request.reason,
      at,
    }
  }

  #logFailure(thrown: unknown): void {
    const { message, detail } = toErrorValue(thrown)
    this.#dependencies.log(`A session: ${message} ${detail ?? ''}`.trimEnd())
  }
}

function isLive({ state }: Session): boolean {
  return state === 'ready' || state === 'degraded' || state === 'reconnecting'
}

const hostGone: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The process that runs the sessions stopped.',
  action: 'Open a new session to the container.',
  retryable: true,
}

const notRecorded: ErrorValue = {
  code: 'INVALID_REQUEST',
  message: 'This session is not recorded, so there is nothing to pause.',
  retryable: false,
}

const closedTooEarly: ErrorValue = {
  code: 'CANCELLED',
  message: 'The tab was closed before AWS answered. The session was given back unused.',
  retryable: false,
}

function recordingRequired(why: ErrorValue): ErrorValue {
  return {
    code: 'RECORDING_REQUIRED',
    message: `Shells have to be recorded here, and this one cannot be. ${why.message}`,
    detail: why.detail,
    action: why.action ?? 'Mend the cause, or change the setting “Open shells only when they are recorded”.',
    retryable: why.retryable,
  }
}

function unwrap<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new PortholeError(result.error)
  return result.value
}
