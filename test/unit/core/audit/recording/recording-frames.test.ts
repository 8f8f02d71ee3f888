import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeRecordingFrame,
  encodeRecordingFrame,
  type RecordingFrame,
} from '../../../../../src/core/audit/recording/recording-frames.ts'

const recording = fc.integer({ min: 0, max: 0xffff_ffff })
const elapsed = fc.double({ min: 0, max: 1e12, noNaN: true })
const word = fc.integer({ min: 0, max: 0xffff_ffff })

const frames: fc.Arbitrary<RecordingFrame> = fc.oneof(
  fc.record({ kind: fc.constantFrom('start' as const, 'problem' as const), recording, json: fc.json() }),
  fc.record({ kind: fc.constant('output' as const), recording, elapsed, bytes: fc.uint8Array() }),
  fc.record({
    kind: fc.constant('resize' as const),
    recording,
    elapsed,
    size: fc.record({ cols: word, rows: word }),
  }),
  fc.record({
    kind: fc.constant('marker' as const),
    recording,
    elapsed,
    label: fc.string({ unit: 'grapheme' }),
  }),
  fc.record({ kind: fc.constant('close' as const), recording, elapsed }),
  fc.record({ kind: fc.constant('written' as const), recording, byteCount: word }),
  fc.record({ kind: fc.constantFrom('closed' as const, 'accepted' as const), recording }),
)

describe('recording frames', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeRecordingFrame(encodeRecordingFrame(frame))).toEqual(frame)
      }),
    )
  })

  it('are refused with a RangeError when they are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (message) => {
        try {
          decodeRecordingFrame(message)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError)
        }
      }),
    )
    expect(() => decodeRecordingFrame(Uint8Array.of(10, 0, 0, 0, 1))).toThrow(RangeError)
    expect(() => decodeRecordingFrame(Uint8Array.of(2, 0, 0, 0, 1))).toThrow(RangeError)
  })
})
