import { type Browser, chromium } from '@playwright/test'
import { findBrowser } from '../../scripts/lib/find-browser.ts'

/** Root, as in a build container, cannot use Chromium's own sandbox; the rest keeps it from calling home. */
const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
]

/** The Chromium that the end-to-end tests use too. Without a graphics card: xterm draws with its DOM renderer. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findBrowser()
  return chromium.launch({
    args: chromiumArguments,
    ...(executablePath === undefined ? {} : { executablePath }),
    // The benchmark ends all that it started itself; Playwright would only keep it from ending.
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
}
