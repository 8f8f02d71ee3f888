import type { AuditRefusal, AuditSession } from '../../../contract/audit.ts'

/** What a search index is made from. */
export interface SearchSources {
  /** Grows with everything that is added to the ledger. */
  head(): number
  /** Sessions that began after this place in the ledger. */
  sessionsAfter(seq: number): { seq: number; session: AuditSession }[]
  session(sessionId: string): AuditSession | undefined
  /** Attempts at a shell that came to nothing after this place, oldest first. */
  refusalsAfter(seq: number): { seq: number; refusal: AuditRefusal }[]
  /** As `readRecordingPage`. Rejects when there is no recording, or none that can be read. */
  read(sessionId: string, offset: number): Promise<{ text: string; nextOffset?: number }>
  isRecording(sessionId: string): boolean
}
