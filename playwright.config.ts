import { defineConfig } from '@playwright/test'
import { electronBinary } from './test/e2e/launch/electron-binary.ts'
import type { Host } from './test/e2e/launch/launch.ts'

/**
 * One suite, three hosts (test/e2e/launch/): the browser host and the desktop
 * app on the fake of Electron always, Electron wherever its binary exists.
 * Elsewhere one skipped test says that it was not there.
 */
const onElectron =
  electronBinary() === undefined
    ? { testMatch: 'without-electron/*.test.ts' }
    : { testIgnore: 'without-electron/**' }

export default defineConfig<{ host: Host }>({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  // A test with its sandbox and its browser keeps a core half busy; it waits for the rest of the time.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  projects: [
    { name: 'browser', use: { host: 'browser' }, testIgnore: ['desktop/**', 'without-electron/**'] },
    {
      name: 'desktop-on-fake',
      use: { host: 'desktop-on-fake' },
      testMatch: ['desktop/**/*.test.ts', 'story.test.ts'],
    },
    { name: 'electron', use: { host: 'electron' }, ...onElectron },
  ],
  use: { actionTimeout: 15_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
})
