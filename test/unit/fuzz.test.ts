import { expect, test } from 'vitest'
import { fuzz } from '../fuzz/fuzz.ts'
import { fuzzTargets } from '../fuzz/fuzz-targets.ts'

/** `npm run fuzz` gives ten million; this notices what breaks at once. */
const inputs = 20_000

test.each(fuzzTargets)('%s survive fuzzed frames and texts', { timeout: 60_000 }, async (target) => {
  const report = await fuzz(target, inputs, { seed: 1 })
  expect(report.inputs).toBe(inputs)
})
