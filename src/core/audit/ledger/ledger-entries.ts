import type Database from 'better-sqlite3'
import { type AuditEvent, type AuditEventOf, type AuditEventType, readAuditEvent } from './audit-events.ts'

/** An event with its place in the chain. */
export interface LedgerEntry<Event extends AuditEvent = AuditEvent> {
  seq: number
  recordedAt: number
  event: Event
}

interface StoredEvent {
  seq: number
  ts: number
  body: string
}

/** The events of a ledger as they are meant. Foreign or damaged ones are left out; a check of the chain finds those. */
export class LedgerEntries {
  readonly #database: Database.Database

  constructor(database: Database.Database) {
    this.#database = database
  }

  /** Those after `seq`, in order. */
  after(seq: number): IterableIterator<LedgerEntry> {
    return readEntries(
      this.#database
        .prepare<[number], StoredEvent>('SELECT seq, ts, body FROM audit_event WHERE seq > ? ORDER BY seq')
        .iterate(seq),
    )
  }

  /** Those of one session, in order. */
  ofSession(sessionId: string): IterableIterator<LedgerEntry> {
    return readEntries(
      this.#database
        .prepare<[string], StoredEvent>(
          'SELECT seq, ts, body FROM audit_event WHERE session_id = ? ORDER BY seq',
        )
        .iterate(sessionId),
    )
  }

  /** Those of some kinds, in order. Reads the whole table: not for every moment. */
  ofTypes<Type extends AuditEventType>(types: Type[]): LedgerEntry<AuditEventOf<Type>>[] {
    const rows = this.#database
      .prepare<string[], StoredEvent>(
        `SELECT seq, ts, body FROM audit_event WHERE type IN (${types.map(() => '?').join(', ')}) ORDER BY seq`,
      )
      .iterate(...types)
    const wanted = new Set<string>(types)
    return [...readEntries(rows)].filter(({ event }) => wanted.has(event.type)) as LedgerEntry<
      AuditEventOf<Type>
    >[]
  }
}

function* readEntries(rows: Iterable<StoredEvent>): IterableIterator<LedgerEntry> {
  for (const row of rows) {
    const event = readAuditEvent(row.body)
    if (event !== undefined) yield { seq: row.seq, recordedAt: row.ts, event }
  }
}
