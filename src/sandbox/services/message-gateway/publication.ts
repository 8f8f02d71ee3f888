import { encodeControlFrame, frameOffset, messageType } from './frame.ts'

/** Tells the client that the agent is connected. */
export function encodeStartPublication(now: number): Uint8Array {
  return encodeControlFrame(messageType.startPublication, new Uint8Array(), now)
}

/** The same with a payload that fits neither its length nor its digest, as seen from the real service. */
export function encodeBrokenStartPublication(now: number): Uint8Array {
  const frame = encodeControlFrame(messageType.startPublication, Buffer.from('{}'), now)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  view.setUint32(frameOffset.payloadLength, 4096)
  frame.fill(0, frameOffset.payloadDigest, frameOffset.payloadType)
  return frame
}

/** Tells the client that the agent is not connected. */
export function encodePausePublication(now: number): Uint8Array {
  return encodeControlFrame(messageType.pausePublication, new Uint8Array(), now)
}
