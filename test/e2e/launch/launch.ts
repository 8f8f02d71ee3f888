import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { Porthole } from '../pages/porthole.ts'
import { launchInBrowser } from './browser-launcher.ts'
import { launchDesktopOnFake } from './desktop-on-fake-launcher.ts'
import { launchElectron } from './electron-launcher.ts'

/** Who shows the page and runs the core; one Playwright project each. */
export type Host = 'browser' | 'desktop-on-fake' | 'electron'

/** A running Porthole in front of its local AWS, however it was started. */
export interface LaunchedApp extends AsyncDisposable {
  window: Page
  /** Where links of the app open. */
  context: BrowserContext
  /** What the app said to the person who started it. */
  messages(): string
  /** Ends the process behind the window as a crash would. */
  kill(): Promise<void>
  /** Ends the local AWS, as if the network to AWS were gone for good. Linux only. */
  killSandbox(): void
}

export interface StartOptions {
  /** Further flags of `porthole web`, or of the desktop app and its local AWS. */
  args?: string[]
  environment?: Record<string, string>
  /** Without its own local AWS when false: `environment` then says where AWS is. */
  demo?: boolean
}

export type Launch = (options?: StartOptions) => Promise<LaunchedApp>

interface SuiteFixtures {
  host: Host
  startOptions: StartOptions
  /** Set by tests that attack the page: its policy then has something to report. */
  pageMayReport: boolean
  launch: Launch
  app: LaunchedApp
  porthole: Porthole
}

/**
 * The suite's `test`: every test gets an app of its own, with its own local AWS
 * and its own data, on the host of its project. Errors in the page fail the test
 * that caused them.
 */
export const test = base.extend<SuiteFixtures>({
  host: ['browser', { option: true }],
  startOptions: [{}, { option: true }],
  pageMayReport: [false, { option: true }],
  launch: async ({ playwright, host }, use) => {
    switch (host) {
      case 'browser':
        return use((options = {}) => launchInBrowser(playwright.chromium, options))
      case 'desktop-on-fake':
        return use((options = {}) => launchDesktopOnFake(playwright.chromium, options))
      case 'electron':
        return use((options = {}) => launchElectron(playwright, options))
    }
  },
  app: async ({ launch, startOptions, pageMayReport }, use) => {
    await using app = await launch(startOptions)
    const errors = collectErrors(app.window)
    await use(app)
    if (errors.length > 0 && !pageMayReport)
      throw new Error(`The page reported errors:\n${errors.join('\n')}`)
  },
  porthole: async ({ app }, use) => {
    await use(new Porthole(app))
  },
})

/** What a page reports from now on, by exceptions and on its console. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

export { expect } from '@playwright/test'
