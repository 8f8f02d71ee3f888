import type { Clock } from '../clock.ts'

/** The agent reads input in pieces of this size; so does the plugin send them. */
export const maximumInputChunk = 1024
/** The gateway is said to hang up on sockets held above about 1,000 data frames a second. */
const framesPerSecond = 900
/** Frames that may leave without waiting, so that typing and short pastes are never paced. */
const burstFrames = 64

/** Allows `framesPerSecond` on average and a short burst. */
export class TokenBucket {
  readonly #clock: Clock
  #tokens = burstFrames
  #filledAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#filledAt = clock.elapsed()
  }

  /** Takes one token if there is one. */
  take(): boolean {
    const now = this.#clock.elapsed()
    this.#tokens = Math.min(burstFrames, this.#tokens + ((now - this.#filledAt) * framesPerSecond) / 1000)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}

/** Typed bytes that wait for their turn: joined and cut again, so that a thousand keystrokes cost one frame. */
export class ByteQueue {
  readonly #pieces: Uint8Array[] = []
  #byteLength = 0

  get byteLength(): number {
    return this.#byteLength
  }

  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#pieces.push(bytes)
    this.#byteLength += bytes.byteLength
  }

  /** Puts bytes in front of all others. */
  unshift(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#pieces.unshift(bytes)
    this.#byteLength += bytes.byteLength
  }

  /** Takes up to `maximum` bytes from the front. */
  shift(maximum: number): Uint8Array {
    const taken = Buffer.allocUnsafe(Math.min(maximum, this.#byteLength))
    let filled = 0
    while (filled < taken.byteLength) {
      const piece = this.#pieces[0]
      if (piece === undefined) break
      const part = piece.subarray(0, taken.byteLength - filled)
      taken.set(part, filled)
      filled += part.byteLength
      if (part.byteLength === piece.byteLength) this.#pieces.shift()
      else this.#pieces[0] = piece.subarray(part.byteLength)
    }
    this.#byteLength -= filled
    return taken
  }
}
