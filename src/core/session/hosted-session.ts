import { SendWindow } from '../../channel/flow-control.ts'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RecorderFactory, SessionRecorder } from '../audit/audit-service.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import type { ServedStream } from './byte-server.ts'
import type { Engine, EngineEvents, EngineSession } from './engine.ts'
import type { HostedEngineRequest, HostedRecording, HostedSessionEvent } from './session-host-contract.ts'
import { SessionStream } from './session-stream.ts'

/**
 * Output that a slow disk may owe before the session waits for it. Large enough
 * for a pause of some seconds at a shell's pace, small against memory.
 */
const recorderMarks = { high: 4 * 1024 * 1024, low: 1024 * 1024 }

/**
 * How often typing is reported to core. The idle time of 20 minutes counts from
 * the last key, so what is shown is at most this much too careful.
 */
export const inputReportMilliseconds = 5_000

/**
 * When keys without an answer are worth a question to ECS: a shell echoes within
 * a round trip. Long enough for a bad line, short enough not to type on into a
 * container that is gone.
 */
export const silenceMilliseconds = 2_500

export interface HostedSessionOptions {
  sessionId: string
  stream: number
  size: TerminalSize
  clock: Clock
  recorders: RecorderFactory
  report: (event: HostedSessionEvent) => void
  credentials: () => Promise<RoleCredentials>
}

/** One session in the host: its engine, its recorder and its stream, tied together. */
export class HostedSession implements ServedStream, AsyncDisposable {
  readonly stream: SessionStream
  readonly #options: HostedSessionOptions
  #engine: EngineSession | undefined
  #recording: HostedRecording | undefined
  #recorder: SessionRecorder | undefined
  #recorderWindow: SendWindow | undefined
  #recorderClosed: Promise<void> = Promise.resolve()
  #inputReportedAt = Number.NEGATIVE_INFINITY
  /** Runs, or has run out, since keys were typed that nothing has answered. */
  #silence: Disposable | undefined
  #isReady = false
  #hasEnded = false

  constructor(options: HostedSessionOptions) {
    this.#options = options
    this.stream = new SessionStream({
      stream: options.stream,
      size: options.size,
      startTimer: options.clock.after,
    })
  }

  /** @throws {PortholeError} INVALID_REQUEST when it was started before or has ended */
  start(engine: Engine, request: HostedEngineRequest, recording: HostedRecording | undefined): void {
    if (this.#engine !== undefined || this.#hasEnded)
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: 'A session can be started only once.',
      })
    this.#recording = recording
    const { credentials } = this.#options
    const session = engine.start({ ...request, size: this.stream.size, credentials }, this.#engineEvents())
    if (this.#hasEnded) return
    this.#engine = session
    this.stream.connect(session)
  }

  typed(): void {
    const { clock, report } = this.#options
    if (this.#isReady && !this.#hasEnded)
      this.#silence ??= clock.after(silenceMilliseconds, () => report({ type: 'silent' }))
    const at = clock.now()
    if (at - this.#inputReportedAt < inputReportMilliseconds) return
    this.#inputReportedAt = at
    report({ type: 'input', at })
  }

  resized(size: TerminalSize): void {
    this.#recorder?.resize(size)
  }

  /** Resolves when the session has ended, here and (best effort) at AWS. */
  async close(): Promise<void> {
    if (this.#hasEnded) return
    try {
      await this.#engine?.close()
    } finally {
      this.#ended('closed')
    }
  }

  /** Closes, waits for the recording to be complete and lets the screen go. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close()
    } finally {
      await this.#recorderClosed
      this.stream[Symbol.dispose]()
    }
  }

  #engineEvents(): EngineEvents {
    const { report } = this.#options
    return {
      ready: () => this.#ready(),
      encrypted: () => report({ type: 'encrypted' }),
      output: (bytes) => this.#output(bytes),
      reconnecting: (error) => {
        this.#recorder?.marker('Connection lost')
        report({ type: 'reconnecting', error })
      },
      reconnected: () => {
        this.#recorder?.marker('Connected again')
        report({ type: 'reconnected' })
      },
      ended: (reason, error) => this.#ended(reason, error),
    }
  }

  #ready(): void {
    if (this.#isReady || this.#hasEnded) return
    this.#isReady = true
    const recordingProblem = this.#startRecorder()
    this.#options.report({
      type: 'ready',
      at: this.#options.clock.now(),
      recording: this.#recorder !== undefined,
      recordingProblem,
    })
  }

  #output(bytes: Uint8Array): void {
    if (this.#hasEnded) return
    // Output is an answer too, whatever the engine made of it.
    this.#ready()
    this.#breakSilence()
    this.#recorder?.output(bytes)
    this.#measureRecorder()
    this.stream.output(bytes)
  }

  /** @returns why nothing is recorded, when a recording was wanted */
  #startRecorder(): ErrorValue | undefined {
    if (this.#recording === undefined) return undefined
    const { recorders, sessionId, clock } = this.#options
    try {
      this.#recorder = recorders.start({
        ...this.#recording,
        sessionId,
        size: this.stream.size,
        startedAt: clock.now(),
      })
    } catch (thrown) {
      return toErrorValue(thrown)
    }
    this.#recorderWindow = new SendWindow(this.stream.recorderHold, recorderMarks)
    this.#recorder.onDrained(() => this.#measureRecorder())
    this.#recorder.onProblem((error) => {
      this.#closeRecorder()
      this.#options.report({ type: 'recording-problem', error })
    })
    return undefined
  }

  #measureRecorder(): void {
    if (this.#recorder !== undefined) this.#recorderWindow?.measured(this.#recorder.pendingBytes)
  }

  #closeRecorder(): void {
    const recorder = this.#recorder
    if (recorder === undefined) return
    this.#recorder = undefined
    this.#recorderWindow?.reset()
    this.#recorderClosed = recorder
      .close()
      .catch((thrown) => this.#options.report({ type: 'recording-problem', error: toErrorValue(thrown) }))
  }

  #breakSilence(): void {
    this.#silence?.[Symbol.dispose]()
    this.#silence = undefined
  }

  #ended(reason: EndReason, error?: ErrorValue): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#breakSilence()
    // The session is kept for its screen; its engine keeps buffers that nobody needs any more.
    this.#engine = undefined
    this.stream.end()
    this.#closeRecorder()
    this.#options.report({ type: 'ended', at: this.#options.clock.now(), reason, error })
  }
}
