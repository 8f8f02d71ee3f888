import { expect, test } from 'vitest'
import { correctedClock, createClockDifference } from '../../../../src/core/aws/clock-difference.ts'
import { systemClock } from '../../../../src/core/clock.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const httpDate = (time: number) => new Date(time).toUTCString()
const clock = { now: () => noon }

test('nothing is said before AWS has answered, and nothing is corrected', () => {
  const difference = createClockDifference(clock)
  expect(difference.state()).toEqual({ wrong: false })
  expect(difference.correction()).toBe(0)
})

test.each([
  ['right', 0, false],
  ['a little off', 50, false],
  ['behind', 7 * 60, true],
  ['ahead', -7 * 60, true],
])('a clock that is %s', (_name, seconds, wrong) => {
  const difference = createClockDifference(clock)
  difference.observe(httpDate(noon + seconds * 1000), noon - 100, noon + 101)
  const state = difference.state()
  expect(state.wrong).toBe(wrong)
  expect(Math.abs((state.differenceMilliseconds ?? 0) - seconds * 1000)).toBeLessThanOrEqual(1000)
  expect(difference.correction()).toBe(Math.round(difference.correction()))
  const corrected = correctedClock({ ...systemClock, ...clock }, difference)
  expect(Math.abs(corrected.now() - noon - (wrong ? seconds * 1000 : 0))).toBeLessThanOrEqual(1000)
})

test('is told once when it goes wrong, once when it is set right, not at every answer', () => {
  const difference = createClockDifference(clock)
  const told: boolean[] = []
  difference.onChanged(({ wrong }) => told.push(wrong))
  const answer = (seconds: number) => difference.observe(httpDate(noon + seconds * 1000), noon, noon)
  for (const seconds of [0, 1, 600, 601, 599, 600, 0, 0]) answer(seconds)
  expect(told).toEqual([true, false])
})

test.each([undefined, '', 'yesterday', '2026-13-45'])('the date %j says nothing', (date) => {
  const difference = createClockDifference(clock)
  difference.observe(date, noon, noon)
  expect(difference.state()).toEqual({ wrong: false })
})

test('an answer that took long says nothing', () => {
  const difference = createClockDifference(clock)
  difference.observe(httpDate(noon + 600_000), noon - 120_000, noon)
  expect(difference.state()).toEqual({ wrong: false })
})
