import {
  channelFlag,
  encodeFrame,
  frameFlag,
  messageType,
  payloadType,
} from '../../src/core/data-channel/frame.ts'

const messageTypes = [
  ...Object.values(messageType),
  'agent_session_state',
  'unheard_of',
  'x'.repeat(32),
] as const
const payloadTypes = [...Object.values(payloadType), 4, 13, 255, 261, 0xffffffff] as const

/** Words that the code under test looks for, to be cut, joined and repeated. */
const words = [
  '{"AcknowledgedMessageSequenceNumber":',
  '{"AcknowledgedMessageSequenceNumber":0}',
  '{"AcknowledgedMessageSequenceNumber":1e999}',
  '{"RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands"}}]}',
  '{"RequestedClientActions":[{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"k","Challenge":"AA=="}}]}',
  '{"RequestedClientActions":[]}',
  '{"Challenge":"AAAA"}',
  '{"HandshakeTimeToComplete":1,"CustomerMessage":"hello"}',
  '{"Output":"Your session timed out due to inactivity and has been terminated."}',
  '{"Output":"Failed to start pty: no such file or directory"}',
  '{"Output":null}',
  '{"cols":80,"rows":24}',
  '{"cols":1e9,"rows":-1}',
  'Plugin with name X not found',
  'encryption is not set up on the log group',
  'sso session x has expired ',
  '\r\n',
  '\n\n',
  '[[[[[[[[',
  '{"a":{"a":{"a":',
  '\u0000',
  '\u001b]0;',
  '🚀',
  '\ud800',
] as const

/** Draws inputs that look like the real thing and are not. */
export class FuzzedInput {
  readonly random: () => number

  constructor(random: () => number) {
    this.random = random
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }

  text(most = 12): string {
    let text = ''
    for (let count = this.below(most); count > 0; count--) {
      const word = this.pick(words)
      text += this.random() < 0.3 ? word.slice(this.below(word.length)) : word
    }
    return this.random() < 0.01 ? text.repeat(1 + this.below(50)) : text
  }

  bytes(most = 400): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.below(most))
    for (let index = 0; index < bytes.byteLength; index++) bytes[index] = this.below(256)
    return bytes
  }

  payload(): Uint8Array {
    return this.random() < 0.5 ? Buffer.from(this.text()) : this.bytes(60)
  }

  /** A frame with every field drawn, and then perhaps damaged or cut. */
  frame(sequence: number): Uint8Array {
    if (this.random() < 0.05) return this.bytes()
    const bytes = Buffer.from(
      encodeFrame({
        messageType: this.pick(messageTypes),
        createdAt: this.pick([0, 1, Date.now(), Number.MAX_SAFE_INTEGER]),
        sequence: this.random() < 0.6 ? sequence : this.pick([0, 1, sequence + 2, 9_999, 2 ** 31, 2 ** 52]),
        flags: this.pick(Object.values(frameFlag)),
        messageId: '5b1b582f-6774-4ced-8715-ce4e57e4e3da',
        payloadType: this.pick(payloadTypes),
        payload: this.random() < 0.02 ? flagPayload(this.pick(Object.values(channelFlag))) : this.payload(),
      }),
    )
    for (let damage = this.random() < 0.4 ? this.below(4) : 0; damage > 0; damage--)
      bytes[this.below(bytes.byteLength)] = this.pick([0, 1, 0x7f, 0x80, 0xff, this.below(256)])
    return this.random() < 0.1 ? bytes.subarray(0, this.below(bytes.byteLength)) : bytes
  }
}

function flagPayload(flag: number): Uint8Array {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(flag)
  return payload
}
