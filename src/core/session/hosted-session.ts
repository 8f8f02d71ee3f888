import { SendWindow } from '../../channel/flow-control.ts'
import { commandMarkerLabel } from '../../contract/command-marker.ts'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RecorderFactory, SessionRecorder } from '../audit/audit-service.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { AnswerWatch } from './answer-watch.ts'
import type { ServedStream } from './byte-server.ts'
import { CommandTracker } from './commands/command-tracker.ts'
import { runsShell } from './commands/runs-shell.ts'
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
  #engine: EngineSession | undefined
  #recording: HostedRecording | undefined
  #recorder: SessionRecorder | undefined
  #recorderWindow: SendWindow | undefined
  /** Finds commands for the recording; without one there is nowhere to keep them. */
  #commands: CommandTracker | undefined
  #recorderClosed: Promise<void> = Promise.resolve()
  #inputReportedAt = Number.NEGATIVE_INFINITY
  readonly #answers: AnswerWatch
  #keepingAlive: Disposable | undefined
  #typedAt = Number.NEGATIVE_INFINITY
  #engineTellsOfLine = true
  #isReady = false
  #recordingPaused = false
  #isInterrupted = false
  #hasEnded = false

  constructor(options: HostedSessionOptions) {
    this.#options = options
    this.stream = new SessionStream({
      stream: options.stream,
      size: options.size,
      startTimer: options.clock.after,
      watchScreen: (terminal) => this.#commands?.watch(terminal),
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
   * Connects with an engine; again with another one after `not-started`.
   * @throws {PortholeError} INVALID_REQUEST while an engine is at work, and after the end
   */
  start(engine: Engine, request: HostedEngineRequest, recording: HostedRecording | undefined): void {
    if (this.#engine !== undefined || this.#hasEnded)
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: 'This session has been started already.',
      })
    this.#recording = recording
    const { credentials } = this.#options
    this.#engineTellsOfLine = engine.tellsOfLine
    this.#engine = engine.start({ ...request, size: this.stream.size, credentials }, this.#engineEvents())
  }

  typed(bytes: Uint8Array): void {
    const { clock, report } = this.#options
    if (!this.#recordingPaused) this.#commands?.typed(bytes)
    if (this.#isReady && !this.#hasEnded) this.#answers.typed()
    const at = clock.now()
    this.#typedAt = at
    if (at - this.#inputReportedAt < inputReportMilliseconds) return
    this.#inputReportedAt = at
    report({ type: 'input', at })
  }

  resized(size: TerminalSize): void {
    this.#recorder?.resize(size)
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
    this.#recorder?.marker(on ? 'Keep-alive on' : 'Keep-alive off')
  }

  /**
   * Keeps out of the recording what passes, or lets it in again; markers say so.
   * @throws {PortholeError} INVALID_REQUEST when nothing is recorded
   */
  pauseRecording(on: boolean): void {
    if (on === this.#recordingPaused) return
    if (this.#recorder === undefined) throw new PortholeError(nothingRecorded)
    if (on) this.#recorder.marker(commandMarkerLabel({ kind: 'pause' }))
    else {
      this.#recorder.marker(commandMarkerLabel({ kind: 'resume' }))
      // What was drawn meanwhile stays out, so a replay goes on with an empty screen and not with an old one.
      this.#recorder.output(emptyScreen)
    }
    this.#recordingPaused = on
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
    const { clock, report } = this.#options
    return {
      ready: () => this.#ready(),
      encrypted: () => report({ type: 'encrypted' }),
      output: (bytes) => this.#output(bytes),
      degraded: (error) => report({ type: 'degraded', error }),
      recovered: () => report({ type: 'recovered' }),
      reconnecting: (error, retryIn) => {
        if (!this.#isInterrupted) this.#recorder?.marker('Connection lost')
        this.#isInterrupted = true
        report({ type: 'reconnecting', error, retryAt: Math.round(clock.now() + retryIn) })
      },
      reconnected: () => {
        this.#isInterrupted = false
        this.#recorder?.marker('Connected again')
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
    if (this.#engine !== undefined) this.stream.connect(this.#engine)
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
    this.#answers.answered()
    if (!this.#recordingPaused) this.#recorder?.output(bytes)
    this.#measureRecorder()
    this.stream.output(bytes)
    if (!this.#recordingPaused) this.#commands?.output(bytes)
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
    this.#commands = this.#trackCommands(this.#recorder, this.#recording.command)
    this.#recorderWindow = new SendWindow(this.stream.recorderHold, recorderMarks)
    this.#recorder.onDrained(() => this.#measureRecorder())
    this.#recorder.onProblem((error) => {
      this.#closeRecorder()
      this.#options.report({ type: 'recording-problem', error })
    })
    return undefined
  }

  #trackCommands(recorder: SessionRecorder, command: string): CommandTracker {
    return new CommandTracker({
      clock: this.#options.clock,
      inspect: (then) => this.stream.inspectScreen(then),
      // The screen goes on, and with it what the tracker sees there.
      mark: (marker) => {
        if (!this.#recordingPaused) recorder.marker(commandMarkerLabel(marker))
      },
      ...(!runsShell(command) && { onlyCommand: command }),
    })
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

  /** The last output may hold the end of a command, and is looked at before the recording closes. */
  #finishRecording(): void {
    const commands = this.#commands
    if (commands === undefined || this.#recorder === undefined) {
      this.#closeRecorder()
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#recorderClosed = promise
    this.stream.inspectScreen(() => {
      commands.end()
      // Replaced by the recorder's own, unless a full disk has closed it meanwhile.
      this.#recorderClosed = Promise.resolve()
      this.#closeRecorder()
      void this.#recorderClosed.then(resolve)
    })
  }

  #ended(reason: EndReason, error?: ErrorValue): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#answers[Symbol.dispose]()
    this.#stopKeepingAlive()
    // The session is kept for its screen; its engine keeps buffers that nobody needs any more.
    this.#engine = undefined
    this.stream.end()
    this.#finishRecording()
    this.#options.report({ type: 'ended', at: this.#options.clock.now(), reason, error })
  }
}

/** All attributes off, the usual buffer, everything gone, the cursor at the top: ECMA-48 and xterm's 1049. */
const emptyScreen = new TextEncoder().encode('\x1b[0m\x1b[?1049l\x1b[2J\x1b[3J\x1b[H')

const nothingRecorded: ErrorValue = {
  code: 'INVALID_REQUEST',
  message: 'This session is not recorded, so there is nothing to pause.',
  retryable: false,
}

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
