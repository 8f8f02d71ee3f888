import type { Activity, ActivityFacts, AuditSession } from '../../contract/audit.ts'
import type { Caller, Scope } from '../../contract/identity.ts'
import type { IntegrityReport } from '../../contract/integrity.ts'
import type { HoldTarget } from '../../contract/retention.ts'
import type { Clock } from '../clock.ts'
import type { AuditService } from './audit-service.ts'

/** How long a page of a recording waits to learn who reads it; AWS may be out of reach. */
const nameLimitMilliseconds = 2000

export interface ViewingDependencies {
  audit: Pick<AuditService, 'session' | 'note'>
  caller: (scope: Scope) => Promise<Caller>
  /** Who is logged in to this computer: the name that is always known. */
  localUser: string
  clock: Clock
  log: (message: string) => void
}

/** Who acts, as AWS names them for a scope, else as this computer does. */
export type Actor = Pick<ActivityFacts, 'userName' | 'principal'>

/**
 * Notes who looked at what of the record. Each person counts once per session
 * and run of the core: a replay is read page by page, many times over.
 */
export class Viewing {
  readonly #dependencies: ViewingDependencies
  readonly #noted = new Map<string, Promise<boolean>>()

  constructor(dependencies: ViewingDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * To be awaited before anything is shown. A live session is always one's own:
   * only this Porthole writes here. Never rejects; a history that cannot be
   * written does not keep anyone from reading it.
   */
  async recording(sessionId: string): Promise<void> {
    await this.#once('recording.viewed', sessionId)
  }

  /** As `recording`, for what AWS logged of a session that need not be one of ours. */
  async transcript(
    scope: Scope,
    taskArn: string,
    { awsSessionId, userName }: { awsSessionId?: string | undefined; userName: string },
  ): Promise<void> {
    const key = `transcript.viewed ${awsSessionId}`
    const noting = this.#noted.get(key) ?? this.#noteTranscript(scope, taskArn, awsSessionId, userName)
    this.#noted.set(key, noting)
    if (!(await noting)) this.#noted.delete(key)
  }

  /** Somebody had the whole record checked. Never rejects. */
  async verified({ events, findingCount }: IntegrityReport): Promise<void> {
    const { audit, clock, log } = this.#dependencies
    const detail = { events: String(events), findings: String(findingCount) }
    try {
      const actor = await this.actor(undefined)
      await audit.note({ activity: 'audit.verified', at: clock.now(), ...actor, detail })
    } catch (thrown) {
      log(`That the record was checked could not be noted: ${String(thrown)}`)
    }
  }

  /**
   * Puts a legal hold on recordings, or takes it off: the note is the hold.
   * @throws {PortholeError} SESSION_NOT_FOUND, STORAGE_*
   */
  async held(target: HoldTarget, held: boolean): Promise<void> {
    const { audit, clock } = this.#dependencies
    const { scope, place } = await placeToHold()
    const activity = held ? 'hold.set' : 'hold.released'
    await audit.note({ activity, at: clock.now(), ...(await this.actor(scope)), ...place })

    async function placeToHold() {
      if ('taskArn' in target) return { scope: target.scope, place: { taskArn: target.taskArn } }
      const session = await audit.session(target.sessionId)
      return { scope: session.container.scope, place: placeOf(session) }
    }
  }

  /** The person at this computer, as far as it can be known quickly. */
  async actor(scope: Scope | undefined): Promise<Actor> {
    const { caller, localUser, clock } = this.#dependencies
    if (scope === undefined) return { userName: localUser }
    const late = Promise.withResolvers<undefined>()
    using _limit = clock.after(nameLimitMilliseconds, () => late.resolve(undefined))
    const known = await Promise.race([caller(scope).catch(() => undefined), late.promise])
    return known === undefined ? { userName: localUser } : { userName: known.userName, principal: known.arn }
  }

  /** Somebody signed in: from now on it may be another person who looks. */
  forget(): void {
    this.#noted.clear()
  }

  async #noteTranscript(
    scope: Scope,
    taskArn: string,
    awsSessionId: string | undefined,
    userName: string,
  ): Promise<boolean> {
    const { audit, clock, log } = this.#dependencies
    const detail = { sessionOf: userName, ...(awsSessionId && { awsSessionId }) }
    try {
      const actor = await this.actor(scope)
      await audit.note({ activity: 'transcript.viewed', at: clock.now(), ...actor, taskArn, detail })
      return true
    } catch (thrown) {
      log(`That somebody reads the transcript of ${awsSessionId} could not be noted: ${String(thrown)}`)
      return false
    }
  }

  async #once(activity: Activity, sessionId: string): Promise<void> {
    const key = `${activity} ${sessionId}`
    const noting = this.#noted.get(key) ?? this.#note(activity, sessionId)
    this.#noted.set(key, noting)
    if (!(await noting)) this.#noted.delete(key)
  }

  /** @returns whether that is settled; a session that lives now may be over at the next look */
  async #note(activity: Activity, sessionId: string): Promise<boolean> {
    const { audit, clock, log } = this.#dependencies
    try {
      const session = await audit.session(sessionId)
      if (session.live) return false
      const actor = await this.actor(session.container.scope)
      await audit.note({ activity, at: clock.now(), ...actor, ...placeOf(session) })
      return true
    } catch (thrown) {
      log(`That somebody looks at session ${sessionId} could not be noted: ${String(thrown)}`)
      return false
    }
  }
}

function placeOf({ sessionId, container, userName }: AuditSession) {
  return { sessionId, taskArn: container.taskArn, detail: { sessionOf: userName } }
}
