import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { Porthole } from '../pages/porthole.ts'
import { launchInBrowser } from './browser-launcher.ts'

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
  /** Further flags of `porthole web`. */
  args?: string[]
  environment?: Record<string, string>
  /** Without its own local AWS when false: `environment` then says where AWS is. */
  demo?: boolean
}

/**
 * The suite's `test`: every test gets an app of its own, with its own local AWS
 * and its own data. Errors in the page fail the test that caused them.
 */
export const test = base.extend<{ startOptions: StartOptions; app: LaunchedApp; porthole: Porthole }>({
  startOptions: [{}, { option: true }],
  app: async ({ playwright, startOptions }, use) => {
    await using app = await launchInBrowser(playwright.chromium, startOptions)
    const errors: string[] = []
    app.window.on('pageerror', (error) => errors.push(error.stack ?? error.message))
    app.window.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await use(app)
    if (errors.length > 0) throw new Error(`The page reported errors:\n${errors.join('\n')}`)
  },
  porthole: async ({ app }, use) => {
    await use(new Porthole(app))
  },
})

export { expect } from '@playwright/test'
