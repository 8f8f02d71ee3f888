import { SendWindow } from '../../channel/flow-control.ts'
import { commandMarkerLabel } from '../../contract/command-marker.ts'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { TerminalSize } from '../../contract/session.ts'
import type { RecorderFactory, SessionRecorder } from '../audit/audit-service.ts'
import type { Clock } from '../clock.ts'
import { CommandTracker } from './commands/command-tracker.ts'
import { runsShell } from './commands/runs-shell.ts'
import type { WatchScreen } from './screen-replica.ts'
import type { HostedRecording } from './session-host-contract.ts'
import type { SessionStream } from './session-stream.ts'

/**
 * Output that a slow disk may owe before the session waits for it. Large enough
 * for a pause of some seconds at a shell's pace, small against memory.
 */
const recorderMarks = { high: 4 * 1024 * 1024, low: 1024 * 1024 }

export interface SessionRecordingOptions {
  sessionId: string
  clock: Clock
  recorders: RecorderFactory
  stream: Pick<SessionStream, 'size' | 'inspectScreen' | 'recorderHold'>
  /** It has begun; never when there was a problem before. */
  onAccepted: () => void
  /** The recording ended early, or could not be completed. */
  onProblem: (error: ErrorValue) => void
}

/** What is kept of one session: its recorder, and the commands found for it on the screen. */
export class SessionRecording {
  readonly #options: SessionRecordingOptions
  #recorder: SessionRecorder | undefined
  #window: SendWindow | undefined
  /** Finds commands for the recording; without one there is nowhere to keep them. */
  #commands: CommandTracker | undefined
  #closed: Promise<void> = Promise.resolve()
  #paused = false

  constructor(options: SessionRecordingOptions) {
    this.#options = options
  }

  get isOn(): boolean {
    return this.#recorder !== undefined
  }

  /** Resolves when the recording is complete, as far as it has been finished. Never rejects. */
  get closed(): Promise<void> {
    return this.#closed
  }

  /** @returns why nothing is recorded */
  start(recording: HostedRecording): ErrorValue | undefined {
    const { recorders, sessionId, clock, stream, onAccepted, onProblem } = this.#options
    let recorder: SessionRecorder
    try {
      recorder = recorders.start({ ...recording, sessionId, size: stream.size, startedAt: clock.now() })
    } catch (thrown) {
      return toErrorValue(thrown)
    }
    this.#recorder = recorder
    this.#commands = this.#trackCommands(recorder, recording.command)
    this.#window = new SendWindow(stream.recorderHold, recorderMarks)
    recorder.onAccepted(onAccepted)
    recorder.onDrained(() => this.#measure())
    recorder.onProblem((error) => {
      this.#close()
      onProblem(error)
    })
    return undefined
  }

  /** To be called with the terminal of the screen, before it parses anything. */
  readonly watch: WatchScreen = (terminal) => this.#commands?.watch(terminal)

  /** Before the screen has it. */
  output(bytes: Uint8Array): void {
    if (!this.#paused) this.#recorder?.output(bytes)
    this.#measure()
  }

  /** After the screen has it: commands are found there. */
  shown(bytes: Uint8Array): void {
    if (!this.#paused) this.#commands?.output(bytes)
  }

  typed(bytes: Uint8Array): void {
    if (!this.#paused) this.#commands?.typed(bytes)
  }

  resize(size: TerminalSize): void {
    this.#recorder?.resize(size)
  }

  marker(label: string): void {
    this.#recorder?.marker(label)
  }

  /**
   * Keeps out what passes, or lets it in again; markers say so.
   * @throws {PortholeError} INVALID_REQUEST when nothing is recorded
   */
  pause(on: boolean): void {
    if (on === this.#paused) return
    if (this.#recorder === undefined) throw new PortholeError(nothingRecorded)
    if (on) this.#recorder.marker(commandMarkerLabel({ kind: 'pause' }))
    else {
      this.#recorder.marker(commandMarkerLabel({ kind: 'resume' }))
      // What was drawn meanwhile stays out, so a replay goes on with an empty screen and not with an old one.
      this.#recorder.output(emptyScreen)
    }
    this.#paused = on
  }

  /** The last output may hold the end of a command, and is looked at before the recording closes. */
  finish(): void {
    const commands = this.#commands
    if (commands === undefined || this.#recorder === undefined) {
      this.#close()
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#closed = promise
    this.#options.stream.inspectScreen(() => {
      commands.end()
      // Replaced by the recorder's own, unless a full disk has closed it meanwhile.
      this.#closed = Promise.resolve()
      this.#close()
      void this.#closed.then(resolve)
    })
  }

  #trackCommands(recorder: SessionRecorder, command: string): CommandTracker {
    return new CommandTracker({
      clock: this.#options.clock,
      inspect: (then) => this.#options.stream.inspectScreen(then),
      // The screen goes on, and with it what the tracker sees there.
      mark: (marker) => {
        if (!this.#paused) recorder.marker(commandMarkerLabel(marker))
      },
      ...(!runsShell(command) && { onlyCommand: command }),
    })
  }

  #measure(): void {
    if (this.#recorder !== undefined) this.#window?.measured(this.#recorder.pendingBytes)
  }

  #close(): void {
    const recorder = this.#recorder
    if (recorder === undefined) return
    this.#recorder = undefined
    this.#window?.reset()
    this.#closed = recorder.close().catch((thrown) => this.#options.onProblem(toErrorValue(thrown)))
  }
}

/** All attributes off, the usual buffer, everything gone, the cursor at the top: ECMA-48 and xterm's 1049. */
const emptyScreen = new TextEncoder().encode('\x1b[0m\x1b[?1049l\x1b[2J\x1b[3J\x1b[H')

const nothingRecorded: ErrorValue = {
  code: 'INVALID_REQUEST',
  message: 'This session is not recorded, so there is nothing to pause.',
  retryable: false,
}
