import type Database from 'better-sqlite3'
import type {
  AuditEntry,
  AuditRefusal,
  AuditSession,
  PlacedEntry,
  TaskHistory,
  TouchedTask,
} from '../../../contract/audit.ts'
import {
  type RecordAct,
  type RecordActs,
  type RecordActsRequest,
  type RecordMatter,
  recordActsAtOnce,
} from '../../../contract/record-acts.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import type { LedgerAttempt } from '../audit-service.ts'
import type { AuditEvent } from '../ledger/audit-events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { KeptRecording } from '../retention/due-for-shredding.ts'
import {
  emptyIndex,
  type IndexFile,
  isPrefixOf,
  keepIndex,
  progressOf,
  readIndex,
} from './session-index-database.ts'
import { catchUp } from './session-index-events.ts'
import { type LiveOutput, type SessionRow, sessionColumns, sessionOfRow } from './session-rows.ts'
import { readAttempts, readEntries, readHistory } from './task-history.ts'

/** A session or recording that was under way when the app was cut off. */
export interface Unfinished {
  sessionId: string
  taskArn: string
  /** Epoch milliseconds of the last event that mentions it. */
  seenAt: number
}

/** An index that is so far behind the ledger is kept at once: who is killed each time would derive it each time. */
const keptWhenBehindEvents = 5000

/**
 * Answers questions about the ledger's content. Everything in it is derived: it
 * follows the ledger when asked, and a missing, damaged, changed or diverged
 * index is built again. It decides what is shown and what retention destroys,
 * so others must not be able to: it is in memory, and sealed between two runs.
 */
export class SessionIndex implements Disposable {
  readonly #file: IndexFile
  readonly #ledger: Ledger
  readonly #liveOutput: LiveOutput
  #database: Database.Database
  #touched: TouchedTask[] | undefined
  #awsSessionIds: string[] | undefined

  constructor(options: { file: IndexFile; ledger: Ledger; liveOutput: LiveOutput }) {
    this.#file = options.file
    this.#ledger = options.ledger
    this.#liveOutput = options.liveOutput
    this.#database = this.#readOrBegin()
    const behind = this.#ledger.head.seq - progressOf(this.#database).seq
    if (behind >= keptWhenBehindEvents) this.#keep()
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

  /** A line for each entry of a task, or for those that are new or changed; and the newest entries. */
  history(request: { taskArn: string; since?: string | undefined }): TaskHistory {
    return readHistory(this.#follow(), request, {
      hashOf: (seq) => this.#ledger.storedHash(seq),
      liveOutput: this.#liveOutput,
    })
  }

  historyEntries(request: { taskArn: string; seqs: readonly number[] }): PlacedEntry[] {
    return readEntries(this.#follow(), request, this.#liveOutput)
  }

  /** Sessions and refused ones of a task, as far as joining them with AWS's own records needs. */
  attempts(taskArn: string): LedgerAttempt[] {
    return readAttempts(this.#follow(), taskArn)
  }

  /** Tasks that had a session, the longest touched first. */
  touched(): TouchedTask[] {
    const database = this.#follow()
    this.#touched ??= this.#readTouched(database)
    return this.#touched
  }

  #readTouched(database: Database.Database): TouchedTask[] {
    return database
      .prepare<[], { task_arn: string; containers: string; people: string; sessions: number; since: number }>(
        `SELECT task_arn, json_group_array(DISTINCT container) AS containers, count(*) AS sessions,
                json_group_array(DISTINCT user_name) AS people,
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
    const database = this.#follow()
    this.#awsSessionIds ??= this.#readAwsSessionIds(database)
    return this.#awsSessionIds
  }

  #readAwsSessionIds(database: Database.Database): string[] {
    return database
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
    this.#keep()
    this.#database.close()
  }

  #sessionOf(row: SessionRow): AuditSession {
    return sessionOfRow(row, this.#liveOutput)
  }

  /** The database, up to date with the ledger. @throws {PortholeError} STORAGE_* */
  #follow(): Database.Database {
    try {
      if (progressOf(this.#database).seq !== this.#ledger.head.seq) this.#catchUp()
      return this.#database
    } catch (thrown) {
      throw storageProblem(thrown, 'The index of the audit history', this.#file.file)
    }
  }

  #catchUp(): void {
    // Thousands of sessions are counted anew only for another one, not for whatever else happens.
    if (!catchUp(this.#database, this.#ledger).some(isAttempt)) return
    this.#touched = undefined
    this.#awsSessionIds = undefined
  }

  #readOrBegin(): Database.Database {
    try {
      const database = readIndex(this.#file)
      if (isPrefixOf(database, this.#ledger)) return database
      database.close()
    } catch {
      // Whatever is wrong with a derived file, the answer is the same.
    }
    return emptyIndex()
  }

  #keep(): void {
    try {
      keepIndex(this.#file, this.#follow())
    } catch {
      // A disk that is full, as a rule. The next run derives what is missing.
    }
  }
}

function isAttempt(type: AuditEvent['type']): boolean {
  return type === 'session.start' || type === 'session.rejected'
}

function awsIdsOf({ awsSessionId, earlierAwsSessionIds = [] }: AuditSession): string[] {
  return [...(awsSessionId === undefined ? [] : [awsSessionId]), ...earlierAwsSessionIds]
}
