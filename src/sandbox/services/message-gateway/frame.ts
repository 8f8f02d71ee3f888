import { hash, randomUUID } from 'node:crypto'

/**
 * The binary frame of the SSM data channel, one per WebSocket binary message.
 * All integers are big-endian. Layout and rules: the public source of
 * session-manager-plugin and amazon-ssm-agent, checked against frames captured
 * from the real plugin.
 *
 *   offset   0  u32  HeaderLength, 116: the payload starts 4 bytes after it
 *   offset   4   32  MessageType, ASCII, padded with spaces
 *   offset  36  u32  SchemaVersion, 1
 *   offset  40  u64  CreatedDate, epoch milliseconds
 *   offset  48  i64  SequenceNumber
 *   offset  56  u64  Flags
 *   offset  64   16  MessageId, a UUID with its halves swapped
 *   offset  80   32  PayloadDigest, SHA-256
 *   offset 112  u32  PayloadType
 *   offset 116  u32  PayloadLength
 *   offset 120       Payload, to the end of the message
 */
export const frameOffset = {
  messageType: 4,
  schemaVersion: 36,
  createdDate: 40,
  sequenceNumber: 48,
  flags: 56,
  messageId: 64,
  payloadDigest: 80,
  payloadType: 112,
  payloadLength: 116,
  payload: 120,
} as const

const headerLength = frameOffset.payloadLength
const payloadLengthSize = 4
const schemaVersion = 1

export const messageType = {
  /** From client to agent: keys, sizes, handshake answers, flags. */
  input: 'input_stream_data',
  /** From agent to client: output, handshake requests. */
  output: 'output_stream_data',
  acknowledge: 'acknowledge',
  channelClosed: 'channel_closed',
  /** The peer is connected, sending is allowed. */
  startPublication: 'start_publication',
  /** The peer is not connected. */
  pausePublication: 'pause_publication',
} as const

export const payloadType = {
  /** Of messages that are not stream data. */
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encryptionChallengeRequest: 8,
  encryptionChallengeResponse: 9,
  flag: 10,
  standardError: 11,
  exitCode: 12,
} as const

export const frameFlags = {
  none: 0,
  /** On sequence number 0 of the agent. */
  syn: 1,
  /** SYN and FIN together: not part of a sequence. */
  notSequential: 3,
} as const

export interface Frame {
  messageType: string
  /** Epoch milliseconds. */
  createdDate: number
  sequenceNumber: number
  flags: number
  /** A UUID in its canonical form. */
  messageId: string
  payloadType: number
  payload: Uint8Array
}

/** Why a frame is dropped without an acknowledgement, so that its sender sends it again. */
export type FrameProblem =
  | 'too-short'
  | 'no-header-length'
  | 'no-message-type'
  | 'no-created-date'
  | 'wrong-sequence-number'
  | 'wrong-digest'

export type DecodedFrame = { ok: true; frame: Frame } | { ok: false; problem: FrameProblem }

/** The frame as one WebSocket binary message; the payload is copied. */
export function encodeFrame(frame: Frame): Uint8Array {
  const message = Buffer.alloc(frameOffset.payload + frame.payload.byteLength)
  message.writeUInt32BE(headerLength, 0)
  message.fill(' ', frameOffset.messageType, frameOffset.schemaVersion)
  message.write(frame.messageType, frameOffset.messageType, 'latin1')
  message.writeUInt32BE(schemaVersion, frameOffset.schemaVersion)
  message.writeBigUInt64BE(BigInt(frame.createdDate), frameOffset.createdDate)
  message.writeBigInt64BE(BigInt(frame.sequenceNumber), frameOffset.sequenceNumber)
  message.writeBigUInt64BE(BigInt(frame.flags), frameOffset.flags)
  message.set(swapHalves(uuidToBytes(frame.messageId)), frameOffset.messageId)
  message.set(hash('sha256', frame.payload, 'buffer'), frameOffset.payloadDigest)
  message.writeUInt32BE(frame.payloadType, frameOffset.payloadType)
  message.writeUInt32BE(frame.payload.byteLength, frameOffset.payloadLength)
  message.set(frame.payload, frameOffset.payload)
  return message
}

/**
 * Reads a frame as tolerantly as the plugin and the agent do: the type may be
 * padded with NUL, PayloadLength may be wrong, and the two publication messages
 * skip all checks because the real service sends them with a wrong length and
 * digest. The payload is a view on `message`.
 */
export function decodeFrame(message: Uint8Array): DecodedFrame {
  if (message.byteLength < frameOffset.payload) return refused('too-short')
  const view = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const declaredHeaderLength = view.readUInt32BE(0)
  const payloadStart = declaredHeaderLength + payloadLengthSize
  if (payloadStart > view.byteLength) return refused('too-short')
  const sequenceNumber = Number(view.readBigInt64BE(frameOffset.sequenceNumber))
  const frame: Frame = {
    messageType: readMessageType(view),
    createdDate: Number(view.readBigUInt64BE(frameOffset.createdDate)),
    sequenceNumber,
    flags: Number(view.readBigUInt64BE(frameOffset.flags)),
    messageId: bytesToUuid(swapHalves(view.subarray(frameOffset.messageId, frameOffset.payloadDigest))),
    payloadType: view.readUInt32BE(frameOffset.payloadType),
    payload: view.subarray(payloadStart),
  }
  if (frame.messageType === messageType.startPublication) return { ok: true, frame }
  if (frame.messageType === messageType.pausePublication) return { ok: true, frame }
  if (declaredHeaderLength === 0) return refused('no-header-length')
  if (frame.messageType === '') return refused('no-message-type')
  if (frame.createdDate === 0) return refused('no-created-date')
  if (!Number.isSafeInteger(sequenceNumber) || sequenceNumber < 0) return refused('wrong-sequence-number')
  if (!digestMatches(view, frame.payload)) return refused('wrong-digest')
  return { ok: true, frame }
}

/** A message that belongs to no sequence: acknowledgements and the service's own. */
export function encodeControlFrame(type: string, payload: Uint8Array, now: number): Uint8Array {
  return encodeFrame({
    messageType: type,
    createdDate: now,
    sequenceNumber: 0,
    flags: frameFlags.notSequential,
    messageId: randomUUID(),
    payloadType: payloadType.none,
    payload,
  })
}

function refused(problem: FrameProblem): DecodedFrame {
  return { ok: false, problem }
}

function readMessageType(view: Buffer): string {
  const padded = view.toString('latin1', frameOffset.messageType, frameOffset.schemaVersion)
  return padded.replaceAll('\0', ' ').trim()
}

/** The plugin leaves the digest of an empty payload unchecked. */
function digestMatches(view: Buffer, payload: Uint8Array): boolean {
  if (view.readUInt32BE(frameOffset.payloadLength) === 0) return true
  const expected = hash('sha256', payload, 'buffer')
  return expected.equals(view.subarray(frameOffset.payloadDigest, frameOffset.payloadType))
}

function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

function bytesToUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function swapHalves(bytes: Buffer): Buffer {
  const half = bytes.byteLength / 2
  return Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)])
}
