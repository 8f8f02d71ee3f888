import type { AuditSession } from '../../../contract/audit.ts'

/** The outcome that only a running recorder knows. */
export type LiveOutput = (sessionId: string) => number | undefined

/** A session of the index, with what is known of its recording and of holds on it. */
export interface SessionRow {
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

/** Selects `SessionRow`s; `s` is the session. */
export const sessionColumns = `
  SELECT s.seq, s.facts, s.started_at, s.ended_at, s.end_reason, r.bytes, r.output_bytes, r.finished,
    r.shredded_at, EXISTS (SELECT 1 FROM hold h WHERE h.target = s.session_id) AS session_held,
    EXISTS (SELECT 1 FROM hold h WHERE h.target = s.task_arn) AS task_held
  FROM session s LEFT JOIN recording r USING (session_id)`

export function sessionOfRow(row: SessionRow, liveOutput: LiveOutput): AuditSession {
  const facts = JSON.parse(row.facts) as AuditSession
  return {
    ...facts,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.end_reason !== null && { endReason: row.end_reason as AuditSession['endReason'] }),
    live: row.ended_at === null,
    outputBytes: liveOutput(facts.sessionId) ?? row.output_bytes ?? 0,
    ...(row.shredded_at !== null && { recordingShreddedAt: row.shredded_at }),
    ...holdsOf(row),
    hasRecording: holdsRecording(row),
  }
}

/** An unfinished one has no count yet; a finished one without bytes holds nothing to replay. */
export function holdsRecording({ finished, bytes }: Pick<SessionRow, 'finished' | 'bytes'>): boolean {
  return finished === 0 || (bytes ?? 0) > 0
}

function holdsOf({ session_held, task_held }: SessionRow): Pick<AuditSession, 'holds'> {
  const holds: AuditSession['holds'] = []
  if (session_held === 1) holds.push('session')
  if (task_held === 1) holds.push('task')
  return holds.length === 0 ? {} : { holds }
}
