import { setImmediate as breathe } from 'node:timers/promises'
import type { IntegrityProgress, IntegrityReport } from '../../../contract/integrity.ts'
import { type AuditEventOf, readAuditEvent } from '../ledger/audit-events.ts'
import { firstSignedFormat } from '../ledger/ledger-file.ts'
import type { EventRow, LedgerRows } from '../ledger/ledger-rows.ts'
import type { ChainPosition } from '../ledger/ledger-verification.ts'
import type { RecordingStore } from '../recording/recording-store.ts'
import { ChainCheck } from './chain-check.ts'
import { checkCheckpoints, checkEnd, checkOutside, type NamedKey, type Outside } from './checkpoint-check.ts'
import { keyFingerprint } from './checkpoint-keeper.ts'
import { Findings } from './findings.ts'
import { checkRecording } from './recording-check.ts'
import { RecordingsTold } from './recordings-told.ts'
import type { SignedEnd } from './signed-end.ts'

/** So many events at a time, then whoever records gets a turn: some 5 ms. */
const eventsAtOnce = 250

export interface RecordParts {
  installId: string
  rows: LedgerRows
  store: RecordingStore
  /** Whether the store has the keys, so that each can be tried. */
  hasKeys: boolean
  /** Absent when there is only the record, e.g. a copy on another computer. */
  outside?: Outside | undefined
  /** Where the only writer, when it is this process, knows the chain to end. */
  head?: () => ChainPosition
  /** Epoch milliseconds. */
  now: () => number
  onProgress?: (progress: IntegrityProgress) => void
  /** Ends the check, which then rejects with the signal's reason. */
  signal?: AbortSignal
}

/**
 * Checks a whole record: every event, every checkpoint, every byte of every
 * recording. May run while it is written to, by this process or another one.
 */
export async function checkRecord(parts: RecordParts): Promise<IntegrityReport> {
  const check = new RecordCheck(parts)
  return check.run()
}

class RecordCheck {
  readonly #parts: RecordParts
  readonly #findings = new Findings()
  readonly #chain: ChainCheck
  readonly #recordings = new RecordingsTold()
  readonly #keys: NamedKey[] = []
  /** What the chain says of its format; older ones signed no end. */
  #format = 0
  #bytes = 0

  constructor(parts: RecordParts) {
    this.#parts = parts
    this.#chain = new ChainCheck(parts.installId, this.#findings)
  }

  async run(): Promise<IntegrityReport> {
    const { rows, outside, head, now } = this.#parts
    const at = now()
    let end: SignedEnd | undefined
    try {
      await this.#followChain()
      // In one go with what is compared below, or the writer may have added something in between.
      end = rows.inOneGo(() => {
        for (const row of rows.someEvents(this.#chain.last.seq, -1)) this.#hear(row)
        return rows.signedEnd()
      })
      if (head !== undefined) this.#compareHead(head())
    } catch (thrown) {
      this.#parts.signal?.throwIfAborted()
      this.#unreadable(thrown)
    }
    const parts = { ...this.#parts, last: this.#chain.last, keys: this.#keys, findings: this.#findings }
    const { count: checkpoints, agreed } = checkCheckpoints(parts)
    if (this.#format >= firstSignedFormat) checkEnd(parts, end, agreed)
    if (outside !== undefined) checkOutside(parts, outside)
    const told = this.#recordings.all()
    await this.#checkRecordings()
    return {
      at,
      intact: this.#findings.count === 0,
      events: rows.count(),
      checkpoints,
      recordings: told.length,
      bytes: this.#bytes,
      unfinished: told.filter(({ whole }) => whole === undefined).length,
      ...(typeof outside?.checkpoint === 'object' && {
        outside: { seq: outside.checkpoint.seq, at: outside.checkpoint.at },
      }),
      ...(outside !== undefined && { keyFingerprint: keyFingerprint(outside.publicKey) }),
      findings: this.#findings.kept,
      findingCount: this.#findings.count,
    }
  }

  async #followChain(): Promise<void> {
    const total = this.#parts.rows.count()
    // From below 1 on: somebody may have added an event there.
    let after: number | undefined
    for (;;) {
      this.#parts.signal?.throwIfAborted()
      const stretch = this.#parts.rows.someEvents(after, eventsAtOnce)
      for (const row of stretch) this.#hear(row)
      if (stretch.length < eventsAtOnce) return
      after = stretch.at(-1)?.seq
      const done = Math.min(this.#chain.events, total)
      this.#parts.onProgress?.({ phase: 'events', done, total })
      await breathe()
    }
  }

  #unreadable(thrown: unknown): void {
    const seq = this.#chain.last.seq + 1
    const message = `The ledger cannot be read from event ${seq} on: ${String(thrown)}`
    this.#findings.add({ kind: 'event', message, seq })
  }

  #hear(row: EventRow): void {
    this.#chain.follow(row)
    const event = readAuditEvent(row.body)
    if (event === undefined) return
    this.#recordings.hear(event)
    if ('publicKey' in event && event.publicKey !== undefined)
      this.#keys.push({ seq: row.seq, publicKey: event.publicKey })
    if (event.type === 'ledger.created') this.#hearBeginning(row.seq, event)
    if (event.type === 'schema.migrated') this.#format = Math.max(this.#format, event.to)
    if (event.type === 'record.doubted') {
      const when = new Date(event.at).toISOString()
      const message = `Noted when Porthole started at ${when}: ${event.detail}`
      const seq = event.seq ?? row.seq
      this.#findings.add({ kind: 'doubted', message, seq })
    }
  }

  /** A chain that took the place of another is sound in itself, and yet not all that was written. */
  #hearBeginning(seq: number, { format, replaces }: AuditEventOf<'ledger.created'>): void {
    this.#format = format
    if (replaces === undefined) return
    const { file, reason } = replaces
    const message = `This record begins anew: the one before could not be read and lies in ${file}. ${reason}`
    this.#findings.add({ kind: 'doubted', message, seq })
  }

  #compareHead(head: ChainPosition): void {
    const { last } = this.#chain
    if (last.seq < head.seq) {
      const message = `The last ${head.seq - last.seq} events are missing.`
      this.#findings.add({ kind: 'events-missing', message, seq: last.seq + 1, toSeq: head.seq })
    } else if (last.seq > head.seq) {
      const message = `Event ${head.seq + 1} was not written by this Porthole.`
      this.#findings.add({ kind: 'event', message, seq: head.seq + 1 })
    } else if (Buffer.compare(last.hash, head.hash) !== 0) {
      this.#findings.add({
        kind: 'rewritten',
        message: 'The chain was computed anew.',
        seq: head.seq,
        toSeq: head.seq,
      })
    }
  }

  async #checkRecordings(): Promise<void> {
    const { store, hasKeys, onProgress, signal } = this.#parts
    const told = this.#recordings.all()
    const total = told.reduce((sum, { whole, chunks }) => sum + (whole?.bytes ?? chunkBytes(chunks)), 0)
    const onRead = async (bytes: number) => {
      this.#bytes += bytes
      signal?.throwIfAborted()
      onProgress?.({ phase: 'recordings', done: Math.min(this.#bytes, total), total })
      await breathe()
    }
    for (const recording of told)
      await checkRecording({ store, hasKeys, findings: this.#findings, onRead, signal }, recording)
    await this.#checkUnknown()
  }

  async #checkUnknown(): Promise<void> {
    const { store, rows } = this.#parts
    const stored = await store.list()
    // Sessions that began since the chain was read.
    for (const row of rows.someEvents(this.#chain.last.seq, -1)) {
      const event = readAuditEvent(row.body)
      if (event !== undefined) this.#recordings.hear(event)
    }
    for (const sessionId of stored) {
      if (this.#recordings.has(sessionId)) continue
      const message = 'A recording lies in the folder that no event tells of.'
      this.#findings.add({ kind: 'recording-unknown', message, sessionId })
    }
  }
}

function chunkBytes(chunks: { bytes: number }[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0)
}
