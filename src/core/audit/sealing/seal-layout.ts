import type { RecordingReader } from '../recording/recording-store.ts'
import { frameHeadBytes, frameOverhead, sealMark } from './seal.ts'

export interface FrameSpan {
  /** Where its plain text begins in the recording. */
  plainStart: number
  plainBytes: number
  /** Where the frame begins in the file. */
  storedStart: number
}

/** Heads are read through a window: one call of the system for many small frames. */
const windowBytes = 64 * 1024

/** Where which part of a recording lies in its sealed file; grows with a live one. */
export class SealLayout {
  readonly frames: FrameSpan[] = []
  /** Plain text in whole frames. */
  plainBytes = 0
  /** Where the last whole frame ends. */
  storedBytes = sealMark.byteLength
  /** Readers that open at the same time follow one after the other. */
  #work: Promise<void> = Promise.resolve()

  /** Follows what was added since the last call. A frame that is not whole yet is left for the next. */
  follow(stored: RecordingReader): Promise<void> {
    const work = this.#work.then(() => this.#follow(stored))
    this.#work = work.catch(() => {})
    return work
  }

  async #follow(stored: RecordingReader): Promise<void> {
    let window: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
    while (this.storedBytes + frameHeadBytes <= stored.byteLength) {
      const at = this.storedBytes - window.start
      if (at < 0 || at + 4 > window.bytes.byteLength) {
        window = {
          start: this.storedBytes,
          bytes: Buffer.from(await stored.read(this.storedBytes, windowBytes)),
        }
        continue
      }
      const plainBytes = window.bytes.readUInt32BE(at)
      const end = this.storedBytes + plainBytes + frameOverhead
      if (end > stored.byteLength) return
      this.frames.push({ plainStart: this.plainBytes, plainBytes, storedStart: this.storedBytes })
      this.plainBytes += plainBytes
      this.storedBytes = end
    }
  }

  /** Number of the frame that holds a place; the one after the last for the end. */
  frameAt(plainOffset: number): number {
    let low = 0
    let high = this.frames.length
    while (low < high) {
      const middle = (low + high) >> 1
      const frame = this.frames[middle]
      if (frame !== undefined && frame.plainStart + frame.plainBytes <= plainOffset) low = middle + 1
      else high = middle
    }
    return low
  }
}
