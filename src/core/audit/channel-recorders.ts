import type { Channel, ChannelMessage } from '../../channel/channel.ts'
import { type ErrorValue, errorValueSchema } from '../../contract/errors.ts'
import type { TerminalSize } from '../../contract/session.ts'
import { createListeners } from '../listeners.ts'
import type { RecorderFactory, RecordingStart, SessionRecorder } from './audit-service.ts'
import { decodeRecordingFrame, encodeRecordingFrame, type RecordingFrame } from './recording-frames.ts'

/** The sending end of recordings: numbers them and hands answers to the right one. */
export class ChannelRecorderFactory implements RecorderFactory {
  readonly #channel: Channel
  readonly #now: () => number
  readonly #recorders = new Map<number, ChannelRecorder>()
  #lastNumber = 0
  #closed = false

  constructor(channel: Channel, now: () => number) {
    this.#channel = channel
    this.#now = now
    channel.onMessage((message) => this.#receive(message))
    channel.onClose(() => this.#end())
  }

  start(recording: RecordingStart): SessionRecorder {
    this.#lastNumber += 1
    const number = this.#lastNumber
    const recorder = new ChannelRecorder({
      number,
      start: recording,
      now: this.#now,
      post: (frame) => this.#channel.post(encodeRecordingFrame(frame)),
      onClosed: () => this.#recorders.delete(number),
    })
    this.#recorders.set(number, recorder)
    // Later, so that the caller can listen first.
    if (this.#closed) queueMicrotask(() => recorder.lose())
    return recorder
  }

  #receive(message: ChannelMessage): void {
    if (typeof message === 'string') return
    const frame = decodeRecordingFrame(message)
    this.#recorders.get(frame.recording)?.receive(frame)
  }

  #end(): void {
    this.#closed = true
    for (const recorder of [...this.#recorders.values()]) recorder.lose()
  }
}

interface ChannelRecorderOptions {
  number: number
  start: RecordingStart
  now: () => number
  post: (frame: RecordingFrame) => void
  onClosed: () => void
}

class ChannelRecorder implements SessionRecorder {
  readonly #options: ChannelRecorderOptions
  readonly #startedAt: number
  readonly #drained = createListeners<void>()
  readonly #problem = createListeners<ErrorValue>()
  readonly #closed = Promise.withResolvers<void>()
  #state: 'open' | 'closing' | 'closed' = 'open'
  #pendingBytes = 0

  constructor(options: ChannelRecorderOptions) {
    this.#options = options
    this.#startedAt = options.now()
    options.post({ kind: 'start', recording: options.number, json: JSON.stringify(options.start) })
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  output(bytes: Uint8Array): void {
    if (this.#state !== 'open' || bytes.byteLength === 0) return
    this.#pendingBytes += bytes.byteLength
    this.#options.post({ kind: 'output', ...this.#moment(), bytes })
  }

  resize(size: TerminalSize): void {
    if (this.#state === 'open') this.#options.post({ kind: 'resize', ...this.#moment(), size })
  }

  marker(label: string): void {
    if (this.#state === 'open') this.#options.post({ kind: 'marker', ...this.#moment(), label })
  }

  onDrained(listener: () => void): Disposable {
    return this.#drained.add(listener)
  }

  onProblem(listener: (error: ErrorValue) => void): Disposable {
    return this.#problem.add(listener)
  }

  close(): Promise<void> {
    if (this.#state === 'open') {
      this.#state = 'closing'
      this.#options.post({ kind: 'close', ...this.#moment() })
    }
    return this.#closed.promise
  }

  receive(frame: RecordingFrame): void {
    if (frame.kind === 'written') this.#drain(frame.byteCount)
    else if (frame.kind === 'problem') this.#tellProblem(errorValueSchema.parse(JSON.parse(frame.json)))
    else if (frame.kind === 'closed') this.#end()
  }

  /** The worker is gone: what was on its way is given up, so that the session is not held back for ever. */
  lose(): void {
    if (this.#state === 'closed') return
    this.#tellProblem(workerLost)
    this.#end()
  }

  #end(): void {
    this.#state = 'closed'
    this.#drain(this.#pendingBytes)
    this.#options.onClosed()
    this.#closed.resolve()
  }

  #drain(byteCount: number): void {
    if (byteCount === 0) return
    this.#pendingBytes -= byteCount
    this.#drained.emit()
  }

  #tellProblem(error: ErrorValue): void {
    this.#problem.emit(error)
  }

  #moment(): { recording: number; elapsed: number } {
    return { recording: this.#options.number, elapsed: this.#options.now() - this.#startedAt }
  }
}

const workerLost: ErrorValue = {
  code: 'AUDIT_UNAVAILABLE',
  message: 'The recording ended: the audit history stopped working.',
  action: 'Restart Porthole to record again.',
  retryable: false,
}
