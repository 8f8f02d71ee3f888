import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acknowledgedSequenceNumber,
  encodeAcknowledgement,
} from '../../../../src/sandbox/services/message-gateway/acknowledgement.ts'
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  frameFlags,
  frameOffset,
  messageType,
  payloadType,
} from '../../../../src/sandbox/services/message-gateway/frame.ts'
import {
  encodeBrokenStartPublication,
  encodePausePublication,
} from '../../../../src/sandbox/services/message-gateway/publication.ts'

/** Captured from the real session-manager-plugin. */
const golden: { name: string; hex: string; frame: Omit<Frame, 'payload'>; payload: string }[] = [
  {
    name: 'a terminal size',
    hex: '00000074696e7075745f73747265616d5f6461746120202020202020202020202020202000000001000001a209303dd60000000000000001000000000000000088d4299eb8d86b36f2cdbd9f15b14cbd4b9ec8c4401483f792634dbae19cab25c3dac438a5551c7066ac9e940045dc2400000003000000167b22636f6c73223a3133322c22726f7773223a34337d',
    frame: {
      messageType: messageType.input,
      createdDate: 1795450486230,
      sequenceNumber: 1,
      flags: frameFlags.none,
      messageId: 'f2cdbd9f-15b1-4cbd-88d4-299eb8d86b36',
      payloadType: payloadType.size,
    },
    payload: '{"cols":132,"rows":43}',
  },
  {
    name: 'a keystroke',
    hex: '00000074696e7075745f73747265616d5f6461746120202020202020202020202020202000000001000001a20930413e00000000000000020000000000000000a7aed648c9ec8dbcbc8ddc069ef949d0ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb000000010000000161',
    frame: {
      messageType: messageType.input,
      createdDate: 1795450487102,
      sequenceNumber: 2,
      flags: frameFlags.none,
      messageId: 'bc8ddc06-9ef9-49d0-a7ae-d648c9ec8dbc',
      payloadType: payloadType.output,
    },
    payload: 'a',
  },
  {
    name: 'an acknowledgement',
    hex: '0000007461636b6e6f776c6564676520202020202020202020202020202020202020202000000001000001a2093041d600000000000000000000000000000003b76fe251728cdceb20f4f6373e3c41380b28069b841b42ba6f2f66f168c134b03f9bb8fa05756be5a090c62c35020b5200000000000000b07b2241636b6e6f776c65646765644d65737361676554797065223a226f75747075745f73747265616d5f64617461222c2241636b6e6f776c65646765644d6573736167654964223a2235623162353832662d363737342d306365642d303731352d636534653537653465336461222c2241636b6e6f776c65646765644d65737361676553657175656e63654e756d626572223a322c22497353657175656e7469616c4d657373616765223a747275657d',
    frame: {
      messageType: messageType.acknowledge,
      createdDate: 1795450487254,
      sequenceNumber: 0,
      flags: frameFlags.notSequential,
      messageId: '20f4f637-3e3c-4138-b76f-e251728cdceb',
      payloadType: payloadType.none,
    },
    payload:
      '{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"5b1b582f-6774-0ced-0715-ce4e57e4e3da","AcknowledgedMessageSequenceNumber":2,"IsSequentialMessage":true}',
  },
]

const keystroke = golden[1]?.hex ?? ''

describe('frames captured from the real plugin', () => {
  it.each(golden)('decodes $name', ({ hex, frame, payload }) => {
    const decoded = decode(Buffer.from(hex, 'hex'))
    expect({ ...decoded, payload: Buffer.from(decoded.payload).toString() }).toEqual({ ...frame, payload })
  })

  it.each(golden)('encodes $name to the same bytes', ({ hex, frame, payload }) => {
    const encoded = encodeFrame({ ...frame, payload: Buffer.from(payload) })
    expect(Buffer.from(encoded).toString('hex')).toBe(hex)
  })

  it('writes the payload of an acknowledgement like the plugin', () => {
    const acknowledged = decode(
      encodeFrame({
        messageType: messageType.output,
        createdDate: 1,
        sequenceNumber: 2,
        flags: frameFlags.none,
        messageId: '5b1b582f-6774-0ced-0715-ce4e57e4e3da',
        payloadType: payloadType.output,
        payload: Buffer.from('x'),
      }),
    )
    const acknowledgement = decode(encodeAcknowledgement(acknowledged, 1795450487254))
    expect(Buffer.from(acknowledgement.payload).toString()).toBe(golden[2]?.payload)
    expect(acknowledgement).toMatchObject({
      flags: frameFlags.notSequential,
      sequenceNumber: 0,
      payloadType: 0,
    })
    expect(acknowledgedSequenceNumber(acknowledgement)).toBe(2)
  })
})

describe('any frame', () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const decoded = decode(encodeFrame(frame))
        expect({ ...decoded, payload: [...decoded.payload] }).toEqual({
          ...frame,
          payload: [...frame.payload],
        })
      }),
    )
  })

  it('is refused or read, but never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof decodeFrame(bytes).ok).toBe('boolean')
      }),
    )
  })

  it('is refused when one byte of its payload changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(), (payload, position) => {
        const message = Buffer.from(keystroke, 'hex')
        const encoded = encodeFrame({ ...decode(message), payload })
        const changed = frameOffset.payload + (position % payload.byteLength)
        encoded[changed] = (encoded[changed] ?? 0) ^ 1
        expect(decodeFrame(encoded)).toEqual({ ok: false, problem: 'wrong-digest' })
      }),
    )
  })
})

describe('frames that are not quite right', () => {
  it('reads a type that is padded with NUL', () => {
    const message = Buffer.from(keystroke, 'hex')
    message.fill(0, frameOffset.messageType + messageType.input.length, frameOffset.schemaVersion)
    expect(decode(message).messageType).toBe(messageType.input)
  })

  it('reads to the end of the message whatever PayloadLength says', () => {
    const message = Buffer.from(keystroke, 'hex')
    message.writeUInt32BE(99, frameOffset.payloadLength)
    expect(Buffer.from(decode(message).payload).toString()).toBe('a')
  })

  it('reads publication messages with a wrong length and digest', () => {
    expect(decode(encodeBrokenStartPublication(1)).messageType).toBe(messageType.startPublication)
    expect(decode(encodePausePublication(1)).flags).toBe(frameFlags.notSequential)
  })

  it.each([
    ['too-short', (message: Buffer) => message.subarray(0, 119)],
    ['too-short', (message: Buffer) => patch(message, () => message.writeUInt32BE(5000, 0))],
    ['no-header-length', (message: Buffer) => patch(message, () => message.writeUInt32BE(0, 0))],
    ['no-message-type', (message: Buffer) => patch(message, () => message.fill(0, 4, 36))],
    ['no-created-date', (message: Buffer) => patch(message, () => message.fill(0, 40, 48))],
    ['wrong-sequence-number', (message: Buffer) => patch(message, () => message.fill(0xff, 48, 56))],
    ['wrong-digest', (message: Buffer) => patch(message, () => message.fill(0, 80, 112))],
  ] as const)('refuses a frame as %s', (problem, change) => {
    expect(decodeFrame(change(Buffer.from(keystroke, 'hex')))).toEqual({ ok: false, problem })
  })
})

const anyFrame = fc.record({
  messageType: fc.constantFrom(...Object.values(messageType)),
  createdDate: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  sequenceNumber: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  flags: fc.nat({ max: 3 }),
  messageId: fc.uuid(),
  payloadType: fc.nat({ max: 0xffffffff }),
  payload: fc.uint8Array({ maxLength: 2000 }),
})

function decode(message: Uint8Array): Frame {
  const decoded = decodeFrame(message)
  if (!decoded.ok) throw new Error(`The frame was refused: ${decoded.problem}`)
  return decoded.frame
}

function patch(message: Buffer, change: () => void): Buffer {
  change()
  return message
}
