import { existsSync } from 'node:fs'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The Chromium named by PORTHOLE_CHROMIUM, or an installed one; undefined leaves it to Playwright's own. */
export function findBrowser(): string | undefined {
  return process.env.PORTHOLE_CHROMIUM || usualPlaces.find((place) => existsSync(place))
}
