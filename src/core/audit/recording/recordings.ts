import type { CommandOutput, RecordingPage } from '../../../contract/audit.ts'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import { PortholeError } from '../../../contract/errors.ts'
import { errorCode } from '../../files/error-code.ts'
import type { RecordingStart } from '../audit-service.ts'
import { readCommandOutput } from './command-output.ts'
import { readCommands } from './recorded-commands.ts'
import { type ClosedBy, Recorder, type RecorderListener, type RecorderOptions } from './recorder.ts'
import { readRecordingPage } from './recording-pages.ts'

interface RecordingsDependencies extends Pick<RecorderOptions, 'store' | 'clock' | 'note'> {
  /** A recording is complete and can be read to its end. */
  onClosed: () => void
}

/** All recordings of a history: those that are being made, and what can be read of any. */
export class Recordings {
  readonly #dependencies: RecordingsDependencies
  readonly #recorders = new Map<string, Recorder>()

  constructor(dependencies: RecordingsDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws {PortholeError} INVALID_REQUEST when the session is being recorded already */
  start(start: RecordingStart, listener: RecorderListener): Recorder {
    if (this.isLive(start.sessionId)) {
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: 'This session is being recorded already.',
        detail: start.sessionId,
      })
    }
    const { store, clock, note } = this.#dependencies
    const recorder = new Recorder({ start, store, clock, note, listener })
    this.#recorders.set(start.sessionId, recorder)
    return recorder
  }

  /** Closes a recorder of `start`; its recording is live until then. */
  async close(recorder: Recorder, elapsed: number, cause: ClosedBy): Promise<void> {
    await recorder.close(elapsed, cause)
    this.#recorders.delete(recorder.sessionId)
    this.#dependencies.onClosed()
  }

  /** The history is closing. */
  async closeAll(): Promise<void> {
    await Promise.all(
      [...this.#recorders.values()].map((recorder) => this.close(recorder, recorder.lastMoment, 'shutdown')),
    )
  }

  isLive(sessionId: string): boolean {
    return this.#recorders.has(sessionId)
  }

  /** Bytes of output so far; nothing for a session that is not being recorded. */
  liveOutput(sessionId: string): number | undefined {
    return this.#recorders.get(sessionId)?.recordedOutput
  }

  /** @throws {PortholeError} NOT_FOUND without a recording, INVALID_REQUEST for an offset in mid-line */
  async page(sessionId: string, offset: number): Promise<RecordingPage> {
    // Asked before reading: a recording that closes meanwhile is read to its end by the next call.
    const live = this.isLive(sessionId)
    try {
      await using reader = await this.#dependencies.store.open(sessionId)
      return { ...(await readRecordingPage(reader, offset)), live }
    } catch (thrown) {
      if (errorCode(thrown) !== 'ENOENT') throw readingProblem(thrown, sessionId)
      if (live) return { text: '', live }
      throw new PortholeError({
        code: 'NOT_FOUND',
        message: 'There is no recording of this session.',
        detail: sessionId,
      })
    }
  }

  /** @throws {PortholeError} NOT_FOUND without a recording */
  commands(sessionId: string): Promise<CommandEntry[]> {
    return readCommands((offset) => this.page(sessionId, offset))
  }

  /** @throws {PortholeError} NOT_FOUND without a recording, or where that is no command */
  async commandOutput(sessionId: string, index: number): Promise<CommandOutput> {
    const output = await readCommandOutput((offset) => this.page(sessionId, offset), index)
    if (output !== undefined) return output
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: 'There is no such command in this recording.',
      detail: `${sessionId}, ${index}`,
    })
  }
}

function readingProblem(thrown: unknown, sessionId: string): PortholeError {
  if (thrown instanceof PortholeError) return thrown
  return new PortholeError(
    {
      code: 'STORAGE_UNWRITABLE',
      message: 'The recording of this session could not be read.',
      detail: `${sessionId}: ${String(thrown)}`,
      action: 'Check that you may read the audit folder.',
      retryable: true,
    },
    { cause: thrown },
  )
}
