import type { Browser, BrowserType } from '@playwright/test'
import { findBrowser } from '../../../scripts/lib/find-browser.ts'
import type { LaunchedApp, StartOptions } from './launch.ts'
import { withoutFirstDelay } from './local-aws.ts'
import { PortholeProcess } from './porthole-process.ts'

/** Root, as in a build container, cannot use Chromium's own sandbox; the rest keeps it from calling home. */
export const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
]

export function launchChromium(chromium: BrowserType): Promise<Browser> {
  const chromiumPath = findBrowser()
  return chromium.launch({
    args: chromiumArguments,
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
  })
}

/** The browser host, and a Chromium that opens its link. */
export async function launchInBrowser(chromium: BrowserType, options: StartOptions): Promise<LaunchedApp> {
  const resources = new AsyncDisposableStack()
  const porthole = resources.use(
    await PortholeProcess.start(
      ['web', '--no-open', ...(options.demo === false ? [] : ['--demo']), ...(options.args ?? [])],
      { ...withoutFirstDelay, ...options.environment },
    ),
  )
  try {
    const browser = await launchChromium(chromium)
    resources.defer(() => browser.close())
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const window = await context.newPage()
    await window.goto(porthole.url)
    return {
      window,
      context,
      messages: () => porthole.messages,
      kill: () => porthole.kill(),
      killSandbox: () => porthole.killChildren(),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}
