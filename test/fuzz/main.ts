import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { fuzzTargets } from './fuzz-targets.ts'

/** Everything that is kept for good is there after the first tenth; more than this on top is a leak. */
const tolerableGrowthBytes = 16 * 1024 * 1024

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  },
})
const inputs = Math.ceil(Number(values.inputs) / fuzzTargets.length)
const seed = Number(values.seed)
process.stdout.write(`Fuzzing with seed ${seed}, ${inputs} inputs for each of ${fuzzTargets.join(', ')}\n`)

for (const target of fuzzTargets) {
  const report = await fuzz(target, inputs, {
    seed,
    // The parent kills a process that says nothing for long, and knows the seed then.
    onBatch: (batchSeed, done) => process.send?.({ target, seed: batchSeed, done }),
  })
  const { milliseconds, slowestBatchMilliseconds, memory } = report
  const growth = memory === undefined ? undefined : memory.late - memory.early
  process.stdout.write(
    `${target}: ${report.inputs} inputs in ${(milliseconds / 1000).toFixed(1)} s, slowest 10,000 in ${Math.round(slowestBatchMilliseconds)} ms, memory ${growth === undefined ? 'not measured' : `${(growth / 1024 / 1024).toFixed(1)} MB more at the end`}\n`,
  )
  if (growth !== undefined && growth > tolerableGrowthBytes) {
    process.stdout.write(`${target} grows\n`)
    process.exitCode = 1
  }
}
process.disconnect?.()
