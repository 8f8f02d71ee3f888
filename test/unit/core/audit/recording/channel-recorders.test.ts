import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import { ChannelRecorderFactory } from '../../../../../src/core/audit/recording/channel-recorders.ts'
import {
  decodeRecordingFrame,
  type RecordingFrame,
} from '../../../../../src/core/audit/recording/recording-frames.ts'
import { recordingStart } from '../audit-fixtures.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A recorder, and what arrived at the other end. */
function recorderWithFrames() {
  const [near, far] = createChannelPair()
  const frames: RecordingFrame[] = []
  far.onMessage((message) => {
    if (typeof message !== 'string') frames.push(decodeRecordingFrame(message))
  })
  let now = 0
  const recorder = new ChannelRecorderFactory(near, () => now).start(recordingStart())
  const arrived = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return frames.filter(({ kind }) => kind !== 'start')
  }
  return {
    recorder,
    arrived,
    at(time: number) {
      now = time
    },
  }
}

const text = (frame: RecordingFrame | undefined) =>
  frame?.kind === 'output' ? Buffer.from(frame.bytes).toString() : undefined

describe('output on its way to the recorder', () => {
  it('travels together for 20 ms, with the time of its first piece', async () => {
    const { recorder, arrived, at } = recorderWithFrames()
    at(5)
    const reused = Buffer.from('one ')
    recorder.output(reused)
    reused.fill(0)
    at(10)
    recorder.output(Buffer.from('two'))
    expect(recorder.pendingBytes).toBe(7)
    vi.advanceTimersByTime(19)
    expect(await arrived()).toEqual([])
    vi.advanceTimersByTime(1)
    const [frame, ...others] = await arrived()
    expect(others).toEqual([])
    expect(text(frame)).toBe('one two')
    expect(frame).toMatchObject({ elapsed: 5 })
  })

  it('keeps its place before a resize, a marker and the end', async () => {
    const { recorder, arrived } = recorderWithFrames()
    recorder.output(Buffer.from('a'))
    recorder.resize({ cols: 10, rows: 5 })
    recorder.output(Buffer.from('b'))
    recorder.marker('here')
    recorder.output(Buffer.from('c'))
    void recorder.close()
    const kinds = (await arrived()).map((frame) => text(frame) ?? frame.kind)
    expect(kinds).toEqual(['a', 'resize', 'b', 'marker', 'c', 'close'])
  })

  it('makes few messages of a flood, and loses nothing of it', async () => {
    const { recorder, arrived } = recorderWithFrames()
    const given = Buffer.alloc(4 * 1024 * 1024, 'flood of output ')
    for (let at = 0; at < given.length; at += 1024) recorder.output(given.subarray(at, at + 1024))
    recorder.output(Buffer.alloc(100_000, 'x'))
    void recorder.close()
    const frames = await arrived()
    expect(frames.length).toBeLessThan(70)
    const all = Buffer.concat(
      frames.map((frame) => (frame.kind === 'output' ? frame.bytes : Buffer.alloc(0))),
    )
    expect(all.equals(Buffer.concat([given, Buffer.alloc(100_000, 'x')]))).toBe(true)
  })
})
