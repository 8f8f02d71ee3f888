import { encodeControlFrame, type Frame, messageType } from './frame.ts'
import { parseJsonObject } from './json.ts'

/** The acknowledgement of a stream frame. Acknowledgements themselves are never acknowledged. */
export function encodeAcknowledgement(acknowledged: Frame, now: number): Uint8Array {
  const content = {
    AcknowledgedMessageType: acknowledged.messageType,
    AcknowledgedMessageId: acknowledged.messageId,
    AcknowledgedMessageSequenceNumber: acknowledged.sequenceNumber,
    IsSequentialMessage: true,
  }
  return encodeControlFrame(messageType.acknowledge, Buffer.from(JSON.stringify(content)), now)
}

/**
 * The sequence number that an acknowledgement names in its JSON; the number in
 * its own header means nothing. Undefined when the payload cannot be read.
 */
export function acknowledgedSequenceNumber(acknowledgement: Frame): number | undefined {
  const sequenceNumber = parseJsonObject(acknowledgement.payload)?.AcknowledgedMessageSequenceNumber
  return Number.isSafeInteger(sequenceNumber) ? Number(sequenceNumber) : undefined
}
