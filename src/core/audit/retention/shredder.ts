import type { RetentionSettings } from '../../../contract/retention.ts'
import type { Clock } from '../../clock.ts'
import type { AuditEvent, AuditEventOf } from '../ledger/audit-events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { RecordingStore } from '../recording/recording-store.ts'
import type { SessionIndex } from '../session-index/session-index.ts'
import { dueForShredding } from './due-for-shredding.ts'

interface ShredderParts {
  index: SessionIndex
  ledger: Pick<Ledger, 'entriesOfTypes'>
  store: RecordingStore
  clock: Clock
  /** Takes what was derived from a recording out of the search index. */
  forget: (sessionId: string) => void
  /** Puts an event into the ledger. @throws {PortholeError} when it cannot. */
  note: (event: AuditEvent) => void
}

/**
 * Destroys recordings on purpose. The ledger hears first: a process that is
 * killed in between leaves a file too many, which the next start destroys,
 * never one that is gone without a word.
 */
export class Shredder {
  readonly #parts: ShredderParts

  constructor(parts: ShredderParts) {
    this.#parts = parts
  }

  /** What a crash left half done. */
  async finish(): Promise<void> {
    const stored = new Set(await this.#parts.store.list())
    for (const sessionId of this.#toFinish()) if (stored.has(sessionId)) await this.#destroy(sessionId)
  }

  /** Nothing is destroyed on the word of a stretch of the record that somebody may have written. */
  #toFinish(): string[] {
    const { index, ledger } = this.#parts
    const doubted = ledger.entriesOfTypes('record.doubted').at(-1)?.seq
    if (doubted === undefined) return index.shredded()
    const since = ledger.entriesOfTypes('recording.shredded').filter(({ seq }) => seq > doubted)
    return since.map(({ event }) => event.sessionId)
  }

  /** @returns the sessions whose recordings are gone now */
  async applyRetention(settings: RetentionSettings): Promise<string[]> {
    const { index, clock } = this.#parts
    const due = dueForShredding(index.keptRecordings(), settings, clock.now())
    const gone: string[] = []
    // A hold may be set while the ones before it are destroyed, which then counts.
    for (const sessionId of due) if (await this.shred(sessionId, 'retention')) gone.push(sessionId)
    return gone
  }

  /** @returns whether there was one to destroy: not one that is held or still being written */
  async shred(sessionId: string, cause: AuditEventOf<'recording.shredded'>['cause']): Promise<boolean> {
    const { index, clock, note } = this.#parts
    const recording = index.keptRecordings().find((kept) => kept.sessionId === sessionId)
    if (recording === undefined || recording.isLive || recording.isHeld) return false
    const { taskArn, bytes } = recording
    note({ type: 'recording.shredded', sessionId, taskArn, at: clock.now(), cause, bytes })
    await this.#destroy(sessionId)
    return true
  }

  /** Forgets first, so that a crash in between is finished at the next start; and last, as it may be read meanwhile. */
  async #destroy(sessionId: string): Promise<void> {
    const { store, forget } = this.#parts
    forget(sessionId)
    await store.remove(sessionId)
    forget(sessionId)
  }
}
