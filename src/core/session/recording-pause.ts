import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { Clock } from '../clock.ts'
import type { SessionEntry } from './session-entry.ts'
import { type SessionHostLine, unwrap } from './session-host-line.ts'

export interface RecordingPauseOptions {
  host: SessionHostLine
  audit: Pick<AuditService, 'note'>
  clock: Clock
}

/** Keeps out of recordings what passes; the history has the gap first. */
export class RecordingPause {
  readonly #options: RecordingPauseOptions

  constructor(options: RecordingPauseOptions) {
    this.#options = options
  }

  /** @throws {PortholeError} INVALID_REQUEST when nothing is recorded, STORAGE_* */
  async begin(entry: SessionEntry, reason?: string): Promise<void> {
    if (!entry.session.recording || !entry.opened) throw new PortholeError(notRecorded)
    if (entry.session.recordingPausedAt !== undefined) return
    const { host, clock } = this.#options
    const at = clock.now()
    await this.#note(entry, 'recording.paused', at, reason?.trim() ? { reason: reason.trim() } : undefined)
    unwrap(await host.callIfRunning('session.pauseRecording', { sessionId: entry.session.id, on: true }))
    entry.change({ type: 'recording-paused', at })
  }

  /** @throws {PortholeError} STORAGE_* when it goes on, but the history could not be told */
  async end(entry: SessionEntry): Promise<void> {
    if (entry.session.recordingPausedAt === undefined) return
    const { host, clock } = this.#options
    unwrap(await host.callIfRunning('session.pauseRecording', { sessionId: entry.session.id, on: false }))
    entry.change({ type: 'recording-resumed' })
    await this.#note(entry, 'recording.resumed', clock.now())
  }

  async #note(
    { session, caller, userName }: SessionEntry,
    activity: 'recording.paused' | 'recording.resumed',
    at: number,
    detail?: Record<string, string>,
  ): Promise<void> {
    await this.#options.audit.note({
      activity,
      at,
      userName,
      principal: caller?.arn,
      taskArn: session.container.taskArn,
      sessionId: session.id,
      detail: { container: session.container.containerName, ...detail },
    })
  }
}

const notRecorded: ErrorValue = {
  code: 'INVALID_REQUEST',
  message: 'This session is not recorded, so there is nothing to pause.',
  retryable: false,
}
