import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchContext, type BenchResult, meetsBudget } from './bench-result.ts'
import { benchmarks } from './benchmarks.ts'
import { launchChromium } from './chromium.ts'
import { endDescendants } from './processes.ts'
import { resultsTable } from './results-table.ts'

/** Runs the benchmarks, prints one table and keeps the figures in bench-results/. Exits with 1 when a budget is missed. */
const resultsFolder = path.resolve(import.meta.dirname, '../../bench-results')

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, scale: { type: 'string', default: '1' } },
})
const chosen = values.only ?? Object.keys(benchmarks)
const scale = Number(values.scale)
const unknown = chosen.find((name) => benchmarks[name] === undefined)
if (unknown !== undefined || !(scale > 0 && scale <= 1)) {
  process.stderr.write(
    unknown === undefined
      ? `--scale takes a number above 0, up to 1, not "${values.scale}".\n`
      : `There is no benchmark "${unknown}". There are ${Object.keys(benchmarks).join(', ')}.\n`,
  )
  process.exit(2)
}

// Nothing of the person's AWS set-up may reach what is measured.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]

// A benchmark that is ended in the middle leaves no product, no browser and no shell behind.
process.on('SIGTERM', () => {
  endDescendants()
  process.exit(143)
})

const say = (text: string) => process.stderr.write(`${text}\n`)
const context: BenchContext = { launchChromium, scale, say }
const results: BenchResult[] = []
const failures: string[] = []
for (const name of chosen) await run(name)

mkdirSync(resultsFolder, { recursive: true })
const machine = { cores: cpus().length, model: cpus()[0]?.model, release: release(), node: process.version }
writeFileSync(
  path.join(resultsFolder, 'results.json'),
  `${JSON.stringify({ at: new Date().toISOString(), machine, scale, results, failures }, undefined, 2)}\n`,
)
process.stdout.write(`${resultsTable(results)}\n`)
const missed = results.filter((result) => meetsBudget(result) === false)
say(`${results.length} figures, ${missed.length} budgets missed, ${failures.length} benchmarks failed`)
process.exitCode = missed.length + failures.length > 0 ? 1 : 0

async function run(name: string): Promise<void> {
  const started = performance.now()
  say(`── ${name}`)
  try {
    const benchmark = await benchmarks[name]?.()
    results.push(...((await benchmark?.(context)) ?? []))
    say(`── ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
  } catch (thrown) {
    failures.push(name)
    say(`── ${name} FAILED: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  }
}
