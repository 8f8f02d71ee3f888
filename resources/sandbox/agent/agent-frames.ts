/**
 * The frames between a container's exec agent and the sandbox, over one stream
 * in both directions: type (1 byte), session (4), payload length (4), payload.
 * Numbers are big-endian.
 */
export const frameTypes = {
  /** To the agent: JSON `OpenRequest`. Answered with `opened` or `refused`. */
  open: 1,
  /** To the agent: bytes for the pty. */
  input: 2,
  /** To the agent: JSON `TerminalSize`. */
  resize: 3,
  pause: 4,
  resume: 5,
  kill: 6,
  /** From the agent: the program runs. */
  opened: 16,
  /** From the agent: why the program cannot run, as text for the client. */
  refused: 17,
  /** From the agent: bytes of the pty. */
  output: 18,
  /** From the agent, after the last output: JSON `ProcessExit`. */
  exit: 19,
} as const

export interface TerminalSize {
  cols: number
  rows: number
}

export interface OpenRequest extends TerminalSize {
  command: string
}

export interface ProcessExit {
  code: number
  signal?: string
}

export interface AgentFrame {
  type: number
  session: number
  payload: Uint8Array
}

const headerLength = 9
/** Far above any frame either side sends; a larger length means that the stream is out of step. */
const maximumPayload = 16 * 1024 * 1024

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder()

/** A frame's first nine bytes; the payload follows as it is, so that it need not be copied. */
export function frameHeader(type: number, session: number, payloadLength: number): Uint8Array {
  const header = new Uint8Array(headerLength)
  const view = new DataView(header.buffer)
  view.setUint8(0, type)
  view.setUint32(1, session)
  view.setUint32(5, payloadLength)
  return header
}

/** What a frame is written to. */
export interface FrameSink {
  cork(): void
  uncork(): void
  write(bytes: Uint8Array): boolean
}

/** Writes one frame. False when the sink asks to wait for `drain`. */
export function writeFrame(sink: FrameSink, type: number, session: number, payload?: Uint8Array): boolean {
  const length = payload?.byteLength ?? 0
  sink.cork()
  let ready = sink.write(frameHeader(type, session, length))
  if (payload && length > 0) ready = sink.write(payload)
  sink.uncork()
  return ready
}

export function encodeJson(value: OpenRequest | TerminalSize | ProcessExit): Uint8Array {
  return textEncoder.encode(JSON.stringify(value))
}

export function decodeJson(payload: Uint8Array): unknown {
  return JSON.parse(textDecoder.decode(payload))
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #onFrame: (frame: AgentFrame) => void
  #pending: Uint8Array = new Uint8Array(0)

  constructor(onFrame: (frame: AgentFrame) => void) {
    this.#onFrame = onFrame
  }

  /** @throws {Error} when a length cannot be right */
  push(chunk: Uint8Array): void {
    const bytes = this.#pending.byteLength === 0 ? chunk : concatenate(this.#pending, chunk)
    let offset = 0
    while (bytes.byteLength - offset >= headerLength) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset)
      const length = view.getUint32(5)
      if (length > maximumPayload)
        throw new Error(`The exec agent's stream is out of step: a frame of ${length} bytes`)
      const end = offset + headerLength + length
      if (end > bytes.byteLength) break
      const payload = bytes.subarray(offset + headerLength, end)
      this.#onFrame({ type: view.getUint8(0), session: view.getUint32(1), payload })
      offset = end
    }
    this.#pending = bytes.subarray(offset)
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.byteLength + second.byteLength)
  joined.set(first)
  joined.set(second, first.byteLength)
  return joined
}
