import type { TerminalSize } from '../contract/session.ts'

/**
 * Frames of the byte channel: all terminals of a window share one channel, and
 * each frame says whose bytes it carries. Five bytes of header, so that a
 * keystroke costs six bytes and no JSON.
 *
 *   offset 0  u8   kind
 *   offset 1  u32  stream (big-endian), `Session.stream`
 *   offset 5  ...  payload
 */
const headerLength = 5

const frameKind = {
  /** To the page: terminal output, raw bytes. Counts towards flow control. */
  output: 1,
  /** To the core: what was typed or pasted, raw bytes. */
  input: 2,
  /** To the core: u32, how many bytes of output were drawn. */
  ack: 3,
  /** To the core: u16 columns, u16 rows. */
  resize: 4,
  /** To the core: send this stream's screen and all that follows. */
  attach: 5,
  /** To the core: send no more of this stream; it goes on without a viewer. */
  detach: 6,
  /**
   * To the page, first answer to `attach`: the screen so far as escape
   * sequences, to be written to a reset terminal. Must not ring, retitle or
   * touch the clipboard. Does not count towards flow control.
   */
  snapshot: 7,
  /** To the page: no more output will follow. */
  end: 8,
  /**
   * To the page, in answer to `attach`: this stream's screen is not kept, and
   * no more will come. What the terminal shows may be all that is left of it.
   */
  forgotten: 9,
} as const

export type ByteFrame =
  | { kind: 'output' | 'input' | 'snapshot'; stream: number; bytes: Uint8Array }
  | { kind: 'ack'; stream: number; byteCount: number }
  | { kind: 'resize'; stream: number; size: TerminalSize }
  | { kind: 'attach' | 'detach' | 'end' | 'forgotten'; stream: number }

const kindNames = Object.fromEntries(Object.entries(frameKind).map(([name, code]) => [code, name])) as Record<
  number,
  ByteFrame['kind']
>

/** The frame as one message of a `Channel`; the payload is copied. */
export function encodeByteFrame(frame: ByteFrame): Uint8Array {
  const payloadLength =
    'bytes' in frame ? frame.bytes.byteLength : frame.kind === 'ack' || frame.kind === 'resize' ? 4 : 0
  const message = new Uint8Array(headerLength + payloadLength)
  const view = new DataView(message.buffer)
  view.setUint8(0, frameKind[frame.kind])
  view.setUint32(1, frame.stream)
  if ('bytes' in frame) message.set(frame.bytes, headerLength)
  else if (frame.kind === 'ack') view.setUint32(headerLength, frame.byteCount)
  else if (frame.kind === 'resize') {
    view.setUint16(headerLength, frame.size.cols)
    view.setUint16(headerLength + 2, frame.size.rows)
  }
  return message
}

/**
 * The frame in a message. Its bytes share the message's memory.
 * @throws {RangeError} for a message that is no frame; the peer is broken or hostile.
 */
export function decodeByteFrame(message: Uint8Array): ByteFrame {
  if (message.byteLength < headerLength) throw new RangeError(`Byte frame of ${message.byteLength} bytes`)
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const code = view.getUint8(0)
  const kind = kindNames[code]
  if (kind === undefined) throw new RangeError(`Byte frame of unknown kind ${code}`)
  const stream = view.getUint32(1)
  switch (kind) {
    case 'output':
    case 'input':
    case 'snapshot':
      return { kind, stream, bytes: message.subarray(headerLength) }
    case 'ack':
    case 'resize': {
      if (message.byteLength !== headerLength + 4) throw new RangeError(`Byte frame ${kind} of wrong length`)
      if (kind === 'ack') return { kind, stream, byteCount: view.getUint32(headerLength) }
      return {
        kind,
        stream,
        size: { cols: view.getUint16(headerLength), rows: view.getUint16(headerLength + 2) },
      }
    }
    case 'attach':
    case 'detach':
    case 'end':
    case 'forgotten':
      return { kind, stream }
  }
}
