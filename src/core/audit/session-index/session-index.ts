import { rmSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { AuditEntry, AuditRefusal, AuditSession, TouchedTask } from '../../../contract/audit.ts'
import {
  type RecordAct,
  type RecordActs,
  type RecordActsRequest,
  type RecordMatter,
  recordActsAtOnce,
} from '../../../contract/record-acts.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { KeptRecording } from '../retention/due-for-shredding.ts'
import { isPrefixOf, openIndex, progressOf } from './session-index-database.ts'
import { catchUp } from './session-index-events.ts'

/** A session or recording that was under way when the app was cut off. */
export interface Unfinished {
  sessionId: string
  taskArn: string
  /** Epoch milliseconds of the last event that mentions it. */
  seenAt: number
}

/** The outcome that only a running recorder knows. */
export type LiveOutput = (sessionId: string) => number | undefined

interface SessionRow {
  seq: number
  facts: string
  started_at: number
  ended_at: number | null
  end_reason: string | null
  bytes: number | null
  output_bytes: number | null
  finished: number | null
  shredded_at: number | null
  session_held: number
  task_held: number
}

const sessionColumns = `
  SELECT s.seq, s.facts, s.started_at, s.ended_at, s.end_reason, r.bytes, r.output_bytes, r.finished,
    r.shredded_at, EXISTS (SELECT 1 FROM hold h WHERE h.target = s.session_id) AS session_held,
    EXISTS (SELECT 1 FROM hold h WHERE h.target = s.task_arn) AS task_held
  FROM session s LEFT JOIN recording r USING (session_id)`

/**
 * Answers questions about the ledger's content. Everything in it is derived: it
 * follows the ledger when asked, and a missing, damaged or diverged index is
 * built again. Nothing is ever proven from it.
 */
export class SessionIndex implements Disposable {
  readonly #file: string
  readonly #ledger: Ledger
  readonly #liveOutput: LiveOutput
  #database: Database.Database

  constructor(options: { file: string; ledger: Ledger; liveOutput: LiveOutput }) {
    this.#file = options.file
    this.#ledger = options.ledger
    this.#liveOutput = options.liveOutput
    this.#database = this.#openOrRebuild()
  }

  session(sessionId: string): AuditSession | undefined {
    const row = this.#follow()
      .prepare<[string], SessionRow>(`${sessionColumns} WHERE s.session_id = ?`)
      .get(sessionId)
    return row && this.#sessionOf(row)
  }

  /** Sessions that began after this place in the ledger, oldest first. */
  sessionsAfter(seq: number): { seq: number; session: AuditSession }[] {
    return this.#follow()
      .prepare<[number], SessionRow>(`${sessionColumns} WHERE s.seq > ? ORDER BY s.seq`)
      .all(seq)
      .map((row) => ({ seq: row.seq, session: this.#sessionOf(row) }))
  }

  /** Attempts at a shell that came to nothing after this place in the ledger, oldest first. */
  refusalsAfter(seq: number): { seq: number; refusal: AuditRefusal }[] {
    return this.#follow()
      .prepare<[number], { seq: number; entry: string }>(
        "SELECT seq, entry FROM entry WHERE seq > ? AND entry ->> 'kind' = 'refused' ORDER BY seq",
      )
      .all(seq)
      .map((row) => ({ seq: row.seq, refusal: JSON.parse(row.entry) as AuditRefusal }))
  }

  /** Newest first. */
  entries(taskArn: string): AuditEntry[] {
    const database = this.#follow()
    const sessions = database
      .prepare<[string], SessionRow>(`${sessionColumns} WHERE s.task_arn = ?`)
      .all(taskArn)
      .map((row) => ({ seq: row.seq, at: row.started_at, entry: this.#sessionOf(row) as AuditEntry }))
    const others = database
      .prepare<[string], { seq: number; at: number; entry: string }>(
        'SELECT seq, at, entry FROM entry WHERE task_arn = ?',
      )
      .all(taskArn)
      .map((row) => ({ ...row, entry: JSON.parse(row.entry) as AuditEntry }))
    return [...sessions, ...others]
      .sort((left, right) => right.at - left.at || right.seq - left.seq)
      .map(({ entry }) => entry)
  }

  /** Tasks that had a session, the longest touched first. */
  touched(): TouchedTask[] {
    return this.#follow()
      .prepare<[], { task_arn: string; containers: string; people: string; sessions: number; since: number }>(
        `SELECT task_arn, json_group_array(DISTINCT container) AS containers, count(*) AS sessions,
                json_group_array(DISTINCT json_extract(facts, '$.userName')) AS people,
                min(started_at) AS since
         FROM session GROUP BY task_arn ORDER BY since`,
      )
      .all()
      .map((row) => ({
        taskArn: row.task_arn,
        containers: (JSON.parse(row.containers) as string[]).sort(),
        sessions: row.sessions,
        people: (JSON.parse(row.people) as string[]).sort(),
        since: row.since,
      }))
  }

  /** Sessions without an end. At start, before any session opens, these were interrupted. */
  unendedSessions(): Unfinished[] {
    return this.#follow()
      .prepare<[], Unfinished>(
        `SELECT s.session_id AS sessionId, s.task_arn AS taskArn,
                max(s.started_at, coalesce(r.seen_at, 0)) AS seenAt
         FROM session s LEFT JOIN recording r USING (session_id) WHERE s.ended_at IS NULL`,
      )
      .all()
  }

  /** What was done to the record, the last first. */
  recordActs({ matter, before }: RecordActsRequest): RecordActs {
    const database = this.#follow()
    const rows = database
      .prepare<[string | null, string | null, number, number], { seq: number; act: string }>(
        'SELECT seq, act FROM record_act WHERE (? IS NULL OR matter = ?) AND seq < ? ORDER BY seq DESC LIMIT ?',
      )
      .all(matter ?? null, matter ?? null, before ?? Number.MAX_SAFE_INTEGER, recordActsAtOnce + 1)
    const counts = database
      .prepare<[], { matter: RecordMatter; count: number }>(
        'SELECT matter, count(*) AS count FROM record_act GROUP BY matter',
      )
      .all()
    return {
      acts: rows
        .slice(0, recordActsAtOnce)
        .map(({ seq, act }) => ({ ...(JSON.parse(act) as RecordAct), seq })),
      more: rows.length > recordActsAtOnce,
      counts: Object.fromEntries(counts.map(({ matter: of, count }) => [of, count])),
    }
  }

  /** Recordings that were neither closed nor failed. */
  unfinishedRecordings(): Unfinished[] {
    return this.#follow()
      .prepare<[], Unfinished>(
        'SELECT session_id AS sessionId, task_arn AS taskArn, seen_at AS seenAt FROM recording WHERE finished = 0',
      )
      .all()
  }

  /** Recordings that are there, with what retention needs to know. */
  keptRecordings(): KeptRecording[] {
    return this.#follow()
      .prepare<[], Omit<KeptRecording, 'isLive' | 'isHeld'> & { finished: number; held: number }>(
        `SELECT r.session_id AS sessionId, r.task_arn AS taskArn, coalesce(s.ended_at, r.seen_at) AS endedAt,
                r.bytes, r.finished,
                EXISTS (SELECT 1 FROM hold h WHERE h.target IN (r.session_id, r.task_arn)) AS held
         FROM recording r LEFT JOIN session s USING (session_id) WHERE r.shredded_at IS NULL AND r.bytes > 0`,
      )
      .all()
      .map(({ finished, held, ...kept }) => ({ ...kept, isLive: finished === 0, isHeld: held === 1 }))
  }

  /** AWS's ids of all sessions, also of those that no engine could use. */
  awsSessionIds(): string[] {
    return this.#follow()
      .prepare<[], string>(
        `SELECT json_extract(facts, '$.awsSessionId') FROM session
         UNION SELECT e.value FROM session s, json_each(s.facts, '$.earlierAwsSessionIds') e
         UNION SELECT json_extract(entry, '$.awsSessionId') FROM entry
         UNION SELECT e.value FROM entry n, json_each(n.entry, '$.earlierAwsSessionIds') e`,
      )
      .pluck()
      .all()
      .filter((id) => typeof id === 'string') as string[]
  }

  /** Tasks and sessions under a legal hold, those by the ids that AWS gave them. */
  held(): { taskArns: string[]; awsSessionIds: string[] } {
    const rows = this.#follow()
      .prepare<[], { target: string; facts: string | null }>(
        'SELECT h.target, s.facts FROM hold h LEFT JOIN session s ON s.session_id = h.target',
      )
      .all()
    const sessions = rows.flatMap(({ facts }) => (facts === null ? [] : [JSON.parse(facts) as AuditSession]))
    return {
      taskArns: rows.map(({ target }) => target).filter((target) => target.startsWith('arn:')),
      awsSessionIds: sessions.flatMap(awsIdsOf),
    }
  }

  /** Sessions whose recordings the ledger says are destroyed. */
  shredded(): string[] {
    return this.#follow()
      .prepare('SELECT session_id FROM recording WHERE shredded_at IS NOT NULL')
      .pluck()
      .all() as string[]
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #sessionOf(row: SessionRow): AuditSession {
    const facts = JSON.parse(row.facts) as AuditSession
    return {
      ...facts,
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
      ...(row.end_reason !== null && { endReason: row.end_reason as AuditSession['endReason'] }),
      live: row.ended_at === null,
      outputBytes: this.#liveOutput(facts.sessionId) ?? row.output_bytes ?? 0,
      ...(row.shredded_at !== null && { recordingShreddedAt: row.shredded_at }),
      ...holdsOf(row),
      // An unfinished one has no count yet; a finished one without bytes holds nothing to replay.
      hasRecording: row.finished === 0 || (row.bytes ?? 0) > 0,
    }
  }

  /** The database, up to date with the ledger. @throws {PortholeError} STORAGE_* */
  #follow(): Database.Database {
    try {
      if (progressOf(this.#database).seq !== this.#ledger.head.seq) catchUp(this.#database, this.#ledger)
      return this.#database
    } catch (thrown) {
      throw storageProblem(thrown, 'The index of the audit history', this.#file)
    }
  }

  #openOrRebuild(): Database.Database {
    try {
      const database = openIndex(this.#file)
      if (isPrefixOf(database, this.#ledger)) return database
      database.close()
    } catch {
      // Whatever is wrong with a derived file, the answer is the same.
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.#file + suffix, { force: true, recursive: true })
    return openIndex(this.#file)
  }
}

function holdsOf({ session_held, task_held }: SessionRow): Pick<AuditSession, 'holds'> {
  const holds: AuditSession['holds'] = []
  if (session_held === 1) holds.push('session')
  if (task_held === 1) holds.push('task')
  return holds.length === 0 ? {} : { holds }
}

function awsIdsOf({ awsSessionId, earlierAwsSessionIds = [] }: AuditSession): string[] {
  return [...(awsSessionId === undefined ? [] : [awsSessionId]), ...earlierAwsSessionIds]
}
