import { describe, expect, it } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { LogLine } from '../../../../src/contract/logs.ts'
import type { LogReader } from '../../../../src/core/logs/log-reader.ts'
import { LogView } from '../../../../src/core/logs/log-view.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

/** A stream whose news a test decides, with the moments at which it was asked. */
function scriptedReader(clock: { now(): number }, news: (ask: number) => LogLine[]) {
  const asked: number[] = []
  const reader: LogReader = {
    older: async () => ({ lines: [], complete: true }),
    newer: async () => {
      asked.push(clock.now())
      return news(asked.length)
    },
  }
  return { reader, asked }
}

/** Lets everything that waits for nothing but other promises happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

const line = (at: number): LogLine => ({ source: 0, at, text: 'x' })
const refused = new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })

/** Asks again and again, as a page does, until the time is over. */
async function follow(view: LogView, clock: ReturnType<typeof createHandClock>, milliseconds: number) {
  let over = false
  const batches: number[] = []
  const asking = (async () => {
    while (!over) batches.push((await view.newer()).lines.length)
  })().catch(() => undefined)
  for (let passed = 0; passed < milliseconds; passed += 100) {
    await settle()
    clock.advance(100)
  }
  over = true
  view[Symbol.dispose]()
  await settle()
  await asking
  return batches
}

describe('following', () => {
  it('looks every second while lines come, and ever less often while none do', async () => {
    const clock = createHandClock()
    const busy = scriptedReader(clock, (ask) => [line(ask)])
    const quiet = scriptedReader(clock, () => [])
    await follow(new LogView({ readers: new Map([[0, busy.reader]]), follows: true, clock }), clock, 10_000)
    expect(busy.asked.length).toBeGreaterThanOrEqual(9)
    expect(busy.asked.length).toBeLessThanOrEqual(11)
    await follow(new LogView({ readers: new Map([[0, quiet.reader]]), follows: true, clock }), clock, 60_000)
    expect(quiet.asked.length).toBeLessThanOrEqual(16)
    const gaps = quiet.asked.slice(1).map((at, index) => at - (quiet.asked[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5100)
  })

  it('asks nothing more while nobody takes what there is', async () => {
    const clock = createHandClock()
    const flood = scriptedReader(clock, () => Array.from({ length: 12_000 }, (_, at) => line(at)))
    const view = new LogView({ readers: new Map([[0, flood.reader]]), follows: true, clock })
    const sizes = [await view.newer(), await view.newer(), await view.newer()].map(
      ({ lines }) => lines.length,
    )
    expect(sizes).toEqual([5000, 5000, 2000])
    clock.advance(60_000)
    await settle()
    expect(flood.asked).toHaveLength(1)
  })

  it('tells what stands in the way and that it is gone, and the rest goes on meanwhile', async () => {
    const clock = createHandClock()
    let denied = true
    const closed = scriptedReader(clock, () => {
      if (denied) throw refused
      return []
    })
    const open = scriptedReader(clock, () => [])
    const readers = new Map([
      [0, closed.reader],
      [3, open.reader],
    ])
    const view = new LogView({ readers, follows: true, clock })
    expect((await view.newer()).problems).toEqual([{ source: 0, error: refused.value }])
    denied = false
    const next = view.newer()
    for (let turn = 0; turn < 60; turn += 1) {
      await settle()
      clock.advance(100)
    }
    expect((await next).problems).toEqual([])
    expect(open.asked.length).toBeGreaterThan(1)
  })

  it('ends a waiting answer when it is closed, and leaves no timer', async () => {
    const clock = createHandClock()
    const quiet = scriptedReader(clock, () => [])
    const view = new LogView({ readers: new Map([[0, quiet.reader]]), follows: true, clock })
    const waiting = view.newer()
    await settle()
    view[Symbol.dispose]()
    await expect(waiting).rejects.toThrow('closed')
    expect(clock.pendingTimers).toBe(0)
  })
})
