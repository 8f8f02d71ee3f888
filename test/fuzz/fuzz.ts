import { seededRandom } from '../fixtures/seeded-random.ts'
import { createFuzzTarget, type FuzzTargetName } from './fuzz-targets.ts'
import { FuzzedInput } from './fuzzed-input.ts'

/** Inputs between two looks at the target, each with a seed of its own so that a failure can be repeated. */
const inputsPerBatch = 10_000

/** A batch takes a fraction of a second; one input that takes this long hangs for a person. */
const longestBatchMilliseconds = 30_000

export interface FuzzReport {
  target: FuzzTargetName
  inputs: number
  milliseconds: number
  slowestBatchMilliseconds: number
  /** Bytes of heap and buffers after the first and after the last tenth, when garbage can be collected. */
  memory: { early: number; late: number } | undefined
}

/**
 * Gives a target `count` inputs. @throws {Error} naming the seed, when it breaks, hangs or stops working
 * @param onBatch told after each batch: a sign of life for whoever watches for a hang
 */
export async function fuzz(
  target: FuzzTargetName,
  count: number,
  options: { seed: number; onBatch?: (seed: number, done: number) => void },
): Promise<FuzzReport> {
  const startedAt = performance.now()
  let slowest = 0
  let early: number | undefined
  let late: number | undefined
  for (let done = 0, batch = 0; done < count; batch++) {
    const seed = options.seed + batch
    options.onBatch?.(seed, done)
    const size = Math.min(inputsPerBatch, count - done)
    slowest = Math.max(slowest, await runBatch(target, seed, size))
    done += size
    if (early === undefined && done >= count / 10) early = memoryInUse()
    late = done >= count ? memoryInUse() : late
  }
  return {
    target,
    inputs: count,
    milliseconds: performance.now() - startedAt,
    slowestBatchMilliseconds: slowest,
    memory: early === undefined || late === undefined ? undefined : { early, late },
  }
}

async function runBatch(name: FuzzTargetName, seed: number, size: number): Promise<number> {
  const startedAt = performance.now()
  try {
    const target = createFuzzTarget(name, new FuzzedInput(seededRandom(seed)))
    for (let index = 0; index < size; index++) {
      const pending = target.take()
      if (pending !== undefined) await pending
    }
    await target.check()
  } catch (cause) {
    throw new Error(`Fuzzing ${name} broke with seed ${seed}: ${String(cause)}`, { cause })
  }
  const milliseconds = performance.now() - startedAt
  if (milliseconds > longestBatchMilliseconds)
    throw new Error(`Fuzzing ${name} took ${Math.round(milliseconds)} ms with seed ${seed}`)
  return milliseconds
}

/** Undefined unless Node was started with `--expose-gc`: garbage would pass for growth. */
function memoryInUse(): number | undefined {
  if (globalThis.gc === undefined) return undefined
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
