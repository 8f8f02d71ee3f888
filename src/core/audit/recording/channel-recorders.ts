import type { Channel, ChannelMessage } from '../../../channel/channel.ts'
import { type ErrorValue, errorValueSchema } from '../../../contract/errors.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import { systemClock } from '../../clock.ts'
import { createListeners } from '../../listeners.ts'
import type { RecorderFactory, RecordingStart, SessionRecorder } from '../audit-service.ts'
import { decodeRecordingFrame, encodeRecordingFrame, type RecordingFrame } from './recording-frames.ts'

/**
 * A flood comes in thousands of small pieces, and each message costs both ends
 * more than the bytes in it. What is shown within so short a time is one picture
 * to the eye, and leaves most of the 250 ms to the way and the disk.
 */
const batchMilliseconds = 20
const batchBytes = 64 * 1024

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
  readonly #accepted = createListeners<void>()
  readonly #drained = createListeners<void>()
  readonly #problem = createListeners<ErrorValue>()
  readonly #closed = Promise.withResolvers<void>()
  /** Output that waits for more; made with the first. */
  #batch: Uint8Array | undefined
  #batchedBytes = 0
  #batchMoment = 0
  #batchTimer: Disposable | undefined
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
    if (this.#batchedBytes + bytes.byteLength > batchBytes) this.#postBatch()
    if (bytes.byteLength >= batchBytes) this.#options.post({ kind: 'output', ...this.#moment(), bytes })
    else this.#gather(bytes)
  }

  resize(size: TerminalSize): void {
    if (this.#state !== 'open') return
    this.#postBatch()
    this.#options.post({ kind: 'resize', ...this.#moment(), size })
  }

  marker(label: string): void {
    if (this.#state !== 'open') return
    this.#postBatch()
    this.#options.post({ kind: 'marker', ...this.#moment(), label })
  }

  onAccepted(listener: () => void): Disposable {
    return this.#accepted.add(listener)
  }

  onDrained(listener: () => void): Disposable {
    return this.#drained.add(listener)
  }

  onProblem(listener: (error: ErrorValue) => void): Disposable {
    return this.#problem.add(listener)
  }

  close(): Promise<void> {
    if (this.#state === 'open') {
      this.#postBatch()
      this.#state = 'closing'
      this.#options.post({ kind: 'close', ...this.#moment() })
    }
    return this.#closed.promise
  }

  receive(frame: RecordingFrame): void {
    if (frame.kind === 'accepted') this.#accepted.emit()
    else if (frame.kind === 'written') this.#drain(frame.byteCount)
    else if (frame.kind === 'problem') this.#tellProblem(errorValueSchema.parse(JSON.parse(frame.json)))
    else if (frame.kind === 'closed') this.#end()
  }

  /** The worker is gone: what was on its way is given up, so that the session is not held back for ever. */
  lose(): void {
    if (this.#state === 'closed') return
    this.#tellProblem(workerLost)
    this.#end()
  }

  /** Output has the time of the first piece in its batch. */
  #gather(bytes: Uint8Array): void {
    if (this.#batchedBytes === 0) {
      this.#batchMoment = this.#moment().elapsed
      this.#batchTimer = systemClock.after(batchMilliseconds, () => this.#postBatch())
    }
    this.#batch ??= new Uint8Array(batchBytes)
    this.#batch.set(bytes, this.#batchedBytes)
    this.#batchedBytes += bytes.byteLength
  }

  #postBatch(): void {
    const bytes = this.#batch?.subarray(0, this.#batchedBytes)
    this.#dropBatch()
    if (bytes === undefined || bytes.byteLength === 0) return
    // The frame is a copy, so that the batch can be filled again at once.
    const { number: recording } = this.#options
    this.#options.post({ kind: 'output', recording, elapsed: this.#batchMoment, bytes })
  }

  #dropBatch(): void {
    this.#batchTimer?.[Symbol.dispose]()
    this.#batchTimer = undefined
    this.#batchedBytes = 0
  }

  #end(): void {
    this.#state = 'closed'
    this.#dropBatch()
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
