import type { AuditEvent } from '../ledger/audit-events.ts'

/** A stretch of a recording and its digest, as stored. */
export interface ProvenStretch {
  offset: number
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

/** What the ledger says of one recording. */
export interface ToldRecording {
  sessionId: string
  chunks: ProvenStretch[]
  /** Of the whole; absent while it is written. */
  whole: { bytes: number; sha256: string } | undefined
  /** Destroyed on purpose: that it is not there is right. */
  isShredded: boolean
}

/** Gathers what events say of recordings. The first end counts: a second recording of a session is refused. */
export class RecordingsTold {
  readonly #recordings = new Map<string, ToldRecording>()

  hear(event: AuditEvent): void {
    switch (event.type) {
      case 'recording.start':
        this.#of(event.sessionId)
        break
      case 'recording.chunk':
        this.#of(event.sessionId).chunks.push(event)
        break
      case 'recording.shredded':
        this.#of(event.sessionId).isShredded = true
        break
      case 'recording.closed':
      case 'recording.recovered':
      case 'recording.failed':
        this.#of(event.sessionId).whole ??= { bytes: event.bytes, sha256: event.sha256 }
        break
    }
  }

  has(sessionId: string): boolean {
    return this.#recordings.has(sessionId)
  }

  all(): ToldRecording[] {
    return [...this.#recordings.values()]
  }

  #of(sessionId: string): ToldRecording {
    const known = this.#recordings.get(sessionId)
    if (known !== undefined) return known
    const recording: ToldRecording = { sessionId, chunks: [], whole: undefined, isShredded: false }
    this.#recordings.set(sessionId, recording)
    return recording
  }
}
