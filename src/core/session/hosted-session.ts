import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RecorderFactory } from '../audit/audit-service.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { AnswerWatch } from './answer-watch.ts'
import type { ServedStream } from './byte-server.ts'
import type { Engine, EngineEvents, EngineSession } from './engine.ts'
import type { HostedEngineRequest, HostedRecording, HostedSessionEvent } from './session-host-contract.ts'
import { SessionRecording } from './session-recording.ts'
import { SessionStream } from './session-stream.ts'

/**
 * How often typing is reported to core. The idle time of 20 minutes counts from
 * the last key, so what is shown is at most this much too careful.
 */
const inputReportMilliseconds = 5_000

/**
 * Between two signs of life while keep-alive is on: a quarter of the 20 minutes
 * that AWS allows, so that a lost connection in between does not end the session.
 */
export const keepAliveMilliseconds = 5 * 60_000

export interface HostedSessionOptions {
  sessionId: string
  stream: number
  size: TerminalSize
  clock: Clock
  recorders: RecorderFactory
  report: (event: HostedSessionEvent) => void
  credentials: (refusedAccessKeyId?: string) => Promise<RoleCredentials>
}

/** One session in the host: its engine, its recorder and its stream, tied together. */
export class HostedSession implements ServedStream, AsyncDisposable {
  readonly stream: SessionStream
  readonly #options: HostedSessionOptions
  readonly #recording: SessionRecording
  readonly #answers: AnswerWatch
  #engine: EngineSession | undefined
  #wantedRecording: HostedRecording | undefined
  /** Nothing passes yet, in either direction: core has to know first whether it is recorded. */
  #held = false
  #awaitsRecorder = false
  /** What went wrong with the line meanwhile: core hears of it after `ready`. */
  #lineTrouble: LineTrouble | undefined
  /** The engine's session ended while nothing passed. */
  #heldEnding: { reason: EndReason; error: ErrorValue | undefined } | undefined
  #inputReportedAt = Number.NEGATIVE_INFINITY
  #keepingAlive: Disposable | undefined
  #typedAt = Number.NEGATIVE_INFINITY
  #engineTellsOfLine = true
  #isReady = false
  #isInterrupted = false
  #hasEnded = false

  constructor(options: HostedSessionOptions) {
    this.#options = options
    this.stream = new SessionStream({
      stream: options.stream,
      size: options.size,
      startTimer: options.clock.after,
      watchScreen: (terminal) => this.#recording.watch(terminal),
    })
    this.#recording = new SessionRecording({
      ...options,
      stream: this.stream,
      onAccepted: () => {
        if (this.#awaitsRecorder) this.#reportReady()
      },
      onProblem: (error) => {
        if (this.#awaitsRecorder) this.#reportReady(error)
        else options.report({ type: 'recording-problem', error })
      },
    })
    this.#answers = new AnswerWatch(options.clock, {
      silent: () => options.report({ type: 'silent' }),
      longSilent: () => {
        if (!this.#engineTellsOfLine) options.report({ type: 'degraded', error: noAnswer })
      },
      broken: () => options.report({ type: 'recovered' }),
    })
  }

  /**
   * Connects with an engine; again with another one after `not-started`. When
   * it is held, nothing passes in either direction until `letGo`, and `ready`
   * waits for the recorder's word.
   * @throws {PortholeError} INVALID_REQUEST while an engine is at work, and after the end
   */
  start(
    engine: Engine,
    request: HostedEngineRequest,
    { recording, held }: { recording: HostedRecording | undefined; held: boolean },
  ): void {
    if (this.#engine !== undefined || this.#hasEnded)
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: 'This session has been started already.',
      })
    this.#wantedRecording = recording
    this.#held = held
    const { credentials } = this.#options
    this.#engineTellsOfLine = engine.tellsOfLine
    this.#engine = engine.start({ ...request, size: this.stream.size, credentials }, this.#engineEvents())
  }

  /** What was held passes from now on. */
  letGo(): void {
    if (!this.#held || this.#hasEnded) return
    this.#held = false
    this.stream.letGo()
    if (this.#heldEnding !== undefined) this.#ended(this.#heldEnding.reason, this.#heldEnding.error)
  }

  typed(bytes: Uint8Array): void {
    const { clock, report } = this.#options
    // Keys that are held are not sent yet, so nothing can answer them.
    if (!this.#held) this.#recording.typed(bytes)
    if (this.#isReady && !this.#held && !this.#hasEnded) this.#answers.typed()
    const at = clock.now()
    this.#typedAt = at
    if (at - this.#inputReportedAt < inputReportMilliseconds) return
    this.#inputReportedAt = at
    report({ type: 'input', at })
  }

  resized(size: TerminalSize): void {
    this.#recording.resize(size)
    // Until it is ready the stream has no source to tell.
    if (!this.#isReady) this.#engine?.resize(size)
  }

  probe(): void {
    this.#engine?.probe()
  }

  /**
   * Keeps AWS's idle timeout away while nobody types. The recording says so.
   * @throws {PortholeError} INVALID_REQUEST when the engine cannot, or the session is not open
   */
  keepAlive(on: boolean): void {
    if (on === (this.#keepingAlive !== undefined)) return
    if (!on) this.#stopKeepingAlive()
    else if (this.#engine?.keepAlive === undefined || !this.#isReady) throw new PortholeError(noKeepAlive)
    else this.#keepAliveLater(keepAliveMilliseconds)
    this.#recording.marker(on ? 'Keep-alive on' : 'Keep-alive off')
  }

  /**
   * Keeps out of the recording what passes, or lets it in again; markers say so.
   * @throws {PortholeError} INVALID_REQUEST when nothing is recorded
   */
  pauseRecording(on: boolean): void {
    this.#recording.pause(on)
  }

  #keepAliveLater(milliseconds: number): void {
    const { clock, report } = this.#options
    this.#keepingAlive = clock.after(milliseconds, () => {
      const at = clock.now()
      const left = this.#typedAt + keepAliveMilliseconds - at
      if (left > 0) return this.#keepAliveLater(left)
      this.#engine?.keepAlive?.()
      report({ type: 'input', at })
      this.#keepAliveLater(keepAliveMilliseconds)
    })
  }

  #stopKeepingAlive(): void {
    this.#keepingAlive?.[Symbol.dispose]()
    this.#keepingAlive = undefined
  }

  /** Resolves when the session has ended, here and (best effort) at AWS. */
  async close(): Promise<void> {
    if (this.#hasEnded) return
    try {
      if (this.#heldEnding === undefined) await this.#engine?.close()
    } finally {
      this.#ended('closed')
    }
  }

  /** Closes, waits for the recording to be complete and lets the screen go. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close()
    } finally {
      await this.#recording.closed
      this.stream[Symbol.dispose]()
    }
  }

  #engineEvents(): EngineEvents {
    const { clock, report } = this.#options
    return {
      ready: () => this.#ready(),
      encrypted: () => report({ type: 'encrypted' }),
      output: (bytes) => this.#output(bytes),
      degraded: (error) => this.#troubled({ type: 'degraded', error }),
      recovered: () => {
        this.#lineTrouble = undefined
        report({ type: 'recovered' })
      },
      roundTrip: (milliseconds) => report({ type: 'round-trip', milliseconds }),
      reconnecting: (error, retryIn) => {
        if (!this.#isInterrupted) this.#recording.marker('Connection lost')
        this.#isInterrupted = true
        this.#troubled({ type: 'reconnecting', error, retryAt: Math.round(clock.now() + retryIn) })
      },
      reconnected: () => {
        this.#isInterrupted = false
        this.#lineTrouble = undefined
        this.#recording.marker('Connected again')
        report({ type: 'reconnected' })
      },
      ended: (reason, error) => {
        if (reason === 'failed' && error !== undefined && !this.#isReady) this.#notStarted(error)
        else this.#ended(reason, error)
      },
    }
  }

  /** The engine is of no use; the stream and what was typed ahead wait for another. */
  #notStarted(error: ErrorValue): void {
    if (this.#hasEnded) return
    this.#engine = undefined
    this.#options.report({ type: 'not-started', error })
  }

  #ready(): void {
    if (this.#isReady || this.#hasEnded) return
    this.#isReady = true
    if (this.#engine !== undefined) this.stream.connect(this.#engine, { held: this.#held })
    const problem = this.#wantedRecording && this.#recording.start(this.#wantedRecording)
    this.#awaitsRecorder = this.#held && this.#recording.isOn
    if (this.#awaitsRecorder) this.#options.report({ type: 'awaits-recording', on: true })
    else this.#reportReady(problem)
  }

  #troubled(trouble: LineTrouble): void {
    if (this.#awaitsRecorder) this.#lineTrouble = trouble
    else this.#options.report(trouble)
  }

  #reportReady(recordingProblem?: ErrorValue): void {
    this.#awaitsRecorder = false
    if (this.#hasEnded) return
    this.#options.report({
      type: 'ready',
      at: this.#options.clock.now(),
      recording: this.#recording.isOn,
      recordingProblem,
    })
    if (this.#lineTrouble !== undefined) this.#options.report(this.#lineTrouble)
    this.#lineTrouble = undefined
  }

  #output(bytes: Uint8Array): void {
    if (this.#hasEnded) return
    // Output is an answer too, whatever the engine made of it.
    this.#ready()
    this.#answers.answered()
    this.#recording.output(bytes)
    this.stream.output(bytes)
    this.#recording.shown(bytes)
  }

  #ended(reason: EndReason, error?: ErrorValue): void {
    if (this.#hasEnded) return
    // Its last words wait for leave to be shown; whoever closes it does not want them.
    if (this.#held && this.#isReady && reason !== 'closed') {
      this.#heldEnding ??= { reason, error }
      return
    }
    this.#hasEnded = true
    this.#awaitsRecorder = false
    this.#answers[Symbol.dispose]()
    this.#stopKeepingAlive()
    // The session is kept for its screen; its engine keeps buffers that nobody needs any more.
    this.#engine = undefined
    this.stream.end()
    this.#recording.finish()
    this.#options.report({ type: 'ended', at: this.#options.clock.now(), reason, error })
  }
}

type LineTrouble = Extract<HostedSessionEvent, { type: 'degraded' | 'reconnecting' }>

const noAnswer: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'Nothing has come back since the last key.',
  action: 'If no program is at work, open a new shell: the plugin does not notice every lost connection.',
  retryable: true,
}

const noKeepAlive: ErrorValue = {
  code: 'INVALID_REQUEST',
  message: 'This session cannot be kept alive.',
  action: 'Reconnect with the built-in engine: the plugin has no way to do it.',
  retryable: false,
}
