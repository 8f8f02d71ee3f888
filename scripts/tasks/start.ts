import { runDesktopOrBrowser } from '../lib/run-desktop-or-browser.ts'

await runDesktopOrBrowser('start')
