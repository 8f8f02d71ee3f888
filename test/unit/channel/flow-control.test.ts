import { describe, expect, test } from 'vitest'
import {
  AckCounter,
  ackBytes,
  highMarkBytes,
  lowMarkBytes,
  SendWindow,
  SharedBrake,
} from '../../../src/channel/flow-control.ts'

function recordingSource() {
  const calls: string[] = []
  return { calls, pause: () => void calls.push('pause'), resume: () => void calls.push('resume') }
}

describe('SendWindow', () => {
  test('runs up to the high mark and pauses above it, once', () => {
    const source = recordingSource()
    const window = new SendWindow(source)
    window.sent(highMarkBytes)
    expect(source.calls).toEqual([])
    window.sent(1)
    window.sent(50_000)
    expect(source.calls).toEqual(['pause'])
  })

  test('resumes at the low mark, not above it', () => {
    const source = recordingSource()
    const window = new SendWindow(source)
    window.sent(highMarkBytes + 1)
    window.acked(highMarkBytes - lowMarkBytes)
    expect(source.calls).toEqual(['pause'])
    window.acked(1)
    expect(source.calls).toEqual(['pause', 'resume'])
    expect(window.underWay).toBe(lowMarkBytes)
  })

  test('acks for more than was sent heal to zero instead of giving credit', () => {
    const source = recordingSource()
    const window = new SendWindow(source)
    window.sent(10)
    window.acked(1_000_000)
    expect(window.underWay).toBe(0)
    window.sent(highMarkBytes + 1)
    expect(source.calls).toEqual(['pause'])
  })

  test('a reset lets a paused source run', () => {
    const source = recordingSource()
    const window = new SendWindow(source)
    window.sent(highMarkBytes * 2)
    window.reset()
    expect(source.calls).toEqual(['pause', 'resume'])
    expect(window.underWay).toBe(0)
  })

  test('follows a backlog that another party measures', () => {
    const source = recordingSource()
    const window = new SendWindow(source, { high: 100, low: 10 })
    window.measured(101)
    window.measured(11)
    expect(source.calls).toEqual(['pause'])
    window.measured(10)
    expect(source.calls).toEqual(['pause', 'resume'])
  })
})

describe('AckCounter', () => {
  test('acks in units that are worth a message and loses no byte', () => {
    const acks: number[] = []
    const counter = new AckCounter((byteCount) => acks.push(byteCount))
    for (let drawn = 0; drawn < ackBytes * 3; drawn += 1000) counter.drawn(1000)
    expect(acks.every((ack) => ack >= ackBytes)).toBe(true)
    expect(acks.length).toBeLessThanOrEqual(3)
    counter.drawn(ackBytes)
    expect(acks.reduce((sum, ack) => sum + ack, 0)).toBe(Math.ceil((ackBytes * 3) / 1000) * 1000 + ackBytes)
  })

  test('what is drawn but never acked cannot keep a source paused', () => {
    expect(ackBytes).toBeLessThan(lowMarkBytes)
  })

  test('a reset forgets what was drawn for the attach before', () => {
    const acks: number[] = []
    const counter = new AckCounter((byteCount) => acks.push(byteCount))
    counter.drawn(ackBytes - 1)
    counter.reset()
    counter.drawn(ackBytes - 1)
    expect(acks).toEqual([])
  })
})

describe('SharedBrake', () => {
  test('the source runs when nobody holds it, and hears only changes', () => {
    const source = recordingSource()
    const brake = new SharedBrake<'viewer' | 'recorder'>(source)
    const viewer = brake.for('viewer')
    const recorder = brake.for('recorder')
    viewer.pause()
    recorder.pause()
    viewer.pause()
    viewer.resume()
    expect(source.calls).toEqual(['pause'])
    expect(brake.held).toBe(true)
    recorder.resume()
    recorder.resume()
    expect(source.calls).toEqual(['pause', 'resume'])
  })
})
