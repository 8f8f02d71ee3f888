import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureBrowser } from '../lib/browser.ts'
import { ensureBuilt } from '../lib/build.ts'
import { ensureTools } from '../lib/container-tools.ts'
import { projectFolder, say } from '../lib/project.mjs'
import { runChecks, runStep, type Step } from '../lib/steps.ts'
import { type Outcome, outcomeFile, playwrightOutcome, readOutcome } from '../lib/test-outcome.ts'

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

const outcomes: Outcome[] = []
for (const { step, passed } of await runChecks()) outcomes.push(checked(step, passed))
outcomes.push(await runVitest('unit'))
await ensureBuilt(['node', 'renderer', 'desktop'])
outcomes.push(await runVitest('integration'))
outcomes.push(await runPlaywright())

const secondTries = outcomes.flatMap((outcome) => outcome.secondTries)
const tooMany = secondTries.length > mostSecondTries
const failures = [...outcomes.flatMap((outcome) => outcome.failures), ...(tooMany ? secondTries : [])]
const sum = (of: 'passed' | 'skipped') => outcomes.reduce((total, outcome) => total + outcome[of], 0)
const passed = sum('passed') - (tooMany ? secondTries.length : 0)

// Whoever sees no more than the end of a long run sees what matters of it.
if (secondTries.length > 0) say(`\nPassed only when tried again:\n  ${secondTries.join('\n  ')}`)
if (tooMany) say(`That is more than ${mostSecondTries}, so they count as failed.`)
if (failures.length > 0) say(`\nFailed:\n  ${failures.join('\n  ')}`)
say(`\nTook ${Math.round((performance.now() - started) / 1000)} s`)
// The one line that other programs read.
process.stdout.write(
  `${passed} passed, ${failures.length} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}\n`,
)
process.exitCode = failures.length > 0 ? 1 : 0

/** A check without cases of its own counts as one. */
function checked(step: Step, passed: boolean): Outcome {
  return { passed: passed ? 1 : 0, skipped: 0, failures: passed ? [] : [step.title], secondTries: [] }
}

async function runVitest(project: 'unit' | 'integration'): Promise<Outcome> {
  const report = path.join(resultsFolder, `${project}.json`)
  const title = `Tests, ${project}`
  const succeeded = await runStep({
    title,
    script: 'vitest/vitest.mjs',
    args: [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=./scripts/lib/test-outcome.ts',
      // A unit test touches nothing outside itself: there is no excuse.
      `--retry=${project === 'unit' ? 0 : 1}`,
    ],
    environment: { [outcomeFile]: report },
  })
  return readOutcome(title, succeeded, report, JSON.parse)
}

async function runPlaywright(): Promise<Outcome> {
  const report = path.join(resultsFolder, 'e2e.json')
  const step: Step = {
    title: 'Tests, end to end',
    script: '@playwright/test/cli.js',
    args: ['test', '--reporter=list,json', '--retries=1'],
    environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  }
  return readOutcome(step.title, await runStep(step), report, (json) => playwrightOutcome(JSON.parse(json)))
}
