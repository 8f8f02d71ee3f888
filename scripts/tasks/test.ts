import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureBrowser } from '../lib/browser.ts'
import { ensureBuilt } from '../lib/build.ts'
import { ensureTools } from '../lib/container-tools.ts'
import { projectFolder, say } from '../lib/project.mjs'
import { flakyTests, readSecondTries, secondTriesFile } from '../lib/second-tries.ts'
import { runStep, type Step, steps } from '../lib/steps.ts'

/** What was counted; a check without cases of its own counts as one. */
interface Count {
  passed: number
  failed: number
  skipped: number
}

/**
 * Tests with real processes get a second try, because a busy machine can stop
 * any of them for longer than they wait. Whichever needed it is named, and
 * more than these fail the run: that is no longer the machine.
 */
const mostSecondTries = 3

const resultsFolder = path.join(projectFolder, 'test-results')
const started = performance.now()
rmSync(resultsFolder, { recursive: true, force: true })
mkdirSync(resultsFolder, { recursive: true })

ensureBrowser()
await ensureTools()

const counts: Count[] = []
const secondTries: string[] = []
for (const step of [steps.typesNode, steps.typesPage, steps.lint, steps.layers])
  counts.push(asCount(await runStep(step)))
counts.push(await runVitest('unit'))
await ensureBuilt(['node', 'renderer', 'desktop'])
counts.push(await runVitest('integration'))
counts.push(await runPlaywright())

const total = counts.reduce((sum, count) => ({
  passed: sum.passed + count.passed,
  failed: sum.failed + count.failed,
  skipped: sum.skipped + count.skipped,
}))
if (secondTries.length > 0) say(`\nPassed only when tried again:\n  ${secondTries.join('\n  ')}`)
if (secondTries.length > mostSecondTries) {
  say(`That is more than ${mostSecondTries}, so they count as failed.`)
  total.passed -= secondTries.length
  total.failed += secondTries.length
}
say(`\nTook ${Math.round((performance.now() - started) / 1000)} s`)
// The one line that other programs read.
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
)
process.exitCode = total.failed > 0 ? 1 : 0

function asCount(passed: boolean): Count {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 }
}

async function runVitest(project: 'unit' | 'integration'): Promise<Count> {
  const report = path.join(resultsFolder, `${project}.json`)
  const again = path.join(resultsFolder, `${project}-second-tries.json`)
  const passed = await runStep({
    title: `Tests, ${project}`,
    script: 'vitest/vitest.mjs',
    args: [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      '--reporter=./scripts/lib/second-tries.ts',
      `--outputFile.json=${report}`,
      // A unit test touches nothing outside itself: there is no excuse.
      `--retry=${project === 'unit' ? 0 : 1}`,
    ],
    environment: { [secondTriesFile]: again },
  })
  secondTries.push(...readSecondTries(again))
  return readReport(report, passed, (json) => ({
    passed: json.numPassedTests ?? 0,
    failed: json.numFailedTests ?? 0,
    skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
  }))
}

async function runPlaywright(): Promise<Count> {
  const report = path.join(resultsFolder, 'e2e.json')
  const step: Step = {
    title: 'Tests, end to end',
    script: '@playwright/test/cli.js',
    args: ['test', '--reporter=list,json', '--retries=1'],
    environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  }
  const passed = await runStep(step)
  if (existsSync(report))
    secondTries.push(...flakyTests(JSON.parse(readFileSync(report, 'utf8')).suites ?? []))
  return readReport(report, passed, (json) => ({
    passed: (json.stats?.expected ?? 0) + (json.stats?.flaky ?? 0),
    failed: json.stats?.unexpected ?? 0,
    skipped: json.stats?.skipped ?? 0,
  }))
}

interface Report {
  numPassedTests?: number
  numFailedTests?: number
  numPendingTests?: number
  numTodoTests?: number
  stats?: { expected?: number; unexpected?: number; flaky?: number; skipped?: number }
}

/** A run that failed without a failed case (a crash, an error outside a test, no tests) still counts as one. */
function readReport(file: string, passed: boolean, read: (json: Report) => Count): Count {
  const count = existsSync(file)
    ? read(JSON.parse(readFileSync(file, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 }
  const broken = count.failed === 0 && (!passed || count.passed === 0)
  return broken ? { ...count, failed: 1 } : count
}
