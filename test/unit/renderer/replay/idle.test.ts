import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  advance,
  type IdleSkip,
  longestPause,
  skipBetween,
} from '../../../../src/renderer/features/replay/idle.ts'

const skips: IdleSkip[] = [
  { from: 3000, to: 10_000 },
  { from: 20_000, to: 50_000 },
]

test('a pause is skipped beyond its longest length only', () => {
  expect(skipBetween(1000, 1000 + longestPause)).toBeUndefined()
  expect(skipBetween(1000, 60_000)).toEqual({ from: 1000 + longestPause, to: 60_000 })
})

test('time passes as it is where nothing is skipped', () => {
  expect(advance(0, 3000, skips)).toBe(3000)
  expect(advance(11_000, 500, skips)).toBe(11_500)
  expect(advance(60_000, 500, skips)).toBe(60_500)
})

test('a skipped stretch takes no time', () => {
  expect(advance(2500, 1000, skips)).toBe(10_500)
  expect(advance(2500, 20_000, skips)).toBe(59_500)
})

test('a position inside a skipped stretch goes to its end', () => {
  expect(advance(4000, 1, skips)).toBe(10_001)
})

const savedBy = (stretches: readonly IdleSkip[]) =>
  stretches.reduce((sum, { from, to }) => sum + (to - from), 0)

const recordings = fc.array(fc.nat(30_000), { minLength: 1, maxLength: 40 }).map((intervals) => {
  let at = 0
  const times = intervals.map((interval) => (at += interval))
  const found = times.flatMap((time, index) => skipBetween(times[index - 1] ?? 0, time) ?? [])
  return { duration: at, skips: found }
})

test('playing from start to end takes the length less what is saved, in steps of any size', () => {
  fc.assert(
    fc.property(recordings, fc.integer({ min: 1, max: 5000 }), ({ duration, skips }, step) => {
      const played = duration - savedBy(skips)
      expect(advance(0, played, skips)).toBeLessThanOrEqual(duration)
      expect(advance(0, played + 1, skips)).toBeGreaterThanOrEqual(duration)
      let position = 0
      for (let left = played; left > 0; left -= step)
        position = advance(position, Math.min(step, left), skips)
      expect(position).toBeCloseTo(advance(0, played, skips), 3)
    }),
  )
})
