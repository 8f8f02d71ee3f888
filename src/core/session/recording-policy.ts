import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { ContainerRef } from '../../contract/session.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SessionEntry } from './session-entry.ts'

export interface RecordingPolicyOptions {
  audit: Pick<AuditService, 'integrity'>
  /** The setting: a shell that is not recorded must not be open. */
  recordingRequired: () => boolean
  isProduction: (container: ContainerRef) => boolean
}

/** Whether a shell may be there without being recorded. */
export class RecordingPolicy {
  readonly #options: RecordingPolicyOptions

  constructor(options: RecordingPolicyOptions) {
    this.#options = options
  }

  /**
   * A history that could not be opened is tried again with every shell, so that
   * this one is recorded if it can be. Never rejects.
   * @returns why it cannot be
   */
  tryHistory(): Promise<ErrorValue | undefined> {
    return this.#options.audit.integrity().then(() => undefined, toErrorValue)
  }

  /**
   * What cannot be recorded is not asked for.
   * @throws {PortholeError} RECORDING_REQUIRED
   */
  async assertRecordable(history: Promise<ErrorValue | undefined>): Promise<void> {
    if (!this.#options.recordingRequired()) return
    const refusal = this.refusal(await history)
    if (refusal !== undefined) throw new PortholeError(refusal)
  }

  /**
   * Whether nothing may pass until the recording has begun: not where shells
   * have to be recorded, and not in production, where what is missing is asked for.
   */
  holdsUntilRecorded(container: ContainerRef): boolean {
    return this.#options.recordingRequired() || this.#options.isProduction(container)
  }

  /** Why a shell must not be there whose recording has this problem. */
  refusal(problem: ErrorValue | undefined): ErrorValue | undefined {
    if (problem === undefined || !this.#options.recordingRequired()) return undefined
    return recordingRequired(problem)
  }

  /** Why a live shell has to end. */
  breach({ session, isLive }: SessionEntry): ErrorValue | undefined {
    return isLive ? this.refusal(session.recordingProblem) : undefined
  }
}

function recordingRequired(why: ErrorValue): ErrorValue {
  return {
    code: 'RECORDING_REQUIRED',
    message: `Shells have to be recorded here, and this one cannot be. ${why.message}`,
    detail: why.detail,
    action: why.action ?? 'Mend the cause, or change the setting “Open shells only when they are recorded”.',
    retryable: why.retryable,
  }
}
