import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { findBrowser } from './find-browser.ts'
import { modulesFolder, projectFolder, say } from './project.mjs'

/** Makes sure that the end-to-end tests find a Chromium: by Debian's package when root may install it, else Playwright's. */
export function ensureBrowser(): void {
  if (findBrowser() !== undefined || installWithApt(['chromium'])) return

  say('Installing a Chromium for the end-to-end tests')
  const cli = path.join(modulesFolder, '@playwright/test/cli.js')
  const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium-headless-shell'], {
    cwd: projectFolder,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status !== 0)
    throw new Error('No Chromium for the end-to-end tests. Install one, or name it in PORTHOLE_CHROMIUM.')
}

/** False where there is no apt or no right to use it. */
function installWithApt(packages: string[]): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false
  say(`Installing ${packages.join(', ')} with apt`)
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] }
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-qq'], quiet)
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      ...quiet,
      env: environment,
    })
    return true
  } catch {
    return false
  }
}
