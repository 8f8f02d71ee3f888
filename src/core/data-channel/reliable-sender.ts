import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { encodeFrame, frameFlag, messageType } from './frame.ts'
import { RetransmissionTimeout } from './retransmission-timeout.ts'

/** How often the oldest unacknowledged frame is looked at; the agent and the plugin use the same. */
const tickMilliseconds = 100

/**
 * Frames on their way at once. At 900 frames a second this fills the line up to
 * a round trip of 280 ms, and after a reconnect repeating them all stays well
 * below the 1,000 frames a second at which the gateway hangs up.
 */
const windowFrames = 256

interface SentFrame {
  bytes: Uint8Array
  /** `Clock.elapsed` of the last transmission. */
  sentAt: number
  repeated: boolean
}

/**
 * The sending half of the reliable stream: numbers frames from 0 for the whole
 * session, across reconnects, and repeats the oldest until it is acknowledged.
 * Frames are never dropped; whoever has more to send asks `hasRoom` first.
 */
export class ReliableSender implements Disposable {
  readonly #clock: Clock
  readonly #transmit: (frame: Uint8Array) => void
  readonly #acknowledged: (sequence: number) => void
  readonly #quietLimit: number
  readonly #quiet: () => void
  readonly #stallLimit: number
  readonly #stalled: () => void
  readonly #roundTrip: ((milliseconds: number) => void) | undefined
  readonly #timeout = new RetransmissionTimeout()
  /** In order of sequence: a Map keeps the order of insertion. */
  readonly #unacknowledged = new Map<number, SentFrame>()
  #nextSequence = 0
  #tick: Disposable | undefined
  #connected = false
  #lastProgressAt = 0
  #toldQuiet = false

  /**
   * @param options.acknowledged told once per frame that arrived
   * @param options.quiet told once when nothing was acknowledged for `quietLimit` milliseconds though frames wait
   * @param options.roundTrip told of each measured one, in milliseconds
   * @param options.stalled told each time nothing was acknowledged for `stallLimit` milliseconds though frames wait
   */
  constructor(options: {
    clock: Clock
    transmit: (frame: Uint8Array) => void
    acknowledged: (sequence: number) => void
    quietLimit: number
    quiet: () => void
    stallLimit: number
    stalled: () => void
    roundTrip?: (milliseconds: number) => void
  }) {
    this.#clock = options.clock
    this.#transmit = options.transmit
    this.#acknowledged = options.acknowledged
    this.#quietLimit = options.quietLimit
    this.#quiet = options.quiet
    this.#stallLimit = options.stallLimit
    this.#stalled = options.stalled
    this.#roundTrip = options.roundTrip
  }

  /** Whether another frame of typed input may go out now. Rare control frames need not ask. */
  get hasRoom(): boolean {
    return this.#connected && this.#unacknowledged.size < windowFrames
  }

  get unacknowledgedFrames(): number {
    return this.#unacknowledged.size
  }

  /** Sends one frame and keeps it until it is acknowledged. Returns its sequence number. */
  send(payloadTypeCode: number, payload: Uint8Array): number {
    const sequence = this.#nextSequence++
    const bytes = encodeFrame({
      messageType: messageType.input,
      createdAt: this.#clock.now(),
      sequence,
      flags: frameFlag.none,
      messageId: randomUUID(),
      payloadType: payloadTypeCode,
      payload,
    })
    if (this.#unacknowledged.size === 0) this.forgiveSilence()
    this.#unacknowledged.set(sequence, { bytes, sentAt: this.#clock.elapsed(), repeated: !this.#connected })
    if (this.#connected) {
      this.#transmit(bytes)
      this.#scheduleTick()
    }
    return sequence
  }

  /** Takes an acknowledgement; doubled and unknown ones change nothing. */
  acknowledge(sequence: number): void {
    const frame = this.#unacknowledged.get(sequence)
    if (frame === undefined) return
    this.#unacknowledged.delete(sequence)
    const now = this.#clock.elapsed()
    // Karn's rule: an answer to a repeated frame does not say which copy it answers.
    if (!frame.repeated) {
      this.#timeout.sample(now - frame.sentAt)
      this.#roundTrip?.(now - frame.sentAt)
    }
    this.forgiveSilence()
    if (this.#unacknowledged.size === 0) this.#stopTicking()
    this.#acknowledged(sequence)
  }

  /** The connection stands (again): repeats everything unacknowledged, in order. */
  connected(): void {
    this.#connected = true
    this.forgiveSilence()
    for (const frame of this.#unacknowledged.values()) this.#repeat(frame)
    if (this.#unacknowledged.size > 0) this.#scheduleTick()
  }

  /** The connection is gone: keeps everything and stays silent. */
  disconnected(): void {
    this.#connected = false
    this.#stopTicking()
  }

  /** Counts towards the limits from now on: the silence so far was ours. */
  forgiveSilence(): void {
    this.#lastProgressAt = this.#clock.elapsed()
    this.#toldQuiet = false
  }

  [Symbol.dispose](): void {
    this.disconnected()
    this.#unacknowledged.clear()
  }

  #repeat(frame: SentFrame): void {
    frame.sentAt = this.#clock.elapsed()
    frame.repeated = true
    this.#transmit(frame.bytes)
  }

  #scheduleTick(): void {
    this.#tick ??= this.#clock.after(tickMilliseconds, () => {
      this.#tick = undefined
      this.#repeatOldestWhenLate()
      this.#noticeSilence()
      if (this.#connected && this.#unacknowledged.size > 0) this.#scheduleTick()
    })
  }

  #repeatOldestWhenLate(): void {
    const [oldest] = this.#unacknowledged.values()
    if (oldest === undefined) return
    if (this.#clock.elapsed() - oldest.sentAt >= this.#timeout.milliseconds) this.#repeat(oldest)
  }

  #noticeSilence(): void {
    const silence = this.#clock.elapsed() - this.#lastProgressAt
    if (silence >= this.#quietLimit && !this.#toldQuiet) {
      this.#toldQuiet = true
      this.#quiet()
    }
    if (silence < this.#stallLimit) return
    this.forgiveSilence()
    this.#stalled()
  }

  #stopTicking(): void {
    this.#tick?.[Symbol.dispose]()
    this.#tick = undefined
  }
}
