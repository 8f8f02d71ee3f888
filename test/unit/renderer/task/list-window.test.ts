import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryLine } from '../../../../src/contract/audit.ts'
import { groupByDay, keyOf } from '../../../../src/renderer/features/task/audit-entries.ts'
import { drawnDays, itemsOf } from '../../../../src/renderer/features/task/list-window.ts'

const hour = 3600_000
const now = new Date(2026, 10, 18, 14, 40).getTime()

const lines = (count: number, every: number): HistoryLine[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'activity',
    seq: count - index,
    at: now - index * every,
    userName: 'ana',
    activity: 'recording.viewed',
  }))

/** Items of these heights one after the other, as the virtualizer places them. */
const placed = (count: number, from: number) =>
  Array.from({ length: count }, (_, index) => ({
    index,
    start: from + index * 10,
    end: from + (index + 1) * 10,
  }))

describe('what is drawn of the list', () => {
  const items = itemsOf(groupByDay(lines(60, hour), now))

  test('is all of it while there is room, each day with its heading', () => {
    const { days, end } = drawnDays(items, placed(items.length, 100), 100)
    expect(days.map(({ day, hasHeading }) => [day.label, hasHeading])).toEqual([
      ['Today', true],
      ['Yesterday', true],
      ['16 Nov', true],
    ])
    expect(days.flatMap(({ entries }) => entries.map(({ entry }) => keyOf(entry)))).toEqual(
      lines(60, hour).map(keyOf),
    )
    expect(end).toBe(items.length * 10)
  })

  test('takes as much room as the whole would, whichever items are drawn', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(items.length - 1)), fc.nat(500), (chosen, from) => {
        const places = placed(items.length, from)
        const drawn = chosen.toSorted((left, right) => left - right).flatMap((index) => places[index] ?? [])
        const { days, end } = drawnDays(items, drawn, from)
        const gaps = days.flatMap(({ gap, entries }) => [gap, ...entries.map(({ gap: above }) => above)])
        const headings = days.filter(({ hasHeading }) => hasHeading).length
        const rows = days.reduce((sum, { entries }) => sum + entries.length, 0)
        expect(headings + rows).toBe(chosen.length)
        expect(Math.min(0, ...gaps)).toBe(0)
        expect(gaps.reduce((sum, gap) => sum + gap, 0) + chosen.length * 10).toBe(end)
        expect(end).toBe((drawn.at(-1)?.end ?? from) - from)
        for (const { day, entries } of days)
          for (const { entry, index } of entries) expect(day.entries[index]).toBe(entry)
      }),
      { numRuns: 50 },
    )
  })

  test('of ten thousand entries is put together by days without asking the calendar for each', () => {
    const days = groupByDay(lines(10_000, hour / 10), now)
    expect(days.flatMap(({ entries }) => entries)).toHaveLength(10_000)
    expect(new Set(days.map(({ label }) => label)).size).toBe(days.length)
  })
})
