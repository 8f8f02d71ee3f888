import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acknowledgedSequence,
  encodeAcknowledgement,
} from '../../../../src/core/data-channel/acknowledgement.ts'
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
  framePrefixLength,
  messageType,
  payloadType,
} from '../../../../src/core/data-channel/frame.ts'

/** Captured from session-manager-plugin. */
const golden = {
  size: '00000074696e7075745f73747265616d5f6461746120202020202020202020202020202000000001000001a209303dd60000000000000001000000000000000088d4299eb8d86b36f2cdbd9f15b14cbd4b9ec8c4401483f792634dbae19cab25c3dac438a5551c7066ac9e940045dc2400000003000000167b22636f6c73223a3133322c22726f7773223a34337d',
  input:
    '00000074696e7075745f73747265616d5f6461746120202020202020202020202020202000000001000001a20930413e00000000000000020000000000000000a7aed648c9ec8dbcbc8ddc069ef949d0ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb000000010000000161',
  acknowledgement:
    '0000007461636b6e6f776c6564676520202020202020202020202020202020202020202000000001000001a2093041d600000000000000000000000000000003b76fe251728cdceb20f4f6373e3c41380b28069b841b42ba6f2f66f168c134b03f9bb8fa05756be5a090c62c35020b5200000000000000b07b2241636b6e6f776c65646765644d65737361676554797065223a226f75747075745f73747265616d5f64617461222c2241636b6e6f776c65646765644d6573736167654964223a2235623162353832662d363737342d306365642d303731352d636534653537653465336461222c2241636b6e6f776c65646765644d65737361676553657175656e63654e756d626572223a322c22497353657175656e7469616c4d657373616765223a747275657d',
}

const goldenFrames: Record<'size' | 'input', Frame> = {
  size: {
    messageType: messageType.input,
    createdAt: 1795450486230,
    sequence: 1,
    flags: 0,
    messageId: 'f2cdbd9f-15b1-4cbd-88d4-299eb8d86b36',
    payloadType: payloadType.size,
    payload: Buffer.from('{"cols":132,"rows":43}'),
  },
  input: {
    messageType: messageType.input,
    createdAt: 1795450487102,
    sequence: 2,
    flags: 0,
    messageId: 'bc8ddc06-9ef9-49d0-a7ae-d648c9ec8dbc',
    payloadType: payloadType.output,
    payload: Buffer.from('a'),
  },
}

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

function changed(hex: string, change: (bytes: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(hex, 'hex')
  change(bytes)
  return bytes
}

describe('golden frames', () => {
  test.each(['size', 'input'] as const)('%s is written and read byte for byte', (name) => {
    expect(hexOf(encodeFrame(goldenFrames[name]))).toBe(golden[name])
    expect(decodeFrame(bytesOf(golden[name]))).toEqual({
      ...goldenFrames[name],
      payload: expect.anything(),
    })
    expect(hexOf(decodeFrame(bytesOf(golden[name])).payload)).toBe(hexOf(goldenFrames[name].payload))
  })

  test('an acknowledgement has the captured content and header', () => {
    const captured = decodeFrame(bytesOf(golden.acknowledgement))
    expect(acknowledgedSequence(captured)).toBe(2)
    const received: Frame = {
      ...goldenFrames.input,
      messageType: messageType.output,
      messageId: '5b1b582f-6774-0ced-0715-ce4e57e4e3da',
    }
    const ours = decodeFrame(encodeAcknowledgement(received, captured.createdAt))
    expect(ours).toEqual({ ...captured, messageId: expect.any(String), payload: expect.anything() })
    expect(Buffer.from(ours.payload).toString()).toBe(Buffer.from(captured.payload).toString())
    expect(hexOf(encodeFrame({ ...ours, messageId: captured.messageId }))).toBe(golden.acknowledgement)
  })
})

describe('what a receiver tolerates', () => {
  test('a type padded with NUL', () => {
    const frame = changed(golden.input, (bytes) => bytes.fill(0, 4 + messageType.input.length, 36))
    expect(decodeFrame(frame).messageType).toBe(messageType.input)
  })

  test('a wrong payload length: the payload reaches to the end', () => {
    const frame = changed(golden.size, (bytes) => bytes.writeUInt32BE(3, 116))
    expect(Buffer.from(decodeFrame(frame).payload).toString()).toBe('{"cols":132,"rows":43}')
  })

  test('an empty payload with any digest', () => {
    const empty = encodeFrame({ ...goldenFrames.input, payload: new Uint8Array() })
    expect(decodeFrame(empty).payload).toHaveLength(0)
    Buffer.from(empty.buffer, empty.byteOffset).fill(7, 80, 112)
    expect(decodeFrame(empty).payload).toHaveLength(0)
  })

  test('a payload of 200 kB', () => {
    const payload = new Uint8Array(200_000).fill(65)
    expect(decodeFrame(encodeFrame({ ...goldenFrames.input, payload })).payload).toHaveLength(200_000)
  })

  test.each([messageType.startPublication, messageType.pausePublication])(
    '%s with nonsense in it',
    (type) => {
      const frame = encodeFrame({ ...goldenFrames.input, messageType: type, createdAt: 0, sequence: -1 })
      Buffer.from(frame.buffer, frame.byteOffset).fill(9, 80, 120)
      expect(decodeFrame(frame).messageType).toBe(type)
    },
  )
})

describe('what a receiver drops', () => {
  test.each([
    ['a damaged payload', (bytes: Buffer) => bytes.writeUInt8(98, framePrefixLength)],
    ['a damaged digest', (bytes: Buffer) => bytes.writeUInt8(0, 80)],
    ['no creation date', (bytes: Buffer) => bytes.fill(0, 40, 48)],
    ['no message type', (bytes: Buffer) => bytes.fill(0x20, 4, 36)],
    ['no header length', (bytes: Buffer) => bytes.writeUInt32BE(0, 0)],
    ['a header longer than the message', (bytes: Buffer) => bytes.writeUInt32BE(0xffffffff, 0)],
    ['a negative sequence number', (bytes: Buffer) => bytes.writeBigInt64BE(-1n, 48)],
    ['a sequence number past all counting', (bytes: Buffer) => bytes.writeBigInt64BE(2n ** 62n, 48)],
  ])('%s', (_name, damage) => {
    expect(() => decodeFrame(changed(golden.input, damage))).toThrow(FrameError)
  })

  test('every truncation', () => {
    const whole = bytesOf(golden.size)
    for (let length = 0; length < whole.byteLength; length++) {
      // With nothing of the payload left the digest no longer fits either.
      expect(() => decodeFrame(whole.subarray(0, length))).toThrow(FrameError)
    }
  })
})

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  messageType: fc.constantFrom(...Object.values(messageType)),
  createdAt: fc.integer({ min: 1, max: 2 ** 45 }),
  sequence: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  flags: fc.constantFrom(0, 1, 2, 3),
  messageId: fc.uuid(),
  payloadType: fc.nat({ max: 0xffff_ffff }),
  payload: fc.uint8Array({ maxLength: 3000 }),
})

test('property: what is written is read back, from any place in a larger buffer', () => {
  fc.assert(
    fc.property(anyFrame, fc.nat({ max: 40 }), (frame, margin) => {
      const message = encodeFrame(frame)
      const larger = new Uint8Array(message.byteLength + 2 * margin)
      larger.set(message, margin)
      const read = decodeFrame(larger.subarray(margin, margin + message.byteLength))
      expect({ ...read, payload: hexOf(read.payload) }).toEqual({ ...frame, payload: hexOf(frame.payload) })
    }),
  )
})

test('property: garbage is read or refused with a FrameError, never anything else', () => {
  const damagedFrame = fc
    .tuple(anyFrame, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 }), fc.nat())
    .map(([frame, changes, cut]) => {
      const message = encodeFrame(frame)
      for (const [at, value] of changes) message[at % message.byteLength] = value
      return message.subarray(0, cut % (message.byteLength + 1))
    })
  fc.assert(
    fc.property(fc.oneof(damagedFrame, fc.uint8Array({ maxLength: 400 })), (message) => {
      try {
        decodeFrame(message)
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['type', { messageType: 'a type with spaces' }],
  ['type', { messageType: 'x'.repeat(33) }],
  ['id', { messageId: 'not-a-uuid' }],
])('a frame with an impossible %s is not written', (_name, change) => {
  expect(() => encodeFrame({ ...goldenFrames.input, ...change })).toThrow(FrameError)
})
