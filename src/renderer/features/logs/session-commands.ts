import type { AuditSession } from '../../../contract/audit.ts'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { LogRange } from '../../../contract/logs.ts'

/** More shells than anybody sees on one axis; each costs the core the reading of a recording. */
const mostSessions = 40

/**
 * A live session is read again as it grows, always from its beginning. A long recording
 * may keep the core busy for so small a part of the time.
 */
const restPerReading = 20

export type CommandsBySession = ReadonlyMap<string, readonly CommandEntry[]>

/** @returns undefined where there is no answer */
export type AskCommands = (sessionId: string) => Promise<readonly CommandEntry[] | undefined>

/** The sessions with something to show in a stretch of time, newest first. */
export function sessionsWithin(
  sessions: readonly AuditSession[],
  { from, to = Number.POSITIVE_INFINITY }: LogRange,
): AuditSession[] {
  return sessions
    .filter(({ startedAt, endedAt, live, hasRecording }) => {
      const until = live ? Number.POSITIVE_INFINITY : (endedAt ?? startedAt)
      return hasRecording && startedAt < to && until >= from
    })
    .toSorted((left, right) => right.startedAt - left.startedAt)
    .slice(0, mostSessions)
}

/**
 * The commands of sessions that are looked at, each read once and again only when the session
 * went on. One call at a time. An external store for React.
 */
export class SessionCommands {
  readonly #ask: AskCommands
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  readonly #versions = new Map<string, string>()
  readonly #restUntil = new Map<string, number>()
  #wanted: readonly AuditSession[] = []
  #reading = false
  #commands: CommandsBySession = new Map()

  /** @param now milliseconds of any clock that only goes forward */
  constructor(ask: AskCommands, now: () => number) {
    this.#ask = ask
    this.#now = now
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly read = (): CommandsBySession => this.#commands

  /** To be called with every news of the sessions; what did not change costs nothing. */
  want(sessions: readonly AuditSession[]): void {
    this.#wanted = sessions
    if (!this.#reading) void this.#readAll()
  }

  async #readAll(): Promise<void> {
    this.#reading = true
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#readOne(next)
    this.#reading = false
  }

  #next(): AuditSession | undefined {
    return this.#wanted.find(
      (session) =>
        this.#versions.get(session.sessionId) !== versionOf(session) &&
        // What ended is read to its end at once: nothing would come after to have it read.
        (!session.live || (this.#restUntil.get(session.sessionId) ?? 0) <= this.#now()),
    )
  }

  async #readOne(session: AuditSession): Promise<void> {
    const { sessionId } = session
    const began = this.#now()
    const commands = await this.#ask(sessionId)
    const ended = this.#now()
    this.#restUntil.set(sessionId, ended + (ended - began) * restPerReading)
    this.#versions.set(sessionId, versionOf(session))
    // Without an answer the session is on the axis all the same; the replay says what is wrong with it.
    if (commands === undefined) return
    this.#commands = new Map(this.#commands).set(sessionId, commands)
    for (const listener of this.#listeners) listener()
  }
}

function versionOf({ outputBytes, live }: AuditSession): string {
  return `${outputBytes} ${live}`
}
