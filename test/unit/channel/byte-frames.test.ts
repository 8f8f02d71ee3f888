import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ByteFrame, decodeByteFrame, encodeByteFrame } from '../../../src/channel/byte-frames.ts'

const stream = fc.integer({ min: 1, max: 0xffffffff })
const anyFrame: fc.Arbitrary<ByteFrame> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('output' as const, 'input' as const, 'snapshot' as const),
    stream,
    bytes: fc.uint8Array({ maxLength: 2000 }),
  }),
  fc.record({
    kind: fc.constant('ack' as const),
    stream,
    byteCount: fc.integer({ min: 0, max: 0xffffffff }),
  }),
  fc.record({
    kind: fc.constant('resize' as const),
    stream,
    size: fc.record({ cols: fc.integer({ min: 1, max: 1000 }), rows: fc.integer({ min: 1, max: 1000 }) }),
  }),
  fc.record({
    kind: fc.constantFrom('attach' as const, 'detach' as const, 'end' as const, 'forgotten' as const),
    stream,
  }),
)

describe('byte frames', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        expect(decodeByteFrame(encodeByteFrame(frame))).toEqual(frame)
      }),
    )
  })

  it('cost six bytes for a keystroke', () => {
    expect(encodeByteFrame({ kind: 'input', stream: 7, bytes: new Uint8Array([0x61]) })).toEqual(
      new Uint8Array([2, 0, 0, 0, 7, 0x61]),
    )
  })

  it('are decoded or refused with a RangeError, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (message) => {
        try {
          decodeByteFrame(message)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
