import { type ErrorValue, toErrorValue } from '../../../contract/errors.ts'
import type { Clock, CoreClient } from '../../app/core/core-link.ts'
import { CastError } from './asciicast-header.ts'
import type { Reading, ReadingState, RecordingListener, RecordingSource } from './recording-source.ts'

/** A recording is on the disk within 250 ms; a second behind feels live and asks little. */
const askAgainAfterMilliseconds = 1000

interface SessionRecording {
  core: CoreClient
  clock: Clock
  sessionId: string
  taskArn: string
}

export interface RecordingReaderOptions extends SessionRecording, RecordingListener {}

/** The recording of a session, as the audit has it. */
export function sessionSource(recording: SessionRecording): RecordingSource {
  return {
    sessionId: recording.sessionId,
    read: (listener) => new RecordingReader({ ...recording, ...listener }),
  }
}

/**
 * Reads a recording page by page to its end, and on while its session lives:
 * when the core says that something changed, and once a second.
 */
export class RecordingReader implements Reading {
  readonly #options: RecordingReaderOptions
  readonly #listening: Disposable[]
  #offset = 0
  #reading = false
  #askAgain = false
  #timer: Disposable | undefined
  #state: ReadingState = { status: 'loading' }
  #disposed = false

  constructor(options: RecordingReaderOptions) {
    this.#options = options
    const { core, sessionId, taskArn } = options
    this.#listening = [
      core.on('audit.changed', (changed) => {
        if (changed.taskArn === taskArn) this.#readSoon()
      }),
      core.on('session.changed', ({ id }) => {
        if (id === sessionId) this.#readSoon()
      }),
    ]
    void this.#read()
  }

  get state(): ReadingState {
    return this.#state
  }

  retry(): void {
    if (this.#state.status !== 'failed') return
    this.#setState({ status: 'loading' })
    void this.#read()
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#timer?.[Symbol.dispose]()
    for (const listening of this.#listening) listening[Symbol.dispose]()
  }

  #readSoon(): void {
    if (this.#state.status !== 'live' && this.#state.status !== 'loading') return
    if (this.#reading) this.#askAgain = true
    else void this.#read()
  }

  async #read(): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#reading = true
    try {
      do {
        this.#askAgain = false
        await this.#readToEnd()
      } while (this.#askAgain && !this.#disposed && this.#state.status === 'live')
    } finally {
      this.#reading = false
    }
    if (!this.#disposed && this.#state.status === 'live')
      this.#timer = this.#options.clock.after(askAgainAfterMilliseconds, () => void this.#read())
  }

  async #readToEnd(): Promise<void> {
    const { core, sessionId, onText } = this.#options
    while (!this.#disposed) {
      const page = await core.call('audit.recording', { sessionId, offset: this.#offset })
      if (this.#disposed) return
      if (!page.ok) return this.#setState({ status: 'failed', error: page.error })
      const { text, nextOffset, live } = page.value
      try {
        if (text !== '') onText(text)
      } catch (thrown) {
        return this.#setState({ status: 'failed', error: errorOf(thrown) })
      }
      if (nextOffset === undefined || nextOffset <= this.#offset)
        return this.#setState({ status: live ? 'live' : 'complete' })
      this.#offset = nextOffset
    }
  }

  #setState(state: ReadingState): void {
    if (state.status === this.#state.status && state.status !== 'failed') return
    this.#state = state
    this.#options.onState(state)
  }
}

function errorOf(thrown: unknown): ErrorValue {
  if (!(thrown instanceof CastError)) return toErrorValue(thrown)
  const { message, detail } = thrown
  return {
    code: 'INVALID_REQUEST',
    message,
    action: 'The session itself stays in the audit history.',
    retryable: false,
    ...(detail !== undefined && { detail }),
  }
}
