/** Joins small chunks into batches: a flooding pty makes 15,000 to 43,000 chunks a second, and messages cost more than bytes. */

/** A full batch goes at once. 64 KiB is where a larger message no longer gets cheaper per byte. */
export const batchBytes = 64 * 1024

/** Longest wait of a chunk that follows another: under a display frame, long enough to collect a flood's chunks. */
export const batchWindowMilliseconds = 5

/** Calls back once after `milliseconds`; disposing cancels. */
export type StartTimer = (milliseconds: number, callback: () => void) => Disposable

/**
 * Batches on the leading edge: a chunk after `batchWindowMilliseconds` of quiet goes at
 * once, so that the echo of a keystroke never waits; what follows within the
 * window goes at its end, or earlier when it fills a batch. (A trailing timer
 * adds its whole length to every keystroke.)
 *
 * Call `flush` before anything that must not overtake the output: a resize, the
 * end of the stream.
 */
export class OutputBatcher implements Disposable {
  readonly #send: (batch: Uint8Array) => void
  readonly #startTimer: StartTimer
  #chunks: Uint8Array[] = []
  #byteCount = 0
  #window: Disposable | undefined

  /** @param send gets each batch, never an empty one; the memory is the receiver's */
  constructor(send: (batch: Uint8Array) => void, startTimer: StartTimer) {
    this.#send = send
    this.#startTimer = startTimer
  }

  /** Takes ownership of `chunk`. */
  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#chunks.push(chunk)
    this.#byteCount += chunk.byteLength
    if (this.#window === undefined || this.#byteCount >= batchBytes) this.flush()
  }

  /** Sends what waits, now. */
  flush(): void {
    const chunks = this.#chunks
    const byteCount = this.#byteCount
    if (byteCount === 0) return
    this.#chunks = []
    this.#byteCount = 0
    this.#openWindow()
    this.#send(joinChunks(chunks, byteCount))
  }

  /** Drops what waits; for a receiver that is gone. */
  clear(): void {
    this.#chunks = []
    this.#byteCount = 0
  }

  [Symbol.dispose](): void {
    this.clear()
    this.#window?.[Symbol.dispose]()
    this.#window = undefined
  }

  #openWindow(): void {
    this.#window?.[Symbol.dispose]()
    this.#window = this.#startTimer(batchWindowMilliseconds, () => {
      this.#window = undefined
      this.flush()
    })
  }
}

/** One array with all of `chunks`; the only chunk itself when there is one. */
export function joinChunks(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const joined = new Uint8Array(byteCount)
  let offset = 0
  for (const chunk of chunks) {
    joined.set(chunk, offset)
    offset += chunk.byteLength
  }
  return joined
}
