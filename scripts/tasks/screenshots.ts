import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { launchInBrowser } from '../../test/e2e/launch/browser-launcher.ts'
import { Porthole } from '../../test/e2e/pages/porthole.ts'
import { ensureBrowser } from '../lib/browser.ts'
import { ensureBuilt } from '../lib/build.ts'
import { projectFolder, say } from '../lib/project.mjs'

/** README's pictures: the demo, used like in its story, in both themes. */
const folder = path.join(projectFolder, 'docs', 'screenshots')
mkdirSync(folder, { recursive: true })

await ensureBuilt(['node', 'renderer'])
ensureBrowser()
for (const theme of ['light', 'dark'] as const) await takePictures(theme)

async function takePictures(theme: 'light' | 'dark'): Promise<void> {
  await using app = await launchInBrowser(chromium, {})
  const { window } = app
  const porthole = new Porthole(app)
  const { terminal } = porthole
  await window.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  const picture = async (name: string) => {
    await window.screenshot({ path: path.join(folder, `${name}-${theme}.png`) })
    say(`docs/screenshots/${name}-${theme}.png`)
  }

  const closeTab = (name: RegExp) =>
    window.getByRole('tab', { name }).getByRole('button', { name: 'Close tab' }).click()

  await window.getByRole('button', { name: /^Sign in to/ }).waitFor()
  await picture('sign-in')
  await porthole.signIn()

  await porthole.openShell('nginx storefront example-prod')
  await terminal.run('nginx -v', /nginx version/)
  await terminal.run('ls -la --color /usr/share/nginx/html', /50x\.html/)
  await terminal.run('cat /etc/nginx/conf.d/default.conf', /server_name/)
  await terminal.run('nginx -s relod', /invalid option/)
  await terminal.run('nginx -t', /successful/)
  await porthole.search('ngi')
  await picture('palette')
  await terminal.press('Escape')

  await porthole.openTaskPage('nginx storefront example-prod')
  await window.getByText(/^CloudTrail read to/).waitFor()
  await picture('task')
  await porthole.openReplay('ana')
  await window.keyboard.press('End')
  await picture('session')

  await window.keyboard.press('Alt+Shift+A')
  await window.getByRole('textbox', { name: 'Search the audit history' }).fill('server_name')
  await window
    .getByRole('button', { name: /server_name/ })
    .first()
    .waitFor()
  await picture('audit')
  await closeTab(/^Audit/)

  await closeTab(/^\d\d:\d\d/)
  await window.getByRole('button', { name: 'Logs', exact: true }).click()
  await window.getByText('Shell opened').waitFor()
  await picture('logs')
  await closeTab(/^Logs/)
  await closeTab(/4f1c9ad2/)

  await porthole.openTaskPage('worker payments-worker')
  await window.getByRole('button', { name: 'Check everything' }).click()
  await window.getByRole('heading', { name: 'Cannot connect to payments-worker' }).waitFor()
  await window.getByText('Checking', { exact: true }).last().waitFor({ state: 'hidden' })
  await picture('readiness')
  await closeTab(/^Why can’t I connect/)
  await closeTab(/payments-worker/)

  await porthole.openShell('nginx storefront example-staging')
  await window.getByRole('tab', { name: /nginx/ }).last().click({ button: 'right' })
  await window.getByRole('menuitem', { name: 'Split right' }).click()
  await window.locator('.xterm-screen:visible').last().click()
  await terminal.type(
    'nproc; free -m | cut -c 1-60; ps -eo pid,rss,args | cut -c 1-60 | head -8; tail -f /var/log/nginx/access.log\n',
  )
  await window.getByText('nginx: master').last().waitFor()
  await picture('main')
}
