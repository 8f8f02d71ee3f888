import type Database from 'better-sqlite3'
import type { SignedEnd } from '../integrity/signed-end.ts'

/** An event exactly as it is stored; what somebody changed may hold any kind of value. */
export interface EventRow {
  seq: number
  ts: number
  type: Buffer
  sessionId: Buffer | null
  body: Buffer
  prev: Buffer
  hash: Buffer
}

/** A checkpoint as it is stored. */
export interface CheckpointRow {
  number: number
  seq: number
  at: number
  hash: Buffer
  signature: Buffer
}

/**
 * What a ledger's database holds, byte for byte, for whoever checks or exports
 * it: also a copy, or one that another process writes to.
 */
export class LedgerRows {
  readonly #database: Database.Database

  constructor(database: Database.Database) {
    this.#database = database
  }

  /**
   * Events in order; the first one lies after `afterSeq` when that is given.
   *
   * Text is read as bytes: as strings, two different spellings of broken UTF-8
   * would look the same, and a change from one to the other would pass.
   */
  events(afterSeq: number | undefined): IterableIterator<EventRow> {
    const bound = afterSeq === undefined ? '' : 'WHERE seq > ?'
    const statement = this.#database.prepare<unknown[], EventRow>(`${eventColumns} ${bound} ORDER BY seq`)
    return afterSeq === undefined ? statement.iterate() : statement.iterate(afterSeq)
  }

  /** A stretch of them, for who must not hold up the writer. */
  someEvents(afterSeq: number | undefined, count: number): EventRow[] {
    const bound = afterSeq === undefined ? '' : 'WHERE seq > ?'
    const statement = this.#database.prepare<unknown[], EventRow>(
      `${eventColumns} ${bound} ORDER BY seq LIMIT ?`,
    )
    return afterSeq === undefined ? statement.all(count) : statement.all(afterSeq, count)
  }

  /** By their numbers. None in a ledger of format 1, which had no such table. */
  checkpoints(): CheckpointRow[] {
    if (!this.#hasTable('checkpoint')) return []
    return this.#database
      .prepare<[], CheckpointRow>('SELECT number, seq, at, hash, signature FROM checkpoint ORDER BY number')
      .all()
  }

  /** Whatever is stored as the end; `undefined` when nothing is, as before format 3. */
  signedEnd(): SignedEnd | undefined {
    if (!this.#hasTable('signed_end')) return undefined
    return this.#database
      .prepare<[], SignedEnd>('SELECT seq, hash, signature FROM signed_end ORDER BY id LIMIT 1')
      .get()
  }

  /** What is read in `read` belongs together, also while another process writes. */
  inOneGo<Value>(read: () => Value): Value {
    return this.#database.transaction(read)()
  }

  /** How many there are. */
  count(): number {
    return (this.#database.prepare('SELECT count(*) FROM audit_event').pluck().get() as number) ?? 0
  }

  /** The event before the last `count` ones; `undefined` in a chain that is not longer. */
  positionBefore(count: number): { seq: number; hash: Buffer } | undefined {
    return this.#database
      .prepare<[number], { seq: number; hash: Buffer }>(
        `SELECT seq, hash FROM audit_event
         WHERE seq <= (SELECT max(seq) FROM audit_event) - ? ORDER BY seq DESC LIMIT 1`,
      )
      .get(count)
  }

  hashOf(seq: number): Buffer | undefined {
    const hash = this.#database.prepare('SELECT hash FROM audit_event WHERE seq = ?').pluck().get(seq)
    return Buffer.isBuffer(hash) ? hash : undefined
  }

  #hasTable(name: string): boolean {
    return (
      this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
      undefined
    )
  }
}

const eventColumns = `SELECT seq, ts, CAST(type AS BLOB) AS type, CAST(session_id AS BLOB) AS sessionId,
                             CAST(body AS BLOB) AS body, prev, hash FROM audit_event`
