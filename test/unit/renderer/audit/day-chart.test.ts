import { expect, test } from 'vitest'
import { dayTicks } from '../../../../src/renderer/features/audit/day-chart.tsx'

const bars = (count: number) => Array.from({ length: count }, (_, at) => ({ at, sessions: 0, matching: 0 }))

test('days are named from the first on, evenly, and never where today is written', () => {
  expect(dayTicks(bars(30)).map(({ at }) => at)).toEqual([0, 8, 16, 24])
  expect(dayTicks(bars(30))[1]?.place).toBeCloseTo(8 / 30)
  expect(dayTicks(bars(7)).map(({ at }) => at)).toEqual([0, 2, 4])
  expect(dayTicks(bars(1))).toEqual([{ at: 0, place: 0 }])
  expect(dayTicks([])).toEqual([])
})
