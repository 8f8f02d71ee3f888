import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { encodeFrame, type Frame, frameFlag, messageType, payloadType } from './frame.ts'
import { readJson } from './json-payload.ts'

/** Content of an `acknowledge` frame; the sequence number counts, not the frame's own header. */
const acknowledgementSchema = z.object({
  AcknowledgedMessageSequenceNumber: z.number().int().nonnegative(),
})

/** The frame that tells the agent that `received` arrived. Never acknowledged itself, and never flagged SYN. */
export function encodeAcknowledgement(received: Frame, now: number): Uint8Array {
  const content = {
    AcknowledgedMessageType: received.messageType,
    AcknowledgedMessageId: received.messageId,
    AcknowledgedMessageSequenceNumber: received.sequence,
    IsSequentialMessage: true,
  }
  return encodeFrame({
    messageType: messageType.acknowledge,
    createdAt: now,
    sequence: 0,
    flags: frameFlag.unsequenced,
    messageId: randomUUID(),
    payloadType: payloadType.none,
    payload: Buffer.from(JSON.stringify(content)),
  })
}

/** The sequence number that an `acknowledge` frame confirms, or undefined when it is no acknowledgement. */
export function acknowledgedSequence(frame: Frame): number | undefined {
  return readJson(frame.payload, acknowledgementSchema)?.AcknowledgedMessageSequenceNumber
}

/** More than the frames that are on their way at once on any line that the agent's pace of 1,000 a second fills. */
const rememberedAcknowledgements = 256

/**
 * The last acknowledgements, to be sent again on a new connection: those lost
 * with the old one would otherwise cost the agent 100 ms each, because it
 * repeats one frame at a time.
 */
export class RecentAcknowledgements implements Iterable<Uint8Array> {
  readonly #frames: Uint8Array[] = []

  add(frame: Uint8Array): void {
    this.#frames.push(frame)
    if (this.#frames.length > rememberedAcknowledgements) this.#frames.shift()
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return this.#frames.values()
  }
}
