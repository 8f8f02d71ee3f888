import type { ErrorValue } from '../../../contract/errors.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import type { Clock } from '../../clock.ts'
import { storageProblem } from '../../files/storage-problem.ts'
import type { RecordingStart } from '../audit-service.ts'
import type { AuditEvent, AuditEventOf } from '../ledger/audit-events.ts'
import { AsciicastEncoder } from './asciicast.ts'
import { emptyDigest, type RecordingStore, type RecordingWriter } from './recording-store.ts'

/**
 * How long output waits for more before it is written. The promise is 250 ms
 * from the screen to the disk; the rest is for the batch on the way here (20 ms) and for a late timer.
 */
const flushAfterMilliseconds = 130

/** Written at once when this much waits, in characters of the recording. */
const flushLength = 16 * 1024

/** The most that a loss of power can cost. */
const syncEveryMilliseconds = 1000

/** How much of a live recording the ledger does not vouch for yet. */
const chunkBytes = 1024 * 1024
const chunkMilliseconds = 60_000

export type ClosedBy = AuditEventOf<'recording.closed'>['cause']

export interface RecorderListener {
  /** The recording has begun: its file is on the disk, and the ledger knows. At most once, and never after `failed`. */
  accepted(): void
  /** So many bytes of output are on the disk, or given up after a problem. */
  written(outputBytes: number): void
  /** The recording ended early. At most once. */
  failed(error: ErrorValue): void
}

export interface RecorderOptions {
  start: RecordingStart
  store: RecordingStore
  /** Puts an event into the ledger. @throws {PortholeError} when it cannot. */
  note: (event: AuditEvent) => void
  clock: Clock
  listener: RecorderListener
}

/**
 * Writes one recording: lines gather for a moment, then go to the store; the
 * ledger gets a hash of each chunk and of the whole. Every time is given by the
 * caller, in milliseconds since the recording began, because the way here takes time.
 *
 * When the store fails, the recording ends, the ledger and the listener are
 * told, and what still comes is counted as written: the session goes on.
 */
export class Recorder {
  readonly sessionId: string
  readonly #options: RecorderOptions
  readonly #encoder = new AsciicastEncoder()

  #writer: RecordingWriter | undefined
  #state: 'open' | 'closing' | 'failed' | 'closed' = 'open'
  #closing: Promise<void> | undefined

  /** Lines that wait to be written, and the output bytes they stand for. */
  #waiting = ''
  #waitingOutput = 0
  #events = 0
  #recordedOutput = 0
  #lastMoment = 0

  #flushTimer: Disposable | undefined
  #syncTimer: Disposable | undefined
  #chunkTimer: Disposable | undefined
  /** The store's calls run one after another on this chain, which never rejects. */
  #work: Promise<void>
  #flushScheduled = false
  #lengthAtLastChunk = 0
  /** Kept until the ledger takes it: a full disk may refuse the ledger too. */
  #unnoted: AuditEvent | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
    this.sessionId = options.start.sessionId
    this.#waiting = this.#encoder.header(options.start)
    this.#work = this.#begin()
    this.#flush()
    void this.#enqueue(() => this.#accept())
    this.#armChunkTimer()
  }

  /** Bytes of terminal output that are in the recording. */
  get recordedOutput(): number {
    return this.#recordedOutput
  }

  get taskArn(): string {
    return this.#options.start.container.taskArn
  }

  /** Time of the latest event, for whoever has to close without word from the session. */
  get lastMoment(): number {
    return this.#lastMoment
  }

  output(elapsed: number, bytes: Uint8Array): void {
    if (this.#state !== 'open') {
      this.#options.listener.written(bytes.byteLength)
      return
    }
    this.#waitingOutput += bytes.byteLength
    this.#add(elapsed, this.#encoder.output(elapsed, bytes))
  }

  resize(elapsed: number, size: TerminalSize): void {
    if (this.#state === 'open') this.#add(elapsed, this.#encoder.resize(elapsed, size))
  }

  marker(elapsed: number, label: string): void {
    if (this.#state === 'open') this.#add(elapsed, this.#encoder.marker(elapsed, label))
  }

  /**
   * Resolves when the file is complete and its digest is in the ledger, or when
   * the listener has heard of the problem. Never rejects.
   */
  close(elapsed: number, cause: ClosedBy): Promise<void> {
    this.#closing ??= this.#finish(elapsed, cause)
    return this.#closing
  }

  async #finish(elapsed: number, cause: ClosedBy): Promise<void> {
    if (this.#state === 'open') {
      this.#add(elapsed, this.#encoder.flush(elapsed))
      this.#state = 'closing'
    }
    this.#flush()
    await this.#enqueue(() => this.#closeWriter(cause))
    this.#disarm()
    this.#noteAgain()
  }

  async #begin(): Promise<void> {
    const { start, store } = this.#options
    try {
      // Noted first: a process killed in between must not leave a file that no event tells of.
      this.#note({ type: 'recording.start', ...this.#place(), size: start.size })
      this.#writer = await store.create(start.sessionId)
    } catch (thrown) {
      await this.#fail(thrown)
    }
  }

  /** Synced first: a disk may take bytes and say only then that it has no room for them. */
  async #accept(): Promise<void> {
    await this.#sync()
    if (this.#writer !== undefined) this.#options.listener.accepted()
  }

  #add(elapsed: number, lines: string): void {
    this.#lastMoment = elapsed
    this.#waiting += lines
    this.#events += countLines(lines)
    if (this.#waiting.length >= flushLength) this.#flush()
    else this.#flushTimer ??= this.#options.clock.after(flushAfterMilliseconds, () => this.#flush())
  }

  #flush(): void {
    this.#flushTimer?.[Symbol.dispose]()
    this.#flushTimer = undefined
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    void this.#enqueue(() => {
      this.#flushScheduled = false
      return this.#writeWaiting()
    })
  }

  async #writeWaiting(): Promise<void> {
    const lines = Buffer.from(this.#waiting, 'utf8')
    const outputBytes = this.#waitingOutput
    this.#waiting = ''
    this.#waitingOutput = 0
    if (this.#writer !== undefined) await this.#write(this.#writer, lines, outputBytes)
    if (outputBytes > 0) this.#options.listener.written(outputBytes)
  }

  async #write(writer: RecordingWriter, lines: Uint8Array, outputBytes: number): Promise<void> {
    try {
      if (lines.byteLength > 0) await writer.append(lines)
      this.#recordedOutput += outputBytes
      this.#armSyncTimer()
      if (writer.total().bytes - this.#lengthAtLastChunk >= chunkBytes) await this.#noteChunk()
    } catch (thrown) {
      await this.#fail(thrown)
    }
  }

  async #sync(): Promise<void> {
    try {
      await this.#writer?.sync()
    } catch (thrown) {
      await this.#fail(thrown)
    }
  }

  /** Synced first: the ledger must not vouch for bytes that a loss of power takes. */
  async #noteChunk(): Promise<void> {
    const writer = this.#writer
    if (writer === undefined || writer.total().bytes === this.#lengthAtLastChunk) return
    try {
      await writer.sync()
      const chunk = writer.takeChunk()
      this.#lengthAtLastChunk = chunk.offset + chunk.bytes
      this.#note({ type: 'recording.chunk', ...this.#place(), ...chunk, outputBytes: this.#recordedOutput })
    } catch (thrown) {
      await this.#fail(thrown)
    }
  }

  async #closeWriter(cause: ClosedBy): Promise<void> {
    const writer = this.#writer
    if (writer === undefined) return
    try {
      await writer.close()
      this.#note({
        type: 'recording.closed',
        ...this.#place(),
        ...this.#totals(writer),
        events: this.#events,
        cause,
      })
      this.#writer = undefined
      this.#state = 'closed'
    } catch (thrown) {
      await this.#fail(thrown)
    }
  }

  async #fail(thrown: unknown): Promise<void> {
    if (this.#state === 'failed') return
    this.#state = 'failed'
    this.#disarm()
    const error = storageProblem(thrown, 'The recording', 'the audit folder').value
    const writer = this.#writer
    this.#writer = undefined
    // The failure is known already; a second one on the way out says nothing new.
    await writer?.close().catch(() => {})
    this.#unnoted = { type: 'recording.failed', ...this.#place(), ...this.#totals(writer), error }
    this.#noteAgain()
    this.#options.listener.failed(error)
  }

  #note(event: AuditEvent): void {
    this.#options.note(event)
  }

  #noteAgain(): void {
    if (this.#unnoted === undefined) return
    try {
      this.#options.note(this.#unnoted)
      this.#unnoted = undefined
    } catch {
      // Tried once more at close. After that the next start finds the recording unfinished and says so.
    }
  }

  #totals(writer: RecordingWriter | undefined): { bytes: number; sha256: string; outputBytes: number } {
    return { ...(writer?.total() ?? emptyDigest), outputBytes: this.#recordedOutput }
  }

  #place(): { sessionId: string; taskArn: string; at: number } {
    return { sessionId: this.sessionId, taskArn: this.taskArn, at: this.#options.clock.now() }
  }

  #enqueue(job: () => Promise<void> | void): Promise<void> {
    this.#work = this.#work.then(job)
    return this.#work
  }

  #armSyncTimer(): void {
    this.#syncTimer ??= this.#options.clock.after(syncEveryMilliseconds, () => {
      this.#syncTimer = undefined
      void this.#enqueue(() => this.#sync())
    })
  }

  #armChunkTimer(): void {
    this.#chunkTimer = this.#options.clock.after(chunkMilliseconds, () => {
      this.#armChunkTimer()
      void this.#enqueue(() => this.#noteChunk())
    })
  }

  #disarm(): void {
    for (const timer of [this.#flushTimer, this.#syncTimer, this.#chunkTimer]) timer?.[Symbol.dispose]()
    this.#flushTimer = undefined
    this.#syncTimer = undefined
    this.#chunkTimer = undefined
  }
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
