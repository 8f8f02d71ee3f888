import type { ErrorValue } from '../../../contract/errors.ts'
import type { CastLimits } from './asciicast.ts'

/** `loading` until all that is written has been read; `live` while more may come. */
export type ReadingState =
  | { status: 'loading' /** From 0 to 1, where the end is known. */; fraction?: number }
  | { status: 'live' | 'complete' }
  | { status: 'failed'; error: ErrorValue }

export interface RecordingListener {
  /** Text of the recording, cut anywhere. What it throws ends the reading as `failed`. */
  onText: (text: string) => void
  onState: (state: ReadingState) => void
}

/** The reading of one recording, under way from the beginning. */
export interface Reading extends Disposable {
  readonly state: ReadingState
  /** After a failure: goes on where it stopped. */
  retry(): void
}

/** Where a recording comes from. */
export interface RecordingSource {
  read(listener: RecordingListener): Reading
  /** Whose recording it is, where the audit has it. */
  readonly sessionId: string | undefined
  /** For a recording that nobody has bounded while it was written. */
  readonly limits?: CastLimits
}
