import type { KeyObject } from 'node:crypto'
import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Clock } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import { createListeners } from '../../listeners.ts'
import type { Checkpoint } from '../integrity/checkpoint.ts'
import { publicKeyText } from '../integrity/checkpoint-keeper.ts'
import { type SignedEnd, signEnd } from '../integrity/signed-end.ts'
import type { AuditEvent, AuditEventOf, AuditEventType } from './audit-events.ts'
import { canonicalJson, wellFormed } from './canonical-json.ts'
import { eventHash, genesisHash, hashLength } from './chain.ts'
import { LedgerEntries, type LedgerEntry } from './ledger-entries.ts'
import {
  createLedgerSchema,
  formatVersion,
  isDamage,
  migrateLedgerSchema,
  openLedgerFile,
  setLedgerAside,
  UnreadableLedgerError,
} from './ledger-file.ts'
import { appendProblem, movedProblem, setAsideProblem } from './ledger-problems.ts'
import { LedgerRows } from './ledger-rows.ts'
import { type ChainPosition, type Verification, verifyChain } from './ledger-verification.ts'

export interface LedgerOptions {
  file: string
  /** UUID of this installation; the chain begins with its hash. */
  installId: string
  /** Ed25519: signs where the chain ends; the chain names what checks it. */
  signingKey: KeyObject
  clock: Clock
}

/** Checked at every start: enough to notice a careless edit, quick on any ledger. */
const tailLength = 1000

/**
 * What happened, in order, for good: each event carries the hash of the one
 * before it. One process writes (`acquireWriterLock`), one transaction per event.
 */
export class Ledger implements Disposable {
  /** What a person should know about this ledger: it replaces a damaged one. */
  readonly problem: ErrorValue | undefined
  /** What led to this chain: none before, an earlier format, or a chain that could not be read. */
  readonly beginning: 'continued' | 'new' | 'migrated' | 'replaced'
  /** Where the end of the chain does not follow from what is before it, as found when it was opened. */
  readonly brokenTail: { seq: number; detail: string } | undefined
  /** How far the chain had come before this process added anything. */
  readonly headAtOpening: ChainPosition
  /** What was signed as its end by then. */
  readonly endAtOpening: SignedEnd | undefined
  /** Everything as stored, to be checked. */
  readonly rows: LedgerRows
  readonly #database: Database.Database
  readonly #options: LedgerOptions
  readonly #write: (row: NewRow) => void
  readonly #entries: LedgerEntries
  readonly #appended = createListeners<LedgerEntry>()
  /** Tells the file that is written from another in its place. */
  readonly #inode: number
  #head: ChainPosition

  private constructor(
    database: Database.Database,
    options: LedgerOptions,
    beginning: Ledger['beginning'],
    found: { problem?: ErrorValue | undefined; brokenTail?: Ledger['brokenTail'] } = {},
  ) {
    this.#database = database
    this.#options = options
    this.#inode = statSync(options.file).ino
    this.#write = writerOf(database)
    this.#head = readHead(database) ?? { seq: 0, hash: genesisHash(options.installId) }
    this.headAtOpening = this.#head
    this.rows = new LedgerRows(database)
    this.endAtOpening = this.rows.signedEnd()
    this.#entries = new LedgerEntries(database)
    this.beginning = beginning
    this.problem = found.problem
    this.brokenTail = found.brokenTail
  }

  /**
   * Opens the ledger, or begins one. A file that cannot be read is set aside and
   * a new chain begins with an event that says so.
   * @throws {PortholeError} AUDIT_UNAVAILABLE for a later format, STORAGE_* when it cannot be written
   */
  static open(options: LedgerOptions): Ledger {
    try {
      return Ledger.#openExisting(options)
    } catch (thrown) {
      if (!(thrown instanceof UnreadableLedgerError)) throw thrown
      return Ledger.#replace(options, thrown.message)
    }
  }

  static #openExisting(options: LedgerOptions): Ledger {
    const { database, format } = openLedgerFile(options.file)
    try {
      if (format === undefined) return Ledger.#begin(database, options)
      const brokenTail = findBrokenTail(new LedgerRows(database), options.installId)
      if (format < formatVersion) return Ledger.#migrate(database, options, format, brokenTail)
      return new Ledger(database, options, 'continued', { brokenTail })
    } catch (thrown) {
      database.close()
      throw isDamage(thrown) ? new UnreadableLedgerError(String(thrown), { cause: thrown }) : thrown
    }
  }

  static #replace(options: LedgerOptions, reason: string): Ledger {
    const file = setLedgerAside(options.file, options.clock.now())
    const { database } = openLedgerFile(options.file)
    return Ledger.#begin(database, options, { file, reason })
  }

  /** Rewrites nothing: what was written stays, and an event says that the format changed. */
  static #migrate(
    database: Database.Database,
    options: LedgerOptions,
    from: number,
    brokenTail: Ledger['brokenTail'],
  ): Ledger {
    const migrate = database.transaction(() => {
      migrateLedgerSchema(database, from)
      const ledger = new Ledger(database, options, 'migrated', { brokenTail })
      const publicKey = publicKeyText(options.signingKey)
      ledger.append({ type: 'schema.migrated', at: options.clock.now(), from, to: formatVersion, publicKey })
      return ledger
    })
    return migrate.immediate()
  }

  static #begin(
    database: Database.Database,
    options: LedgerOptions,
    replaces?: { file: string; reason: string },
  ): Ledger {
    const begin = database.transaction(() => {
      createLedgerSchema(database)
      const beginning = replaces === undefined ? 'new' : 'replaced'
      const problem = replaces && setAsideProblem(replaces)
      const ledger = new Ledger(database, options, beginning, { problem })
      ledger.append({
        type: 'ledger.created',
        at: options.clock.now(),
        installId: options.installId,
        format: formatVersion,
        publicKey: publicKeyText(options.signingKey),
        replaces,
      })
      return ledger
    })
    try {
      return begin.immediate()
    } catch (thrown) {
      database.close()
      throw storageProblem(thrown, 'The audit history', options.file)
    }
  }

  /** The installation that an existing ledger says it is from; `undefined` when it cannot be read. */
  static installIdOf(file: string): string | undefined {
    try {
      const { database, format } = openLedgerFile(file)
      try {
        for (const { event } of format === undefined ? [] : new LedgerEntries(database).after(0))
          if (event.type === 'ledger.created') return event.installId
      } finally {
        database.close()
      }
    } catch {
      // `open` says what is wrong with it.
    }
    return undefined
  }

  get installId(): string {
    return this.#options.installId
  }

  /** Called after an event is on the disk. */
  onAppended(listener: (entry: LedgerEntry) => void): Disposable {
    return this.#appended.add(listener)
  }

  /** Where the chain has reached. */
  get head(): ChainPosition {
    return this.#head
  }

  /**
   * Adds an event; it is on the disk when this returns.
   * @throws {PortholeError} STORAGE_FULL, STORAGE_UNWRITABLE, AUDIT_UNAVAILABLE; then nothing was added
   */
  append(event: AuditEvent): LedgerEntry {
    this.#assertInPlace()
    const recordedAt = this.#options.clock.now()
    const sessionId = ('sessionId' in event ? event.sessionId : undefined) ?? null
    const previous = this.#head
    const seq = previous.seq + 1
    const body = canonicalJson(wellFormed({ ...event, recordedAt }))
    const hash = eventHash(seq, previous.hash, Buffer.from(body, 'utf8'))
    try {
      const signature = signEnd(this.installId, { seq, hash }, this.#options.signingKey)
      this.#write({
        seq,
        recordedAt,
        type: event.type,
        sessionId,
        body,
        prev: previous.hash,
        hash,
        signature,
      })
    } catch (thrown) {
      if (!this.#wasWritten({ seq, hash })) throw appendProblem(thrown, this.#options.file)
    }
    this.#head = { seq, hash }
    const entry = { seq, recordedAt, event }
    this.#appended.emit(entry)
    return entry
  }

  /** Keeps a signed checkpoint beside the events. Throws the error of the database. */
  addCheckpoint(checkpoint: Checkpoint): void {
    this.#database
      .prepare('INSERT INTO checkpoint(number, seq, at, hash, signature) VALUES (?, ?, ?, ?, ?)')
      .run(
        checkpoint.number,
        checkpoint.seq,
        checkpoint.at,
        Buffer.from(checkpoint.hash, 'hex'),
        Buffer.from(checkpoint.signature, 'base64'),
      )
  }

  /** Events of some kinds, in order. Reads the whole table: not for every moment. */
  entriesOfTypes<Type extends AuditEventType>(...types: Type[]): LedgerEntry<AuditEventOf<Type>>[] {
    return this.#entries.ofTypes(types)
  }

  /** Events after `seq`, in order. Foreign or damaged ones are left out; `verify` finds those. */
  entries(afterSeq = 0): IterableIterator<LedgerEntry> {
    return this.#entries.after(afterSeq)
  }

  /** All events of one session, in order. */
  entriesOf(sessionId: string): IterableIterator<LedgerEntry> {
    return this.#entries.ofSession(sessionId)
  }

  /** The hash of an event as it is stored, in hexadecimal; `undefined` when there is none. */
  storedHash(seq: number): string | undefined {
    return this.rows.hashOf(seq)?.toString('hex')
  }

  /** Checks the whole chain, up to where this process knows it to reach. */
  verify(): Verification {
    return verifyChain(this.rows, { installId: this.#options.installId, head: this.#head })
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  /** SQLite goes on for ever in a file that was deleted or moved, and says that all is well. */
  #assertInPlace(): void {
    const found = statSync(this.#options.file, { throwIfNoEntry: false })
    if (found?.ino === this.#inode) return
    throw movedProblem(this.#options.file)
  }

  /** A commit can fail after the row reached the disk; writing it again would then fail for ever. */
  #wasWritten(position: ChainPosition): boolean {
    try {
      const head = readHead(this.#database)
      return head?.seq === position.seq && Buffer.compare(head.hash, position.hash) === 0
    } catch {
      return false
    }
  }
}

function readHead(database: Database.Database): ChainPosition | undefined {
  const row = database
    .prepare<[], { seq: number; hash: unknown }>(
      'SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1',
    )
    .get()
  if (row === undefined) return undefined
  if (!Buffer.isBuffer(row.hash) || row.hash.length !== hashLength || row.seq < 1)
    throw new UnreadableLedgerError(`Event ${row.seq} has no hash to continue from.`)
  return { seq: row.seq, hash: row.hash }
}

function findBrokenTail(rows: LedgerRows, installId: string): Ledger['brokenTail'] {
  const result = verifyChain(rows, { installId, after: rows.positionBefore(tailLength) })
  return result.intact ? undefined : { seq: result.seq, detail: result.problem }
}

interface NewRow {
  seq: number
  recordedAt: number
  type: string
  sessionId: string | null
  body: string
  prev: Uint8Array
  hash: Uint8Array
  signature: Uint8Array
}

/** An event and the signed end that it moves, both or neither. */
function writerOf(database: Database.Database): (row: NewRow) => void {
  const insert = database.prepare(
    `INSERT INTO audit_event(seq, ts, type, session_id, body, prev, hash)
     VALUES (@seq, @recordedAt, @type, @sessionId, @body, @prev, @hash)`,
  )
  const setEnd = database.prepare(
    'REPLACE INTO signed_end(id, seq, hash, signature) VALUES (1, @seq, @hash, @signature)',
  )
  return database.transaction((row: NewRow) => {
    // A trigger that somebody put in can have SQLite pass over a row in silence.
    if (insert.run(row).changes !== 1) throw new RowRefusedError()
    setEnd.run(row)
  })
}

/** Named like SQLite's own. */
class RowRefusedError extends Error {
  override readonly name = 'RowRefusedError'
  readonly code = 'SQLITE_CONSTRAINT_TRIGGER'

  constructor() {
    super('The database did not take the event')
  }
}
