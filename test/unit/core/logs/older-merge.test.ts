import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogLine } from '../../../../src/contract/logs.ts'
import { compareLines } from '../../../../src/core/logs/log-events.ts'
import type { OlderPage } from '../../../../src/core/logs/log-reader.ts'
import { OlderMerge } from '../../../../src/core/logs/older-merge.ts'

/** A stream that is read backwards in pages of the given sizes; zeros are empty pages, the last size repeats. */
function pagesOf(lines: readonly LogLine[], sizes: readonly number[]): () => Promise<OlderPage> {
  let end = lines.length
  let page = 0
  return async () => {
    const size = sizes[page++] ?? 3
    const start = Math.max(0, end - size)
    const taken = lines.slice(start, end)
    end = start
    return { lines: taken, complete: end === 0 }
  }
}

const streams = fc.array(
  fc.record({
    times: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }),
    sizes: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 4 },
)

test('all streams come out as one, in the order of time, whatever their pages are', async () => {
  await fc.assert(
    fc.asyncProperty(streams, fc.integer({ min: 1, max: 9 }), async (described, count) => {
      const lanes = described.map(({ times }, source) =>
        times.toSorted((left, right) => left - right).map((at, n): LogLine => ({ source, at, text: `${n}` })),
      )
      const merge = new OlderMerge(lanes.map((lines, lane) => pagesOf(lines, described[lane]?.sizes ?? [])))
      let all: LogLine[] = []
      for (let turn = 0; !merge.complete && turn < 1000; turn += 1) {
        const batch = await merge.take(count)
        expect(batch.length).toBeLessThanOrEqual(count)
        all = [...batch, ...all]
      }
      expect(merge.complete).toBe(true)
      expect(all).toEqual(lanes.flat().sort(compareLines))
    }),
    { numRuns: 150 },
  )
})
