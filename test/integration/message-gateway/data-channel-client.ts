import { createHash, randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { WebSocket } from 'ws'
import type { ExecSessionGrant } from '../../../src/sandbox/services/exec-session.ts'

/** One message of the gateway, as far as a test looks. */
export interface HeardFrame {
  type: string
  sequenceNumber: number
  payloadType: number
  payload: Buffer
}

/**
 * A data channel client with its own reading of the wire format, so that it
 * shares no mistake with the gateway: no retransmission, but duplicates and
 * disorder are understood. Waits are for named states; the test's own time-out
 * is the bound.
 */
export class DataChannelClient implements Disposable {
  readonly frames: HeardFrame[] = []
  readonly acknowledged = new Set<number>()
  /** Bytes that the command wrote so far. */
  outputLength = 0
  /** What is done about stream data, repeated or not; tests that are slow or deaf replace it. */
  onStreamData = (sequenceNumber: number): void => this.acknowledge(sequenceNumber)
  closeCode: number | undefined
  readonly #changes = new EventEmitter()
  readonly #early = new Map<number, HeardFrame>()
  readonly #output: Buffer[] = []
  #expected = 0
  #nextSequenceNumber = 0
  #socket: WebSocket | undefined

  /** Opens a socket and shows the token. Numbers go on where they were. */
  async connect(grant: ExecSessionGrant, options: { token?: string | Buffer } = {}): Promise<void> {
    const socket = new WebSocket(grant.streamUrl, { perMessageDeflate: false })
    this.#socket?.removeAllListeners()
    this.#socket?.on('error', () => {})
    this.#socket = socket
    this.closeCode = undefined
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#hear(data)
    })
    socket.on('close', (code) => {
      this.closeCode = code
      this.#changes.emit('change')
    })
    await once(socket, 'open')
    socket.send(options.token ?? openDataChannel(grant.tokenValue))
  }

  /** Everything that the command wrote so far, in order and once. */
  get output(): Buffer {
    return Buffer.concat(this.#output)
  }

  get text(): string {
    return this.output.toString('utf8')
  }

  get streamFrames(): HeardFrame[] {
    return this.frames.filter(({ type }) => type === 'output_stream_data')
  }

  /** Payload of the `channel_closed` message, when it came. */
  get channelClosed(): Record<string, unknown> | undefined {
    const frame = this.frames.find(({ type }) => type === 'channel_closed')
    return frame && JSON.parse(frame.payload.toString())
  }

  type(text: string): number {
    return this.send(1, Buffer.from(text))
  }

  resize(cols: number, rows: number): number {
    return this.send(3, Buffer.from(JSON.stringify({ cols, rows })))
  }

  /** Sends stream data under the next number, which is returned. */
  send(payloadType: number, payload: Uint8Array): number {
    const sequenceNumber = this.#nextSequenceNumber++
    this.sendAs(sequenceNumber, payloadType, payload)
    return sequenceNumber
  }

  sendAs(sequenceNumber: number, payloadType: number, payload: Uint8Array): void {
    this.#socket?.send(encode('input_stream_data', sequenceNumber, 0, payloadType, payload))
  }

  acknowledge(sequenceNumber: number): void {
    const content = {
      AcknowledgedMessageType: 'output_stream_data',
      AcknowledgedMessageId: randomUUID(),
      AcknowledgedMessageSequenceNumber: sequenceNumber,
      IsSequentialMessage: true,
    }
    this.#socket?.send(encode('acknowledge', 0, 3, 0, Buffer.from(JSON.stringify(content))))
  }

  /** Resolves when the condition holds, looked at after each message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#changes, 'change')
  }

  async untilText(text: string): Promise<void> {
    await this.until(() => this.text.includes(text))
  }

  async untilClosed(): Promise<void> {
    await this.until(() => this.closeCode !== undefined)
  }

  drop(): void {
    this.#socket?.terminate()
  }

  [Symbol.dispose](): void {
    this.#socket?.on('error', () => {})
    this.#socket?.terminate()
  }

  #hear(message: Buffer): void {
    const frame: HeardFrame = {
      type: message.toString('latin1', 4, 36).replaceAll('\0', ' ').trim(),
      sequenceNumber: Number(message.readBigInt64BE(48)),
      payloadType: message.readUInt32BE(112),
      payload: message.subarray(message.readUInt32BE(0) + 4),
    }
    this.frames.push(frame)
    if (frame.type === 'acknowledge') {
      this.acknowledged.add(JSON.parse(frame.payload.toString()).AcknowledgedMessageSequenceNumber)
    }
    if (frame.type === 'output_stream_data' && digestMatches(message)) this.#takeStreamData(frame)
    this.#changes.emit('change')
  }

  #takeStreamData(frame: HeardFrame): void {
    this.onStreamData(frame.sequenceNumber)
    if (frame.sequenceNumber >= this.#expected) this.#early.set(frame.sequenceNumber, frame)
    for (let next = this.#early.get(this.#expected); next; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected++)
      if (next.payloadType !== 1) continue
      this.#output.push(next.payload)
      this.outputLength += next.payload.byteLength
    }
  }
}

export function openDataChannel(tokenValue: string): string {
  return JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: randomUUID(),
    TokenValue: tokenValue,
    ClientId: randomUUID(),
    ClientVersion: '1.2.835.0',
  })
}

function encode(
  type: string,
  sequenceNumber: number,
  flags: number,
  payloadType: number,
  payload: Uint8Array,
): Buffer {
  const header = Buffer.alloc(120)
  header.writeUInt32BE(116, 0)
  header.write(type.padEnd(32), 4)
  header.writeUInt32BE(1, 36)
  header.writeBigUInt64BE(BigInt(Date.now()), 40)
  header.writeBigInt64BE(BigInt(sequenceNumber), 48)
  header.writeBigUInt64BE(BigInt(flags), 56)
  header.write(randomUUID().replaceAll('-', ''), 64, 'hex')
  header.set(digest(payload), 80)
  header.writeUInt32BE(payloadType, 112)
  header.writeUInt32BE(payload.byteLength, 116)
  return Buffer.concat([header, payload])
}

function digest(payload: Uint8Array): Buffer {
  return createHash('sha256').update(payload).digest()
}

function digestMatches(message: Buffer): boolean {
  return digest(message.subarray(120)).equals(message.subarray(80, 112))
}
