import type { Frame } from './frame.ts'

/**
 * How many frames that came too early are kept. The real agent keeps 100,000;
 * this is the plugin's number, ten seconds of the fastest client, and bounds memory.
 */
const earlyFrameLimit = 10_000

export interface ReliableReceiverOptions {
  acknowledge: (frame: Frame) => void
  /** Handles the frame. False when that is not possible yet: it stays unacknowledged and the client sends it again. */
  take: (frame: Frame) => boolean
}

/**
 * The agent's half of the reliable stream from the client: hands every frame
 * over once and in order, and acknowledges duplicates again, because a client
 * repeats a frame when the acknowledgement was lost.
 */
export class ReliableReceiver {
  readonly #options: ReliableReceiverOptions
  readonly #early = new Map<number, Frame>()
  #expected = 0

  constructor(options: ReliableReceiverOptions) {
    this.#options = options
  }

  receive(frame: Frame): void {
    if (frame.sequenceNumber < this.#expected) this.#options.acknowledge(frame)
    else if (frame.sequenceNumber > this.#expected) this.#keep(frame)
    else if (this.#options.take(frame)) {
      this.#options.acknowledge(frame)
      this.#early.delete(frame.sequenceNumber)
      this.#expected++
      this.takeEarlyFrames()
    }
  }

  /** Hands over what was waiting; to be called when `take` can do what it refused before. */
  takeEarlyFrames(): void {
    for (;;) {
      const frame = this.#early.get(this.#expected)
      if (frame === undefined || !this.#options.take(frame)) return
      this.#early.delete(this.#expected)
      this.#expected++
    }
  }

  #keep(frame: Frame): void {
    if (!this.#early.has(frame.sequenceNumber)) {
      if (this.#early.size >= earlyFrameLimit) return
      this.#early.set(frame.sequenceNumber, frame)
    }
    this.#options.acknowledge(frame)
  }
}
