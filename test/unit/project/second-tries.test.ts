import { expect, test } from 'vitest'
import { flakyTests } from '../../../scripts/lib/second-tries.ts'

test('names the tests of a Playwright report that passed only when tried again', () => {
  const spec = (title: string, ...states: [status: string, projectName: string][]) => ({
    title,
    file: 'sessions.test.ts',
    tests: states.map(([status, projectName]) => ({ status, projectName })),
  })
  expect(
    flakyTests([
      {
        specs: [spec('a story', ['expected', 'browser'], ['flaky', 'desktop-on-fake'])],
        suites: [
          { specs: [spec('deep down', ['flaky', 'browser']), spec('broken', ['unexpected', 'browser'])] },
        ],
      },
    ]),
  ).toEqual(['sessions.test.ts > deep down (browser)', 'sessions.test.ts > a story (desktop-on-fake)'])
})
