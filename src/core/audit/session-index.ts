import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { AuditEntry, AuditRefusal, AuditSession, TouchedTask } from '../../contract/audit.ts'
import { createPrivateFile } from '../files/private-file.ts'
import { storageProblem } from '../files/storage-problem.ts'
import type { AuditEventOf } from './audit-events.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import type { KeptRecording } from './retention/due-for-shredding.ts'

/** Raised when the tables or what is put in them change: an older index is thrown away and derived anew. */
const indexVersion = 5

const schema = `
  CREATE TABLE progress(seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE session(
    session_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    task_arn TEXT NOT NULL,
    container TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    -- The AuditSession as far as its start tells it, as JSON.
    facts TEXT NOT NULL,
    ended_at INTEGER,
    end_reason TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_by_task ON session(task_arn);
  CREATE INDEX session_unended ON session(session_id) WHERE ended_at IS NULL;
  CREATE TABLE recording(
    session_id TEXT PRIMARY KEY,
    task_arn TEXT NOT NULL,
    -- Time of the last event about it: the last sign of life of a session that was cut off.
    seen_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    output_bytes INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    shredded_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX recording_unfinished ON recording(session_id) WHERE finished = 0;
  -- What must not be shredded: a session id or the ARN of a task.
  CREATE TABLE hold(target TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  -- Refusals, replacements and other activity, each an AuditEntry as JSON.
  CREATE TABLE entry(
    seq INTEGER PRIMARY KEY,
    task_arn TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entry_by_task ON entry(task_arn);
`

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
  held: number
}

const sessionColumns = `
  SELECT s.seq, s.facts, s.started_at, s.ended_at, s.end_reason, r.bytes, r.output_bytes, r.finished,
    r.shredded_at, EXISTS (SELECT 1 FROM hold h WHERE h.target IN (s.session_id, s.task_arn)) AS held
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

  /** Attempts at a shell that came to nothing, oldest first. */
  refusals(): AuditRefusal[] {
    return this.#follow()
      .prepare<[], string>("SELECT entry FROM entry WHERE entry ->> 'kind' = 'refused' ORDER BY seq")
      .pluck()
      .all()
      .map((entry) => JSON.parse(entry) as AuditRefusal)
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
      ...(row.held === 1 && { held: true }),
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

function awsIdsOf({ awsSessionId, earlierAwsSessionIds = [] }: AuditSession): string[] {
  return [...(awsSessionId === undefined ? [] : [awsSessionId]), ...earlierAwsSessionIds]
}

function openIndex(file: string): Database.Database {
  createPrivateFile(file)
  const database = new Database(file)
  try {
    database.pragma('journal_mode = WAL')
    // Safe against torn files; the last moments may be lost with the power and are derived again.
    database.pragma('synchronous = NORMAL')
    if (database.pragma('user_version', { simple: true }) === 0) createSchema(database)
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function createSchema(database: Database.Database): void {
  database.transaction(() => {
    database.exec(schema)
    database.prepare("INSERT INTO progress VALUES (0, '')").run()
    database.pragma(`user_version = ${indexVersion}`)
  })()
}

function progressOf(database: Database.Database): { seq: number; hash: string } {
  const row = database.prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM progress').get()
  if (row === undefined) throw new Error('The session index lost its place')
  return row
}

/** Whether the index was derived from this very chain. */
function isPrefixOf(database: Database.Database, ledger: Ledger): boolean {
  if (database.pragma('user_version', { simple: true }) !== indexVersion) return false
  const { seq, hash } = progressOf(database)
  return seq === 0 || ledger.storedHash(seq) === hash
}

function catchUp(database: Database.Database, ledger: Ledger): void {
  database.transaction(() => {
    for (const entry of ledger.entries(progressOf(database).seq)) applyEvent(database, entry)
    const { seq, hash } = ledger.head
    database.prepare('UPDATE progress SET seq = ?, hash = ?').run(seq, Buffer.from(hash).toString('hex'))
  })()
}

function applyEvent(database: Database.Database, { seq, event }: LedgerEntry): void {
  switch (event.type) {
    case 'session.start':
      applySessionStart(database, seq, event)
      break
    case 'session.end':
      endSession(database, event, event.reason)
      break
    case 'session.interrupted':
      endSession(database, event, 'interrupted')
      break
    case 'session.rejected':
      insertEntry(database, seq, event.taskArn, refusalOf(event))
      break
    case 'task.replaced':
      insertEntry(database, seq, event.taskArn, replacementOf(event))
      break
    case 'recording.shredded':
      database
        .prepare(
          'UPDATE recording SET bytes = 0, shredded_at = ? WHERE session_id = ? AND shredded_at IS NULL',
        )
        .run(event.at, event.sessionId)
      break
    case 'activity':
      applyHold(database, event)
      if (event.taskArn !== undefined) insertEntry(database, seq, event.taskArn, activityOf(event))
      break
    case 'recording.start':
      applyRecording(database, event, { bytes: 0, outputBytes: 0, finished: false })
      break
    case 'recording.chunk':
      applyRecording(database, event, {
        bytes: event.offset + event.bytes,
        outputBytes: event.outputBytes,
        finished: false,
      })
      break
    case 'recording.closed':
    case 'recording.failed':
    case 'recording.recovered':
      applyRecording(database, event, { ...event, finished: true })
      break
    case 'ledger.created':
    case 'schema.migrated':
    case 'key.changed':
    case 'record.doubted':
      break
  }
}

/** The first start of a session counts; a second one would be a mistake and must not rewrite the first. */
function applySessionStart(
  database: Database.Database,
  seq: number,
  event: AuditEventOf<'session.start'>,
): void {
  database
    .prepare(
      `INSERT INTO session(session_id, seq, task_arn, container, started_at, facts)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(
      event.sessionId,
      seq,
      event.taskArn,
      event.container.containerName,
      event.at,
      JSON.stringify(factsOf(event)),
    )
}

function endSession(database: Database.Database, event: { sessionId: string; at: number }, reason: string) {
  database
    .prepare('UPDATE session SET ended_at = ?, end_reason = ? WHERE session_id = ? AND ended_at IS NULL')
    .run(event.at, reason, event.sessionId)
}

function applyRecording(
  database: Database.Database,
  event: { sessionId: string; taskArn: string; at: number },
  state: { bytes: number; outputBytes: number; finished: boolean },
): void {
  database
    .prepare(
      `INSERT INTO recording(session_id, task_arn, seen_at, bytes, output_bytes, finished)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT(session_id) DO UPDATE SET seen_at = excluded.seen_at, bytes = excluded.bytes,
         output_bytes = excluded.output_bytes, finished = excluded.finished
       -- A second recording of a session is refused; its failure must not hide the first.
       WHERE recording.finished = 0`,
    )
    .run(event.sessionId, event.taskArn, event.at, state.bytes, state.outputBytes, state.finished ? 1 : 0)
}

/** A hold is on a session where one is named, else on the whole task. */
function applyHold(database: Database.Database, event: AuditEventOf<'activity'>): void {
  const target = event.sessionId ?? event.taskArn
  if (target === undefined) return
  if (event.activity === 'hold.set') database.prepare('INSERT OR IGNORE INTO hold VALUES (?)').run(target)
  if (event.activity === 'hold.released') database.prepare('DELETE FROM hold WHERE target = ?').run(target)
}

function insertEntry(database: Database.Database, seq: number, taskArn: string, entry: AuditEntry): void {
  const at = entry.kind === 'session' ? entry.startedAt : entry.at
  database
    .prepare('INSERT INTO entry(seq, task_arn, at, entry) VALUES (?, ?, ?, ?)')
    .run(seq, taskArn, at, JSON.stringify(entry))
}

type SessionStartFacts = Omit<AuditSession, 'endedAt' | 'endReason' | 'live' | 'outputBytes' | 'hasRecording'>

function factsOf(event: AuditEventOf<'session.start'>): SessionStartFacts {
  return {
    kind: 'session',
    ...attemptOf(event),
    workload: event.workload,
    kmsEncrypted: event.kmsEncrypted,
    engine: event.engine,
    startedAt: event.at,
  }
}

function refusalOf(event: AuditEventOf<'session.rejected'>): AuditEntry {
  return {
    kind: 'refused',
    ...attemptOf(event),
    at: event.at,
    code: event.error.code,
    message: event.error.message,
  }
}

/** Who wanted what, where: the same of a session and of a refusal. */
function attemptOf(event: AuditEventOf<'session.start' | 'session.rejected'>) {
  const { sessionId, awsSessionId, earlierAwsSessionIds, container, command, principal, userName } = event
  return {
    sessionId,
    awsSessionId,
    earlierAwsSessionIds,
    container,
    command,
    principal,
    userName,
    reason: event.reason,
  }
}

function replacementOf(event: AuditEventOf<'task.replaced'>): AuditEntry {
  return {
    kind: 'task-replaced',
    taskArn: event.taskArn,
    serviceName: event.serviceName,
    userName: event.userName,
    principal: event.principal,
    at: event.at,
  }
}

function activityOf({ type: _, ...facts }: AuditEventOf<'activity'>): AuditEntry {
  return { kind: 'activity', ...facts }
}
