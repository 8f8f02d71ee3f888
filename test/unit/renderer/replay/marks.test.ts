import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marksOn } from '../../../../src/renderer/features/replay/marks.ts'

const markers = (...times: number[]) => times.map((at) => ({ at, label: 'command' }))

test('markers stand where they happened, and one that failed shows among others on its pixel', () => {
  expect(marksOn(markers(0, 500, 501, 1000), new Set([501, 1000]), 1000, 100)).toEqual([
    { left: 0, failed: false },
    { left: 50, failed: true },
    { left: 100, failed: true },
  ])
  expect(marksOn(markers(0), new Set(), 0, 100)).toEqual([{ left: 0, failed: false }])
})

test('however many there are, no pixel has two and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100_000), { maxLength: 3000 }),
      fc.integer({ min: 1, max: 300 }),
      (times, width) => {
        const failed = new Set(times.filter((at) => at % 7 === 0))
        const marks = marksOn(
          markers(...times.toSorted((left, right) => left - right)),
          failed,
          100_000,
          width,
        )
        const lefts = marks.map(({ left }) => left)
        expect(lefts).toEqual([...new Set(lefts)].toSorted((left, right) => left - right))
        for (const at of times) {
          const mark = marks.find(({ left }) => left === Math.round((at / 100_000) * width))
          expect(mark).toBeDefined()
          if (failed.has(at)) expect(mark?.failed).toBe(true)
        }
      },
    ),
    { numRuns: 20 },
  )
})
