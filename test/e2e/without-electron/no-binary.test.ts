import { test } from '@playwright/test'

/** Runs in place of the Electron suite, so that nobody takes its silence for success. */
test.skip('skipped: no Electron binary', () => {})
