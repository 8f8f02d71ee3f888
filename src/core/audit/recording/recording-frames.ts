import type { TerminalSize } from '../../../contract/session.ts'

/**
 * Byte messages between a session host and the audit worker. Many recordings
 * share a channel; the sender numbers them.
 *
 *   offset 0  u8   kind
 *   offset 1  u32  recording (big-endian)
 *   offset 5  ...  payload
 *
 * Times are milliseconds since the recording began, as f64: taken where the
 * output appeared, not where it arrives.
 */
const kindCodes = {
  /** To the worker: RecordingStart as JSON. */
  start: 1,
  /** To the worker: f64 time, raw output. */
  output: 2,
  /** To the worker: f64 time, u32 columns, u32 rows. */
  resize: 3,
  /** To the worker: f64 time, label as UTF-8. */
  marker: 4,
  /** To the worker: f64 time. Nothing follows. */
  close: 5,
  /** To the host: u32, so many bytes of output are on the disk or given up. */
  written: 6,
  /** To the host: the recording ended early; ErrorValue as JSON. */
  problem: 7,
  /** To the host, the answer to `close`: complete, and in the ledger. */
  closed: 8,
  /** To the host: the recording has begun, on the disk and in the ledger. */
  accepted: 9,
} as const

type Kind = keyof typeof kindCodes

const kindNames = new Map(Object.entries(kindCodes).map(([name, code]) => [code as number, name as Kind]))

export type RecordingFrame =
  | { kind: 'start'; recording: number; json: string }
  | { kind: 'problem'; recording: number; json: string }
  | { kind: 'output'; recording: number; elapsed: number; bytes: Uint8Array }
  | { kind: 'resize'; recording: number; elapsed: number; size: TerminalSize }
  | { kind: 'marker'; recording: number; elapsed: number; label: string }
  | { kind: 'close'; recording: number; elapsed: number }
  | { kind: 'written'; recording: number; byteCount: number }
  | { kind: 'closed'; recording: number }
  | { kind: 'accepted'; recording: number }

const headerLength = 5
const timeLength = 8
const wordLength = 4

/** The frame as one message of a `Channel`; the payload is copied. */
export function encodeRecordingFrame(frame: RecordingFrame): Uint8Array {
  switch (frame.kind) {
    case 'start':
    case 'problem':
      return withBytes(frame, undefined, utf8(frame.json))
    case 'output':
      return withBytes(frame, frame.elapsed, frame.bytes)
    case 'marker':
      return withBytes(frame, frame.elapsed, utf8(frame.label))
    case 'close':
      return withBytes(frame, frame.elapsed, new Uint8Array())
    case 'resize':
      return withBytes(frame, frame.elapsed, words(frame.size.cols, frame.size.rows))
    case 'written':
      return withBytes(frame, undefined, words(frame.byteCount))
    case 'closed':
    case 'accepted':
      return withBytes(frame, undefined, new Uint8Array())
  }
}

/**
 * The frame in a message. Its bytes share the message's memory.
 * @throws {RangeError} for a message that is no frame: the peer is broken.
 */
export function decodeRecordingFrame(message: Uint8Array): RecordingFrame {
  if (message.byteLength < headerLength)
    throw new RangeError(`Recording frame of ${message.byteLength} bytes`)
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const kind = kindNames.get(view.getUint8(0))
  const recording = view.getUint32(1)
  const timed = headerLength + timeLength
  switch (kind) {
    case 'start':
    case 'problem':
      return { kind, recording, json: text(message.subarray(headerLength)) }
    case 'output':
      return { kind, recording, elapsed: timeOf(view), bytes: message.subarray(timed) }
    case 'marker':
      return { kind, recording, elapsed: timeOf(view), label: text(message.subarray(timed)) }
    case 'close':
      return { kind, recording, elapsed: timeOf(view) }
    case 'resize':
      return {
        kind,
        recording,
        elapsed: timeOf(view),
        size: { cols: view.getUint32(timed), rows: view.getUint32(timed + wordLength) },
      }
    case 'written':
      return { kind, recording, byteCount: view.getUint32(headerLength) }
    case 'closed':
    case 'accepted':
      return { kind, recording }
    case undefined:
      throw new RangeError(`Recording frame of unknown kind ${view.getUint8(0)}`)
  }
}

function withBytes(
  frame: { kind: Kind; recording: number },
  elapsed: number | undefined,
  payload: Uint8Array,
): Uint8Array {
  const start = headerLength + (elapsed === undefined ? 0 : timeLength)
  const message = new Uint8Array(start + payload.byteLength)
  const view = new DataView(message.buffer)
  view.setUint8(0, kindCodes[frame.kind])
  view.setUint32(1, frame.recording)
  if (elapsed !== undefined) view.setFloat64(headerLength, elapsed)
  message.set(payload, start)
  return message
}

/** DataView throws a RangeError of its own when the message is too short. */
function timeOf(view: DataView): number {
  const elapsed = view.getFloat64(headerLength)
  if (!Number.isFinite(elapsed)) throw new RangeError('Recording frame without a time')
  return elapsed
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * wordLength)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => {
    view.setUint32(index * wordLength, value)
  })
  return bytes
}

function utf8(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
