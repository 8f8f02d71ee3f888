import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { playwrightOutcome, readOutcome } from '../../../scripts/lib/test-outcome.ts'

const spec = (title: string, ...states: [status: string, projectName: string, error?: string][]) => ({
  title,
  file: 'sessions.test.ts',
  tests: states.map(([status, projectName, error]) => ({
    status,
    projectName,
    results: [{ error: error === undefined ? undefined : { message: error } }],
  })),
})

test('reads out of a Playwright report what failed and what passed only when tried again', () => {
  const outcome = playwrightOutcome({
    suites: [
      {
        specs: [spec('a story', ['expected', 'browser'], ['flaky', 'desktop-on-fake'])],
        suites: [
          {
            specs: [
              spec('deep down', ['flaky', 'browser'], ['skipped', 'electron']),
              spec('broken', ['unexpected', 'browser', 'TimeoutError: 15000ms\n  at click']),
            ],
          },
        ],
      },
    ],
    errors: [{ message: 'no server' }],
  })
  expect(outcome).toEqual({
    passed: 3,
    skipped: 1,
    failures: [
      'sessions.test.ts > broken (browser): TimeoutError: 15000ms',
      'outside of every test: no server',
    ],
    secondTries: ['sessions.test.ts > deep down (browser)', 'sessions.test.ts > a story (desktop-on-fake)'],
  })
})

test('a part that fails without a failure, without tests or without a report has failed', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'porthole-outcome-')), 'report.json')
  const read = (succeeded: boolean) => readOutcome('Tests, unit', succeeded, file, JSON.parse).failures
  expect(read(true)).toEqual(['Tests, unit'])
  writeFileSync(file, JSON.stringify({ passed: 3, skipped: 0, failures: [], secondTries: [] }))
  expect(read(true)).toEqual([])
  expect(read(false)).toEqual(['Tests, unit'])
})
