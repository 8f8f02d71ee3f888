import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import {
  decodeFrame,
  encodeControlFrame,
  encodeFrame,
  type Frame,
  messageType,
  payloadType,
} from '../../../../src/sandbox/services/message-gateway/frame.ts'

/** What a client would see and say, without a socket: frames in, frames out. */
export class TestClient {
  readonly frames: Frame[] = []
  readonly #say: (frame: Uint8Array) => void
  #nextSequenceNumber = 0

  constructor(say: (frame: Uint8Array) => void) {
    this.#say = say
  }

  hear(bytes: Uint8Array): void {
    const decoded = decodeFrame(bytes)
    if (decoded.ok) this.frames.push(decoded.frame)
  }

  /** Sends stream data under the next number, which is returned. */
  send(type: number, payload: string | Uint8Array): number {
    const sequenceNumber = this.#nextSequenceNumber++
    this.sendAs(sequenceNumber, type, payload)
    return sequenceNumber
  }

  sendAs(sequenceNumber: number, type: number, payload: string | Uint8Array): void {
    this.#say(
      encodeFrame({
        messageType: messageType.input,
        createdDate: 1,
        sequenceNumber,
        flags: 0,
        messageId: randomUUID(),
        payloadType: type,
        payload: Buffer.from(payload),
      }),
    )
  }

  acknowledge(sequenceNumber: number): void {
    const content = JSON.stringify({ AcknowledgedMessageSequenceNumber: sequenceNumber })
    this.#say(encodeControlFrame(messageType.acknowledge, Buffer.from(content), 1))
  }

  /** Acknowledges all stream data that was heard so far. */
  acknowledgeAll(): void {
    for (const { sequenceNumber } of this.streamData()) this.acknowledge(sequenceNumber)
  }

  streamData(): Frame[] {
    return this.frames.filter((frame) => frame.messageType === messageType.output)
  }

  /** Payloads of one kind, each number once. */
  payloads(type: number): Uint8Array[] {
    const seen = new Map<number, Uint8Array>()
    for (const frame of this.streamData()) {
      if (frame.payloadType === type) seen.set(frame.sequenceNumber, frame.payload)
    }
    return [...seen.values()]
  }

  outputText(): string {
    return Buffer.concat(this.payloads(payloadType.output)).toString()
  }

  json(type: number): Record<string, unknown> | undefined {
    const payload = this.payloads(type)[0]
    return payload && JSON.parse(Buffer.from(payload).toString())
  }

  /** Numbers of the input that the agent acknowledged, repeats included. */
  acknowledged(): number[] {
    return this.frames
      .filter((frame) => frame.messageType === messageType.acknowledge)
      .map((frame) => JSON.parse(Buffer.from(frame.payload).toString()).AcknowledgedMessageSequenceNumber)
  }
}

/** The client's end of an encrypted session: the halves are the other way round than the agent's. */
export class TestClientCipher {
  readonly #dataKey: Uint8Array

  constructor(dataKey: Uint8Array) {
    this.#dataKey = dataKey
  }

  encrypt(plain: string | Uint8Array): Uint8Array {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#dataKey.subarray(32), nonce)
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  decrypt(sealed: Uint8Array): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.#dataKey.subarray(0, 32), sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  }
}
