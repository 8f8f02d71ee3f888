import type { Frame } from './frame.ts'

/** Frames kept ahead of a gap or during a pause; the plugin's bound. */
const maximumKeptFrames = 10_000
/** Their bytes: real frames are about 1 KiB, so only an odd sender ever meets this. */
const maximumKeptBytes = 16 * 1024 * 1024

interface KeptFrame {
  frame: Frame
  acknowledged: boolean
}

/**
 * The receiving half of the reliable stream: delivers each frame once and in
 * order, acknowledges what it takes, and acknowledges duplicates again because
 * the first acknowledgement may have been lost.
 *
 * While paused it keeps frames without acknowledging them, which holds the
 * agent back; what does not fit is dropped unacknowledged and comes again.
 */
export class ReliableReceiver {
  readonly #acknowledge: (frame: Frame) => void
  readonly #deliver: (frame: Frame) => void
  readonly #kept = new Map<number, KeptFrame>()
  #keptBytes = 0
  #expected = 0
  #paused = false
  #delivering = false

  constructor(options: { acknowledge: (frame: Frame) => void; deliver: (frame: Frame) => void }) {
    this.#acknowledge = options.acknowledge
    this.#deliver = options.deliver
  }

  /** Bytes received and not delivered yet. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** Whether the next frame in order is here and waits for the end of a pause. */
  get hasNext(): boolean {
    return this.#kept.has(this.#expected)
  }

  receive(frame: Frame): void {
    if (frame.sequence < this.#expected) this.#acknowledge(frame)
    else if (this.#kept.has(frame.sequence)) this.#acknowledgeKept(frame.sequence)
    else if (frame.sequence === this.#expected && !this.#paused && !this.#delivering) this.#take(frame)
    else this.#keep(frame)
  }

  pause(): void {
    this.#paused = true
  }

  /** Delivers what was kept, then goes on. A receiver of frames may pause again at any of them. */
  resume(): void {
    this.#paused = false
    this.#deliverKept()
  }

  #take(frame: Frame): void {
    this.#acknowledge(frame)
    this.#pass(frame)
    this.#deliverKept()
  }

  #pass(frame: Frame): void {
    this.#expected = frame.sequence + 1
    this.#delivering = true
    try {
      this.#deliver(frame)
    } finally {
      this.#delivering = false
    }
  }

  #acknowledgeKept(sequence: number): void {
    const kept = this.#kept.get(sequence)
    if (kept === undefined || (this.#paused && !kept.acknowledged)) return
    kept.acknowledged = true
    this.#acknowledge(kept.frame)
  }

  #keep(frame: Frame): void {
    if (this.#kept.size >= maximumKeptFrames) return
    if (this.#keptBytes + frame.payload.byteLength > maximumKeptBytes) return
    const acknowledged = !this.#paused
    this.#kept.set(frame.sequence, { frame, acknowledged })
    this.#keptBytes += frame.payload.byteLength
    if (acknowledged) this.#acknowledge(frame)
  }

  #deliverKept(): void {
    if (this.#delivering) return
    while (!this.#paused) {
      const next = this.#kept.get(this.#expected)
      if (next === undefined) return
      this.#kept.delete(this.#expected)
      this.#keptBytes -= next.frame.payload.byteLength
      if (!next.acknowledged) this.#acknowledge(next.frame)
      this.#pass(next.frame)
    }
  }
}
