import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryLine } from '../../../../src/contract/audit.ts'
import { visitsOf } from '../../../../src/renderer/features/task/audit-entries.ts'
import { layoutChart, ticksBetween } from '../../../../src/renderer/features/task/chart-layout.ts'

const hour = 60 * 60_000
const from = new Date(2026, 10, 16, 10, 0).getTime()
const to = from + 100 * hour

let made = 0
function session(userName: string, start: number, end: number | undefined): HistoryLine {
  made += 1
  return {
    kind: 'session',
    seq: made,
    sessionId: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    containerName: 'nginx',
    userName,
    at: from + start * hour,
    hasRecording: true,
    ...(end !== undefined && { endedAt: from + end * hour }),
  }
}
function refusal(userName: string, at: number): HistoryLine {
  return {
    kind: 'refused',
    seq: 1000,
    sessionId: '00000000-0000-4000-8000-00000000ffff',
    containerName: 'nginx',
    userName,
    at: from + at * hour,
  }
}
const layout = (lines: HistoryLine[], rest: Partial<Parameters<typeof layoutChart>[0]> = {}) =>
  layoutChart({
    lines,
    visits: visitsOf(lines, rest.events),
    from,
    to,
    self: 'ana',
    startedAt: undefined,
    touchedSince: undefined,
    ...rest,
  })

describe('lanes', () => {
  test('have oneself first, then who was there most', () => {
    const entries = [session('raj', 1, 2), session('raj', 3, 4), session('ana', 5, 6), refusal('lena', 7)]
    expect(layout(entries).lanes.map(({ label }) => label)).toEqual(['ana', 'raj', 'lena'])
  })

  test('beyond three people are shared', () => {
    const names = ['ana', 'raj', 'raj', 'lena', 'tom', 'eve']
    const { lanes } = layout(names.map((name, index) => session(name, index, index + 1)))
    expect(lanes.map(({ label }) => label)).toEqual(['ana', 'raj', 'Others'])
    expect(lanes[2]?.spans.map(({ userName }) => userName).toSorted()).toEqual(['eve', 'lena', 'tom'])
  })

  test('show when and how long, and whose', () => {
    const [mine, others] = layout([session('ana', 25, undefined), session('raj', 50, 60)]).lanes
    expect(mine?.spans[0]).toMatchObject({ left: 0.25, width: 0.75, tone: 'live' })
    expect(others?.spans[0]).toMatchObject({ left: 0.5, tone: 'other' })
    expect(others?.spans[0]?.width).toBeCloseTo(0.1)
    expect(layout([session('ana', 0, 1)]).lanes[0]?.spans[0]?.tone).toBe('me')
  })

  test('have refusals as points, and a lane for the service', () => {
    const replaced: HistoryLine = { kind: 'task-replaced', seq: 1001, userName: 'raj', at: to }
    const { lanes } = layout([replaced, refusal('lena', 50)], { startedAt: from })
    expect(lanes.map(({ label, points }) => [label, points.map(({ kind, left }) => [kind, left])])).toEqual([
      ['lena', [['refused', 0.5]]],
      [
        'Service',
        [
          ['started', 0],
          ['replaced', 1],
        ],
      ],
    ])
  })

  test('have one shape for sessions that lie on the same pixels, with all that was in it', () => {
    const sessions = Array.from({ length: 1000 }, (_, index) =>
      session('ana', index / 10, (index + 0.5) / 10),
    )
    const [lane] = layout(sessions.toReversed()).lanes
    expect(lane?.spans).toHaveLength(1)
    expect(lane?.spans[0]).toMatchObject({ left: 0, tone: 'me', userName: 'ana', sessions: 1000 })
    expect(lane?.spans[0]?.width).toBeCloseTo(0.9995)
    expect(lane?.spans[0]?.length).toBeCloseTo(50 * hour, -3)
  })

  test('keep shapes apart that can be told apart, and what is live', () => {
    const apart = layout([session('ana', 10, 11), session('ana', 11, 11.1), session('ana', 11.2, undefined)])
    expect(apart.lanes[0]?.spans.map(({ tone, sessions }) => [tone, sessions])).toEqual([
      ['me', 1],
      ['me', 1],
      ['live', 1],
    ])
  })

  test('never have more shapes than can be seen, however many sessions there are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 2000 }), (starts) => {
        const { lanes } = layout(starts.map((start) => session('ana', start, start)))
        const spans = lanes[0]?.spans ?? []
        expect(spans.length).toBeLessThanOrEqual(251)
        expect(spans.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(starts.length)
      }),
      { numRuns: 20 },
    )
  })

  test('name nobody where several people share a shape', () => {
    const names = ['ana', 'raj', 'raj', 'raj', 'lena', 'tom']
    const { lanes } = layout(names.map((name, index) => session(name, index / 10, (index + 1) / 10)))
    expect(lanes[2]?.spans).toHaveLength(1)
    expect(lanes[2]?.spans[0]).toMatchObject({ userName: undefined, containerName: 'nginx', sessions: 2 })
  })

  test('keep everything inside the chart, whatever the clocks of others say', () => {
    const { lanes } = layout([session('ana', -50, 300), refusal('raj', 900)])
    expect(lanes[0]?.spans[0]).toMatchObject({ left: 0, width: 1 })
    expect(lanes[1]?.points[0]?.left).toBe(1)
  })
})

test('a task is as built until somebody was inside', () => {
  expect(layout([]).asBuilt).toBe(1)
  expect(layout([], { touchedSince: from + 10 * hour }).asBuilt).toBeCloseTo(0.1)
})

describe('ticks', () => {
  test('are round moments, the first with its day', () => {
    const day = new Date(2026, 10, 16, 10, 12).getTime()
    expect(ticksBetween(day, day + 52 * hour).map(({ label }) => label)).toEqual([
      '16 Nov 12:00',
      '17 Nov',
      '12:00',
      '18 Nov',
    ])
  })

  test('of days are days', () => {
    const labels = ticksBetween(from, from + 10 * 24 * hour).map(({ label }) => label)
    expect(labels).toEqual(['18 Nov', '20 Nov', '22 Nov', '24 Nov'])
  })

  test('are few, in order, apart from the edges, and different, for any task', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 365 * 24 * hour }), (length) => {
        const ticks = ticksBetween(from, from + length)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect(new Set(ticks.map(({ at }) => at)).size).toBe(ticks.length)
        // A clock time alone may come back each day; a day may not.
        const days = ticks.map(({ label }) => label).filter((label) => /[A-Z]/.test(label))
        expect(new Set(days).size).toBe(days.length)
        for (const [index, { left }] of ticks.entries()) {
          expect(left).toBeGreaterThanOrEqual(0.03)
          expect(left).toBeLessThanOrEqual(0.92)
          expect(left).toBeGreaterThan(ticks[index - 1]?.left ?? 0)
        }
      }),
    )
  })

  test('of no time are none', () => {
    expect(ticksBetween(from, from)).toEqual([])
  })
})
