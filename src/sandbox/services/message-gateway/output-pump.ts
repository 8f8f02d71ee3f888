import type { Clock } from '../clock.ts'
import { ByteQueue } from './byte-queue.ts'

/**
 * The pty is told to wait above the first mark and may go on below the second.
 * Small, because what waits here is drawn before the answer to a Ctrl-C: 16 KiB
 * are 16 ms at the agent's own pace. The real agent holds nothing but the pty's buffer.
 */
const highMark = 16 * 1024
const lowMark = 4 * 1024

export interface OutputPumpOptions {
  clock: Clock
  /** Bytes per frame, at most. */
  chunkSize: number
  /** Milliseconds between two chunks; 0 sends at once. */
  chunkInterval: number
  /** True to cut characters in two on purpose. */
  splitCharacters: () => boolean
  /** False while too much is unacknowledged. */
  hasRoom: () => boolean
  send: (chunk: Uint8Array) => void
}

/** Where the output comes from and can be held back. */
export interface OutputSource {
  pause(): void
  resume(): void
}

/**
 * Cuts a pty's output into chunks, sends them at the agent's pace, and holds
 * the pty back when they cannot be sent.
 */
export class OutputPump implements Disposable {
  readonly #options: OutputPumpOptions
  readonly #queue = new ByteQueue()
  #source: OutputSource | undefined
  #sourcePaused = false
  #started = false
  #connected = false
  #finished = false
  #rest: Disposable | undefined

  constructor(options: OutputPumpOptions) {
    this.#options = options
  }

  /** True when everything that came in has been sent. */
  get empty(): boolean {
    return this.#queue.byteLength === 0
  }

  /** True when nothing but a missing acknowledgement keeps output back. */
  get flowing(): boolean {
    return this.#started && this.#connected
  }

  attach(source: OutputSource): void {
    this.#source = source
  }

  push(bytes: Uint8Array): void {
    this.#queue.push(bytes)
    this.pump()
  }

  /** The agent's wait before its first read is over. */
  start(): void {
    this.#started = true
    this.pump()
  }

  /** The agent reads its pty only while the client is connected. */
  setConnected(connected: boolean): void {
    this.#connected = connected
    this.pump()
  }

  /** No more will come: an unfinished character goes out as it is. */
  finish(): void {
    this.#finished = true
    this.pump()
  }

  /** Sends what can be sent; to be called when room was made. */
  pump(): void {
    while (this.flowing && this.#rest === undefined && this.#options.hasRoom()) {
      const chunk = this.#takeChunk()
      if (chunk.byteLength === 0) break
      if (this.#options.chunkInterval > 0) this.#takeRest()
      this.#options.send(chunk)
    }
    this.#holdBackSource()
  }

  [Symbol.dispose](): void {
    this.#started = false
    this.#rest?.[Symbol.dispose]()
  }

  #takeChunk(): Uint8Array {
    return this.#finished || this.#options.splitCharacters()
      ? this.#queue.takeBytes(this.#options.chunkSize)
      : this.#queue.takeCharacters(this.#options.chunkSize)
  }

  #takeRest(): void {
    this.#rest = this.#options.clock.after(this.#options.chunkInterval, () => {
      this.#rest = undefined
      this.pump()
    })
  }

  #holdBackSource(): void {
    if (!this.#sourcePaused && this.#queue.byteLength > highMark) {
      this.#sourcePaused = true
      this.#source?.pause()
    } else if (this.#sourcePaused && this.#queue.byteLength < lowMark) {
      this.#sourcePaused = false
      this.#source?.resume()
    }
  }
}
