import { hash } from 'node:crypto'

/**
 * The binary frame of the SSM data channel: one frame per WebSocket message,
 * integers big-endian, 120 bytes before the payload.
 *
 *   offset   0  u32       header length, 116: the bytes before the payload length
 *   offset   4  32 bytes  message type, ASCII, padded with spaces
 *   offset  36  u32       schema version
 *   offset  40  u64       created, epoch milliseconds
 *   offset  48  i64       sequence number
 *   offset  56  u64       flags
 *   offset  64  16 bytes  message id, a UUID with its halves swapped
 *   offset  80  32 bytes  SHA-256 of the payload
 *   offset 112  u32       payload type
 *   offset 116  u32       payload length
 *   offset 120  ...       payload, to the end of the message
 *
 * Source: the agent's and the plugin's public code (amazon-ssm-agent
 * `agentmessage.go`, session-manager-plugin `clientmessage.go`), checked
 * against frames captured from the plugin.
 */
const headerLength = 116
const payloadLengthSize = 4
/** Bytes before the payload, as we write them. */
export const framePrefixLength = headerLength + payloadLengthSize

const offsets = {
  headerLength: 0,
  messageType: 4,
  schemaVersion: 36,
  created: 40,
  sequence: 48,
  flags: 56,
  messageId: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
} as const
const messageTypeLength = 32
const digestLength = 32
const schemaVersion = 1

export const messageType = {
  /** To the agent: keystrokes, sizes, handshake answers, flags. */
  input: 'input_stream_data',
  /** From the agent: output, handshake requests, flags. */
  output: 'output_stream_data',
  acknowledge: 'acknowledge',
  /** From the service: the session is over. */
  channelClosed: 'channel_closed',
  /** From the service: the other end is connected. */
  startPublication: 'start_publication',
  /** From the service: the other end is not connected. */
  pausePublication: 'pause_publication',
} as const

export const payloadType = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const

/** Content of a `flag` payload: one u32. */
export const channelFlag = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const

/** Header flags. The agent sets `syn` on its sequence 0; acknowledgements carry `unsequenced` and never `syn`. */
export const frameFlag = { none: 0, syn: 1, fin: 2, unsequenced: 3 } as const

export interface Frame {
  messageType: string
  /** Epoch milliseconds. */
  createdAt: number
  sequence: number
  flags: number
  /** Canonical lower-case UUID. */
  messageId: string
  payloadType: number
  payload: Uint8Array
}

/** A message that is no frame, or a damaged one. It is dropped without an acknowledgement, so the sender repeats it. */
export class FrameError extends Error {
  override name = 'FrameError'
}

/**
 * The frame as one WebSocket message. The payload is copied.
 * @throws {FrameError} when a field does not fit: a caller's mistake
 */
export function encodeFrame(frame: Frame): Uint8Array {
  if (!/^[\x21-\x7e]{1,32}$/.test(frame.messageType)) {
    throw new FrameError(`Message type ${JSON.stringify(frame.messageType)} is not 1 to 32 ASCII characters`)
  }
  const message = Buffer.allocUnsafe(framePrefixLength + frame.payload.byteLength)
  message.writeUInt32BE(headerLength, offsets.headerLength)
  message.fill(0x20, offsets.messageType, offsets.messageType + messageTypeLength)
  message.write(frame.messageType, offsets.messageType, 'latin1')
  message.writeUInt32BE(schemaVersion, offsets.schemaVersion)
  message.writeBigUInt64BE(BigInt(frame.createdAt), offsets.created)
  message.writeBigInt64BE(BigInt(frame.sequence), offsets.sequence)
  message.writeBigUInt64BE(BigInt(frame.flags), offsets.flags)
  writeMessageId(message, frame.messageId)
  message.set(sha256(frame.payload), offsets.digest)
  message.writeUInt32BE(frame.payloadType, offsets.payloadType)
  message.writeUInt32BE(frame.payload.byteLength, offsets.payloadLength)
  message.set(frame.payload, framePrefixLength)
  return message
}

/**
 * The frame in a message. Its payload shares the message's memory.
 *
 * As tolerant as the plugin: the payload reaches to the end of the message
 * whatever the length field says, the type may be padded with NUL, and
 * `start_publication` and `pause_publication` are not checked further (real
 * ones carry a wrong length and digest).
 * @throws {FrameError}
 */
export function decodeFrame(message: Uint8Array): Frame {
  if (message.byteLength < framePrefixLength) throw new FrameError(`Frame of ${message.byteLength} bytes`)
  const buffer = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const type = readMessageType(buffer)
  const payloadStart = buffer.readUInt32BE(offsets.headerLength) + payloadLengthSize
  const unchecked = type === messageType.startPublication || type === messageType.pausePublication
  if (!unchecked && (payloadStart < framePrefixLength || payloadStart > buffer.byteLength)) {
    throw new FrameError(`Frame with a header of ${payloadStart - payloadLengthSize} bytes`)
  }
  const frame: Frame = {
    messageType: type,
    createdAt: Number(buffer.readBigUInt64BE(offsets.created)),
    sequence: Number(buffer.readBigInt64BE(offsets.sequence)),
    flags: Number(buffer.readBigUInt64BE(offsets.flags)),
    messageId: readMessageId(buffer),
    payloadType: buffer.readUInt32BE(offsets.payloadType),
    payload: message.subarray(payloadStart),
  }
  if (!unchecked) check(frame, buffer)
  return frame
}

function check(frame: Frame, buffer: Buffer): void {
  if (frame.messageType === '') throw new FrameError('Frame without a message type')
  if (frame.createdAt === 0) throw new FrameError('Frame without a creation date')
  if (!Number.isSafeInteger(frame.sequence) || frame.sequence < 0) {
    throw new FrameError(`Frame with sequence number ${frame.sequence}`)
  }
  const hasDigest = buffer.readUInt32BE(offsets.payloadLength) !== 0
  const digest = buffer.subarray(offsets.digest, offsets.digest + digestLength)
  if (hasDigest && !digest.equals(sha256(frame.payload))) {
    throw new FrameError(`Frame ${frame.sequence} whose payload does not match its digest`)
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}

function readMessageType(buffer: Buffer): string {
  const field = buffer.toString('latin1', offsets.messageType, offsets.messageType + messageTypeLength)
  // Some senders pad the type with NUL.
  return field.replace(/^[\0\s]+|[\0\s]+$/g, '')
}

function writeMessageId(buffer: Buffer, uuid: string): void {
  const hex = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new FrameError(`Message id ${JSON.stringify(uuid)} is not a UUID`)
  buffer.write(hex.slice(16) + hex.slice(0, 16), offsets.messageId, 'hex')
}

function readMessageId(buffer: Buffer): string {
  const start = offsets.messageId
  const hex = buffer.toString('hex', start + 8, start + 16) + buffer.toString('hex', start, start + 8)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
