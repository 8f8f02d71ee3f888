import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Reporter, TestCase } from 'vitest/node'

/** Where Vitest's reporter leaves the names for whoever started it. */
export const secondTriesFile = 'SECOND_TRIES_FILE'

/** For Vitest: writes the names of the tests that failed once and passed when tried again. */
export default class SecondTries implements Reporter {
  readonly #names: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`)
  }

  onTestRunEnd(): void {
    const file = process.env[secondTriesFile]
    if (file) writeFileSync(file, JSON.stringify(this.#names))
  }
}

/** The names that the reporter left; none when it did not come to that. */
export function readSecondTries(file: string): string[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}

export interface PlaywrightSuite {
  file?: string
  suites?: PlaywrightSuite[]
  specs?: { title: string; file: string; tests: { status: string; projectName: string }[] }[]
}

/** The same out of Playwright's JSON report. */
export function flakyTests(suites: PlaywrightSuite[]): string[] {
  return suites.flatMap((suite) => [
    ...flakyTests(suite.suites ?? []),
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests
        .filter((test) => test.status === 'flaky')
        .map((test) => `${spec.file} > ${spec.title} (${test.projectName})`),
    ),
  ])
}
