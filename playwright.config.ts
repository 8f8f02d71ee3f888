import { defineConfig } from '@playwright/test'

/**
 * One suite, two launchers (test/e2e/launch/): the browser host in Chromium
 * always, Electron wherever its binary exists.
 */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  // Each test starts a sandbox with real processes; two cores carry one at a time.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: { actionTimeout: 15_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
})
