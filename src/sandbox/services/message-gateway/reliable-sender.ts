import { encodeFrame, frameFlags, messageType } from './frame.ts'
import { RoundTripTime } from './round-trip-time.ts'

/** How often the agent looks whether the oldest unacknowledged frame is due again; the value of plugin and agent. */
export const resendInterval = 100

export interface ReliableSenderOptions {
  now: () => number
  messageId: () => string
  /** Puts a frame on the wire. Frames that do not arrive are handed over again, byte for byte. */
  transmit: (frame: Uint8Array) => void
}

interface SentFrame {
  bytes: Uint8Array
  lastSentAt: number
  resent: boolean
}

/**
 * The agent's half of the reliable stream towards the client: numbers the
 * frames, keeps each until it is acknowledged, and sends the oldest again when
 * it is due. It keeps everything it is given: whoever calls `send` watches
 * `unackedBytes` and holds back, where the real agent stops remembering at
 * 100,000 frames and loses output.
 */
export class ReliableSender {
  readonly #options: ReliableSenderOptions
  readonly #unacked = new Map<number, SentFrame>()
  readonly #roundTripTime = new RoundTripTime()
  #nextSequenceNumber = 0
  #unackedBytes = 0

  constructor(options: ReliableSenderOptions) {
    this.#options = options
  }

  /** Bytes of the frames in flight, headers included, because those are what memory holds. */
  get unackedBytes(): number {
    return this.#unackedBytes
  }

  send(payloadType: number, payload: Uint8Array): void {
    const sequenceNumber = this.#nextSequenceNumber++
    const now = this.#options.now()
    const bytes = encodeFrame({
      messageType: messageType.output,
      createdDate: now,
      sequenceNumber,
      flags: sequenceNumber === 0 ? frameFlags.syn : frameFlags.none,
      messageId: this.#options.messageId(),
      payloadType,
      payload,
    })
    this.#unacked.set(sequenceNumber, { bytes, lastSentAt: now, resent: false })
    this.#unackedBytes += bytes.byteLength
    this.#options.transmit(bytes)
  }

  /** Forgets the frame. Unknown and repeated numbers are normal and ignored. */
  acknowledge(sequenceNumber: number): void {
    const sent = this.#unacked.get(sequenceNumber)
    if (sent === undefined) return
    this.#unacked.delete(sequenceNumber)
    this.#unackedBytes -= sent.bytes.byteLength
    if (!sent.resent) this.#roundTripTime.sample(this.#options.now() - sent.lastSentAt)
  }

  /** To be called every `resendInterval` while the client is connected. Looks at the oldest frame only, as the agent does. */
  resendIfDue(): void {
    const oldest = this.#unacked.values().next().value
    if (oldest === undefined) return
    const now = this.#options.now()
    if (now - oldest.lastSentAt <= this.#roundTripTime.timeout) return
    oldest.lastSentAt = now
    oldest.resent = true
    this.#options.transmit(oldest.bytes)
  }
}
