import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** What came of one part of `npm test`. */
export interface Outcome {
  passed: number
  skipped: number
  /** What failed, by name and with the first line of its error. */
  failures: string[]
  /** The tests that failed once and passed when tried again. */
  secondTries: string[]
}

/** Names the file that Vitest's reporter writes its outcome into, for whoever started it. */
export const outcomeFile = 'OUTCOME_FILE'

/** For Vitest. Errors that belong to no test count too: a file that cannot be loaded, a promise nobody waits for. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly Failure[]): void {
    const outcome: Outcome = { passed: 0, skipped: 0, failures: [], secondTries: [] }
    for (const module of modules) addModule(outcome, module)
    outcome.failures.push(...unhandled.map((error) => described('outside of every test', [error])))
    const file = process.env[outcomeFile]
    if (file) writeFileSync(file, JSON.stringify(outcome))
  }
}

function addModule(outcome: Outcome, module: TestModule): void {
  const file = module.relativeModuleId
  if (module.errors().length > 0) outcome.failures.push(described(file, module.errors()))
  for (const suite of module.children.allSuites())
    if (suite.errors().length > 0)
      outcome.failures.push(described(`${file} > ${suite.fullName}`, suite.errors()))
  for (const test of module.children.allTests()) {
    const name = `${file} > ${test.fullName}`
    const result = test.result()
    if (result.state === 'failed') outcome.failures.push(described(name, result.errors))
    else if (result.state === 'passed') outcome.passed += 1
    else outcome.skipped += 1
    if (test.diagnostic()?.flaky) outcome.secondTries.push(name)
  }
}

interface Failure {
  message?: string
}

function described(name: string, errors: readonly Failure[]): string {
  const [line] = (errors[0]?.message ?? '').trim().split('\n')
  return line ? `${name}: ${line}` : name
}

export interface PlaywrightSuite {
  file?: string
  suites?: PlaywrightSuite[]
  specs?: { title: string; file: string; tests: PlaywrightTest[] }[]
}

export interface PlaywrightTest {
  status: string
  projectName: string
  results?: { error?: Failure }[]
}

export interface PlaywrightReport {
  suites?: PlaywrightSuite[]
  /** What went wrong outside of every test. */
  errors?: Failure[]
}

/** The outcome of Playwright's JSON report. */
export function playwrightOutcome(report: PlaywrightReport): Outcome {
  const tests = (report.suites ?? []).flatMap(testsOf)
  const of = (...states: string[]) => tests.filter(({ test }) => states.includes(test.status))
  return {
    passed: of('expected', 'flaky').length,
    skipped: of('skipped').length,
    failures: [
      ...of('unexpected').map(({ name, test }) =>
        described(
          name,
          (test.results ?? []).flatMap(({ error }) => (error ? [error] : [])),
        ),
      ),
      ...(report.errors ?? []).map((error) => described('outside of every test', [error])),
    ],
    secondTries: of('flaky').map(({ name }) => name),
  }
}

function testsOf(suite: PlaywrightSuite): { name: string; test: PlaywrightTest }[] {
  const specs = suite.specs ?? []
  return [
    ...(suite.suites ?? []).flatMap(testsOf),
    ...specs.flatMap(({ file, title, tests }) =>
      tests.map((test) => ({ name: `${file} > ${title} (${test.projectName})`, test })),
    ),
  ]
}

/**
 * The outcome in a file, read as `parse` says. A part that failed without
 * naming a failure (a crash, no report, no test at all) has failed by its title.
 */
export function readOutcome(
  title: string,
  succeeded: boolean,
  file: string,
  parse: (json: string) => Outcome,
): Outcome {
  const outcome = existsSync(file)
    ? parse(readFileSync(file, 'utf8'))
    : { passed: 0, skipped: 0, failures: [], secondTries: [] }
  const broken = outcome.failures.length === 0 && (!succeeded || outcome.passed === 0)
  return broken ? { ...outcome, failures: [title] } : outcome
}
