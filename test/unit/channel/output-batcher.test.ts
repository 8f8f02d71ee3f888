import { beforeEach, describe, expect, test } from 'vitest'
import { batchBytes, batchWindowMilliseconds, OutputBatcher } from '../../../src/channel/output-batcher.ts'
import { createHandClock } from '../../fixtures/hand-clock.ts'

let clock: ReturnType<typeof createHandClock>
let sent: string[]
let batcher: OutputBatcher

const bytes = (text: string) => new TextEncoder().encode(text)

beforeEach(() => {
  clock = createHandClock()
  sent = []
  batcher = new OutputBatcher((batch) => sent.push(new TextDecoder().decode(batch)), clock.after)
})

describe('OutputBatcher', () => {
  test('the first chunk after quiet goes at once', () => {
    batcher.push(bytes('a'))
    expect(sent).toEqual(['a'])
    clock.advance(batchWindowMilliseconds)
    batcher.push(bytes('b'))
    expect(sent).toEqual(['a', 'b'])
  })

  test('chunks within the window wait for its end and travel together', () => {
    batcher.push(bytes('a'))
    batcher.push(bytes('b'))
    batcher.push(bytes('c'))
    clock.advance(batchWindowMilliseconds - 1)
    expect(sent).toEqual(['a'])
    clock.advance(1)
    expect(sent).toEqual(['a', 'bc'])
  })

  test('a steady stream makes one message per window', () => {
    for (let millisecond = 0; millisecond < 100; millisecond++) {
      batcher.push(bytes('x'))
      batcher.push(bytes('y'))
      clock.advance(1)
    }
    expect(sent.join('')).toBe('xy'.repeat(100))
    expect(sent.length).toBeLessThanOrEqual(100 / batchWindowMilliseconds + 1)
  })

  test('a full batch does not wait', () => {
    batcher.push(bytes('a'))
    batcher.push(new Uint8Array(batchBytes - 1).fill(98))
    expect(sent.length).toBe(1)
    batcher.push(bytes('c'))
    expect(sent.length).toBe(2)
    expect(sent[1]?.length).toBe(batchBytes)
  })

  test('flush sends what waits, and nothing when nothing waits', () => {
    batcher.push(bytes('a'))
    batcher.push(bytes('b'))
    batcher.flush()
    batcher.flush()
    expect(sent).toEqual(['a', 'b'])
  })

  test('empty chunks make no message', () => {
    batcher.push(new Uint8Array(0))
    clock.advance(batchWindowMilliseconds)
    expect(sent).toEqual([])
  })

  test('disposing leaves no timer behind', () => {
    batcher.push(bytes('a'))
    batcher.push(bytes('b'))
    batcher[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
    clock.advance(batchWindowMilliseconds)
    expect(sent).toEqual(['a'])
  })
})
