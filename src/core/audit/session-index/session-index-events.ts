import type Database from 'better-sqlite3'
import type { AuditEntry, AuditSession } from '../../../contract/audit.ts'
import { recordActMatters } from '../../../contract/record-acts.ts'
import type { AuditEvent, AuditEventOf } from '../ledger/audit-events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerEntry } from '../ledger/ledger-entries.ts'
import { recordActOf } from './record-acts.ts'
import { progressOf } from './session-index-database.ts'

/**
 * Puts what the ledger holds beyond the index's place into its tables, all of it or nothing.
 * @returns the kinds of events among it
 */
export function catchUp(database: Database.Database, ledger: Ledger): AuditEvent['type'][] {
  const types = new Set<AuditEvent['type']>()
  database.transaction(() => {
    for (const entry of ledger.entries(progressOf(database).seq)) {
      applyEvent(database, entry)
      types.add(entry.event.type)
    }
    const { seq, hash } = ledger.head
    database.prepare('UPDATE progress SET seq = ?, hash = ?').run(seq, Buffer.from(hash).toString('hex'))
  })()
  return [...types]
}

function applyEvent(database: Database.Database, { seq, event }: LedgerEntry): void {
  insertAct(database, seq, event)
  switch (event.type) {
    case 'session.start':
      applySessionStart(database, seq, event)
      break
    case 'session.end':
      endSession(database, seq, event, event.reason)
      break
    case 'session.interrupted':
      endSession(database, seq, event, 'interrupted')
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
      markChanged(database, seq, event.sessionId)
      break
    case 'activity':
      applyHold(database, event)
      if (event.taskArn !== undefined) insertEntry(database, seq, event.taskArn, activityOf(event))
      break
    case 'recording.start':
      applyRecording(database, event, { bytes: 0, outputBytes: 0, finished: false })
      markChanged(database, seq, event.sessionId)
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
      markChanged(database, seq, event.sessionId)
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
      `INSERT INTO session(session_id, seq, task_arn, container, user_name, started_at, facts, changed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    .run(
      event.sessionId,
      seq,
      event.taskArn,
      event.container.containerName,
      event.userName,
      event.at,
      JSON.stringify(factsOf(event)),
      seq,
    )
}

function endSession(
  database: Database.Database,
  seq: number,
  event: { sessionId: string; at: number },
  reason: string,
): void {
  database
    .prepare(
      'UPDATE session SET ended_at = ?, end_reason = ?, changed = ? WHERE session_id = ? AND ended_at IS NULL',
    )
    .run(event.at, reason, seq, event.sessionId)
}

/** A chunk only adds to what is there already, and no line says how much. */
function markChanged(database: Database.Database, seq: number, sessionId: string): void {
  database.prepare('UPDATE session SET changed = ? WHERE session_id = ?').run(seq, sessionId)
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

function insertAct(database: Database.Database, seq: number, event: AuditEvent): void {
  const act = recordActOf(event)
  if (act === undefined) return
  database
    .prepare('INSERT INTO record_act(seq, matter, act) VALUES (?, ?, ?)')
    .run(seq, recordActMatters[act.kind], JSON.stringify(act))
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
