import { expect, it } from 'vitest'
import { RoundTripTime } from '../../../../src/sandbox/services/message-gateway/round-trip-time.ts'

it("starts with the agent's 200 ms", () => {
  expect(new RoundTripTime().timeout).toBe(200)
})

it("follows the agent's formulas", () => {
  const roundTripTime = new RoundTripTime()
  roundTripTime.sample(20)
  // variation 0.25*80 = 20, smoothed 0.875*100 + 0.125*20 = 90
  expect(roundTripTime.timeout).toBe(90 + 4 * 20)
  roundTripTime.sample(90)
  // variation 15, smoothed stays 90
  expect(roundTripTime.timeout).toBe(90 + 4 * 15)
})

it('keeps 10 ms over a steady round trip and never waits more than a second', () => {
  const steady = new RoundTripTime()
  for (let count = 0; count < 200; count++) steady.sample(50)
  expect(steady.timeout).toBeCloseTo(60, 3)
  const slow = new RoundTripTime()
  slow.sample(60_000)
  expect(slow.timeout).toBe(1000)
})
