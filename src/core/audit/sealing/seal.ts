import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * The format of a sealed recording: eight bytes that name it, then frames
 *
 *   offset 0   u32  bytes of plain text in it (big-endian)
 *   offset 4   12   nonce, random
 *   offset 16  ...  plain text under AES-256-GCM
 *   then       16   tag
 *
 * Bound to its place: session id and the frame's number are authenticated with
 * it, so that frames cannot change places. A frame is what was written at once,
 * always whole lines, so a torn last one costs what a torn line costs.
 */
export const sealMark = Buffer.from('PHSEAL1\n', 'latin1')

export const frameHeadBytes = 16
const tagBytes = 16
/** What a frame takes beside its plain text. */
export const frameOverhead = frameHeadBytes + tagBytes

/** Named like an error of the system, because that is what reading a damaged file is. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError'
  readonly code = 'EBADMSG'

  constructor(sessionId: string, frame: number) {
    super(`Frame ${frame} of recording ${sessionId} was changed`)
  }
}

export interface FramePlace {
  sessionId: string
  /** 0 for the first. */
  frame: number
}

export function sealFrame(key: Uint8Array, place: FramePlace, plain: Uint8Array): Uint8Array {
  const head = Buffer.alloc(frameHeadBytes)
  head.writeUInt32BE(plain.byteLength)
  randomBytes(frameHeadBytes - 4).copy(head, 4)
  const cipher = createCipheriv('aes-256-gcm', key, head.subarray(4)).setAAD(placeBytes(place))
  return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @param sealed the whole frame @throws {SealBrokenError} */
export function openFrame(key: Uint8Array, place: FramePlace, sealed: Uint8Array): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(4, frameHeadBytes))
      .setAAD(placeBytes(place))
      .setAuthTag(sealed.subarray(-tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(frameHeadBytes, -tagBytes)), decipher.final()])
  } catch {
    throw new SealBrokenError(place.sessionId, place.frame)
  }
}

function placeBytes({ sessionId, frame }: FramePlace): Uint8Array {
  return Buffer.from(`${sessionId} ${frame}`, 'utf8')
}
