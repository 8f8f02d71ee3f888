import type Database from 'better-sqlite3'
import {
  type AuditEntry,
  type HistoryLine,
  historyEntriesAtOnce,
  type PlacedEntry,
  type TaskHistory,
} from '../../../contract/audit.ts'
import type { LedgerAttempt } from '../audit-service.ts'
import { progressOf } from './session-index-database.ts'
import {
  holdsRecording,
  type LiveOutput,
  type SessionRow,
  sessionColumns,
  sessionOfRow,
} from './session-rows.ts'

interface LineRow extends Pick<SessionRow, 'seq' | 'started_at' | 'ended_at' | 'finished' | 'bytes'> {
  session_id: string
  container: string
  user_name: string
}

interface EntryRow {
  seq: number
  at: number
  entry: string
}

/**
 * A task's history out of the session index.
 *
 * @param since what an earlier answer gave as its place
 * @param hashOf of an event of the ledger: a place counts only in the chain that it was taken from
 */
export function readHistory(
  database: Database.Database,
  request: { taskArn: string; since?: string | undefined },
  parts: { hashOf: (seq: number) => string | undefined; liveOutput: LiveOutput },
): TaskHistory {
  const { taskArn } = request
  const { seq, hash } = progressOf(database)
  const since = seqOfPlace(request.since, parts.hashOf)
  return {
    place: `${seq} ${hash}`,
    isWhole: since === 0,
    lines: newestFirst([...sessionLines(database, taskArn, since), ...otherLines(database, taskArn, since)]),
    newest: newestEntries(database, taskArn, parts.liveOutput),
  }
}

/** The entries at these places; one that is none of the task's is left out. */
export function readEntries(
  database: Database.Database,
  { taskArn, seqs }: { taskArn: string; seqs: readonly number[] },
  liveOutput: LiveOutput,
): PlacedEntry[] {
  const wanted = JSON.stringify(seqs)
  const isWanted = 'task_arn = ? AND seq IN (SELECT value FROM json_each(?))'
  const sessions = database
    .prepare<[string, string], SessionRow>(`${sessionColumns} WHERE s.${isWanted}`)
    .all(taskArn, wanted)
  const others = database
    .prepare<[string, string], EntryRow>(`SELECT seq, at, entry FROM entry WHERE ${isWanted}`)
    .all(taskArn, wanted)
  return [...sessions.map((row) => placedSession(row, liveOutput)), ...others.map(placedEntry)]
}

/** Sessions and refusals, with the ids that AWS gave them. */
export function readAttempts(database: Database.Database, taskArn: string): LedgerAttempt[] {
  const sessions = database
    .prepare<[string], string>('SELECT facts FROM session WHERE task_arn = ?')
    .pluck()
    .all(taskArn) as string[]
  const refusals = database
    .prepare<[string], string>("SELECT entry FROM entry WHERE task_arn = ? AND entry ->> 'kind' = 'refused'")
    .pluck()
    .all(taskArn) as string[]
  return [...sessions, ...refusals].map((text) => JSON.parse(text) as LedgerAttempt)
}

/** 0 for a place that is unknown, or that this ledger never was at. */
function seqOfPlace(place: string | undefined, hashOf: (seq: number) => string | undefined): number {
  const [seq, hash] = (place ?? '').split(' ')
  const number = Number(seq)
  return Number.isSafeInteger(number) && number > 0 && hashOf(number) === hash ? number : 0
}

function sessionLines(database: Database.Database, taskArn: string, since: number): HistoryLine[] {
  return database
    .prepare<[string, number], LineRow>(
      `SELECT s.seq, s.session_id, s.container, s.user_name, s.started_at, s.ended_at, r.finished, r.bytes
       FROM session s LEFT JOIN recording r USING (session_id) WHERE s.task_arn = ? AND s.changed > ?`,
    )
    .all(taskArn, since)
    .map((row) => ({
      kind: 'session',
      seq: row.seq,
      at: row.started_at,
      userName: row.user_name,
      sessionId: row.session_id,
      containerName: row.container,
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
      hasRecording: holdsRecording(row),
    }))
}

function otherLines(database: Database.Database, taskArn: string, since: number): HistoryLine[] {
  return database
    .prepare<[string, number], EntryRow>('SELECT seq, at, entry FROM entry WHERE task_arn = ? AND seq > ?')
    .all(taskArn, since)
    .flatMap(({ seq, at, entry }) => otherLine(seq, at, JSON.parse(entry) as AuditEntry))
}

function otherLine(seq: number, at: number, entry: AuditEntry): HistoryLine[] {
  const { userName } = entry
  switch (entry.kind) {
    case 'refused':
      return [
        {
          kind: 'refused',
          seq,
          at,
          userName,
          sessionId: entry.sessionId,
          containerName: entry.container.containerName,
        },
      ]
    case 'task-replaced':
      return [{ kind: 'task-replaced', seq, at, userName }]
    case 'activity':
      return [{ kind: 'activity', seq, at, userName, activity: entry.activity }]
    case 'session':
      // They have a table of their own.
      return []
  }
}

function newestEntries(database: Database.Database, taskArn: string, liveOutput: LiveOutput): PlacedEntry[] {
  const sessions = database
    .prepare<[string, number], SessionRow>(
      `${sessionColumns} WHERE s.task_arn = ? ORDER BY s.started_at DESC, s.seq DESC LIMIT ?`,
    )
    .all(taskArn, historyEntriesAtOnce)
    .map((row) => ({ at: row.started_at, ...placedSession(row, liveOutput) }))
  const others = database
    .prepare<[string, number], EntryRow>(
      'SELECT seq, at, entry FROM entry WHERE task_arn = ? ORDER BY at DESC, seq DESC LIMIT ?',
    )
    .all(taskArn, historyEntriesAtOnce)
    .map((row) => ({ at: row.at, ...placedEntry(row) }))
  return newestFirst([...sessions, ...others])
    .slice(0, historyEntriesAtOnce)
    .map(({ seq, entry }) => ({ seq, entry }))
}

function placedSession(row: SessionRow, liveOutput: LiveOutput): PlacedEntry {
  return { seq: row.seq, entry: sessionOfRow(row, liveOutput) }
}

function placedEntry({ seq, entry }: EntryRow): PlacedEntry {
  return { seq, entry: JSON.parse(entry) as AuditEntry }
}

function newestFirst<Placed extends { at: number; seq: number }>(placed: Placed[]): Placed[] {
  return placed.sort((left, right) => right.at - left.at || right.seq - left.seq)
}
