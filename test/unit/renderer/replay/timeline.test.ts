import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { activityBars } from '../../../../src/renderer/features/replay/activity.ts'
import { fitText } from '../../../../src/renderer/features/replay/fit-text.ts'
import { Recording } from '../../../../src/renderer/features/replay/recording.ts'
import { formatPosition } from '../../../../src/renderer/features/replay/time-text.ts'

const size = { cols: 80, rows: 24 }

describe('a recording', () => {
  const recording = new Recording(size)
  recording.append([
    { kind: 'resize', at: 0, size },
    { kind: 'output', at: 500, text: 'abc' },
    { kind: 'output', at: 500, text: 'de' },
    { kind: 'marker', at: 30_500, label: 'deploy' },
    { kind: 'output', at: 31_000, text: 'f' },
  ])

  test('knows what has happened by a moment', () => {
    expect([0, 499, 500, 30_499, 31_000, 99_999].map((time) => recording.countAt(time))).toEqual([
      1, 1, 3, 3, 5, 5,
    ])
  })

  test('knows how much output there is before it', () => {
    expect([0, 1, 2, 3, 4, 5].map((count) => recording.outputIn(count))).toEqual([0, 0, 3, 5, 5, 6])
  })

  test('knows its pauses, markers, length and first output', () => {
    expect(recording.skips).toEqual([{ from: 2500, to: 30_500 }])
    expect(recording.saved).toBe(28_000)
    expect(recording.markers).toEqual([{ at: 30_500, label: 'deploy' }])
    expect(recording.duration).toBe(31_000)
    expect(recording.firstOutputAt).toBe(500)
  })
})

describe('activity', () => {
  test('is highest where most was shown, and nothing where nothing was', () => {
    const bars = activityBars(
      [
        { kind: 'output', at: 0, text: 'x'.repeat(1000) },
        { kind: 'output', at: 5000, text: 'x' },
        { kind: 'marker', at: 7000, label: 'x' },
        { kind: 'output', at: 10_000, text: 'x'.repeat(30) },
      ],
      10_000,
      4,
    )
    expect(bars[0]).toBe(1)
    expect(bars[1]).toBe(0)
    expect(bars[2]).toBeGreaterThan(0)
    expect(bars[3]).toBeGreaterThan(bars[2] ?? 1)
  })

  test('of no output, no time and no room is flat', () => {
    expect(activityBars([], 0, 3)).toEqual([0, 0, 0])
    expect(activityBars([{ kind: 'output', at: 0, text: 'x' }], 0, 2)).toEqual([1, 0])
    expect(activityBars([], 1000, 0)).toEqual([])
  })
})

describe('text', () => {
  const cell = { width: 0.6, height: 1.32 }

  test('has the wanted size where there is room', () => {
    expect(fitText(size, { width: 1000, height: 700 }, cell, 12.5, 'flowing').fontSize).toBe(12.5)
  })

  test('gives up the space between lines before its size', () => {
    const fitted = fitText(size, { width: 1000, height: 24 * 17 }, cell, 12.5, 'flowing')
    expect(fitted).toEqual({ fontSize: 12.5, lineHeight: 1 })
  })

  test('of a full-screen program becomes smaller than text that flows', () => {
    const room = { width: 2000, height: 300 }
    expect(fitText(size, room, cell, 12.5, 'flowing').fontSize).toBe(11)
    expect(fitText(size, room, cell, 12.5, 'fullScreen').fontSize).toBe(9)
  })

  test('is never larger than wanted, and fits whenever it is not the smallest', () => {
    const sizes = fc.record({
      cols: fc.integer({ min: 1, max: 1000 }),
      rows: fc.integer({ min: 1, max: 1000 }),
    })
    const rooms = fc.record({
      width: fc.integer({ min: 1, max: 3000 }),
      height: fc.integer({ min: 1, max: 2000 }),
    })
    fc.assert(
      fc.property(sizes, rooms, fc.double({ min: 9, max: 24, noNaN: true }), (recorded, room, wanted) => {
        const { fontSize, lineHeight } = fitText(recorded, room, cell, wanted, 'fullScreen')
        expect(fontSize).toBeLessThanOrEqual(wanted)
        if (fontSize <= 9) return
        expect(recorded.cols * cell.width * fontSize).toBeLessThanOrEqual(room.width)
        expect(
          recorded.rows * Math.floor(Math.ceil(cell.height * fontSize) * lineHeight),
        ).toBeLessThanOrEqual(room.height)
      }),
    )
  })
})

test.each([
  [0, '0:00'],
  [4999, '0:04'],
  [767_000, '12:47'],
  [3_729_000, '1:02:09'],
])('%i ms is %s', (milliseconds, words) => {
  expect(formatPosition(milliseconds)).toBe(words)
})
