import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AgentFrame,
  FrameReader,
  frameHeader,
  writeFrame,
} from '../../../../resources/sandbox/agent/agent-frames.ts'

class Sink {
  readonly written: Uint8Array[] = []
  cork(): void {}
  uncork(): void {}
  write(bytes: Uint8Array): boolean {
    this.written.push(bytes)
    return true
  }
}

test('a frame is type, session, length and payload, big-endian', () => {
  const sink = new Sink()
  writeFrame(sink, 18, 0x01020304, new TextEncoder().encode('ab'))
  expect(Buffer.concat(sink.written).toString('hex')).toBe('120102030400000002' + '6162')
})

test('frames come out as they went in, however the stream is cut', () => {
  const frame = fc.record({
    type: fc.nat(255),
    session: fc.nat(0xffffffff),
    payload: fc.uint8Array({ maxLength: 200 }),
  })
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (frames, cuts) => {
        const sink = new Sink()
        for (const { type, session, payload } of frames) writeFrame(sink, type, session, payload)
        const received: AgentFrame[] = []
        const reader = new FrameReader((one) =>
          received.push({ ...one, payload: Uint8Array.from(one.payload) }),
        )
        let stream = Uint8Array.from(Buffer.concat(sink.written))
        for (const cut of cuts) {
          reader.push(stream.slice(0, cut))
          stream = stream.slice(cut)
        }
        reader.push(stream)
        expect(received).toEqual(frames)
      },
    ),
  )
})

test('a length that cannot be right is refused', () => {
  const reader = new FrameReader(() => expect.fail('there is no frame'))
  expect(() => reader.push(frameHeader(18, 1, 0xffffffff))).toThrow('out of step')
})
