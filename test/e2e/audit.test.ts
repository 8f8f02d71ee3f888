import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './launch/launch.ts'
import { prompt } from './pages/porthole.ts'

const folder = mkdtempSync(join(tmpdir(), 'porthole-audit-'))
test.use({ startOptions: { args: ['--data-folder', folder] } })
test.afterAll(() => rmSync(folder, { recursive: true }))

const password = 'Corr3ct-h0rse'

/** What a developer and an auditor want afterwards: what was done in there, and where else. */
test('commands of a session, a password that is nowhere, and search over everything', async ({
  porthole,
}) => {
  const { window, terminal } = porthole

  await test.step('work in a shell: one command fails, one asks for a password', async () => {
    await porthole.signIn()
    await porthole.openShell('nginx storefront example-prod')
    await terminal.run('ls /no/such/folder', /No such file[\s\S]*#$/)
    await terminal.run('head -3 /etc/nginx/conf.d/default.conf', /server \{[\s\S]*#$/)
    await terminal.run(`sh -c 'stty -echo; printf "Password: "; read -r x; stty echo; echo'`, /\nPassword:$/)
    await terminal.run(password, prompt)
    await terminal.run('echo a""fter', /after[\s\S]*#$/)
  })

  await test.step('a pause is forbidden in production, until somebody allows it; then it leaves a gap', async () => {
    const pause = async () => {
      await window.keyboard.press('Control+Shift+K')
      await window.keyboard.type('pause recording')
      await porthole.palette.getByRole('option', { name: /^Pause recording/ }).waitFor()
      await window.keyboard.press('Enter')
      await porthole.dialog.getByLabel(/Reason/).fill('a customer’s data')
      await porthole.dialog.getByRole('button', { name: 'Pause recording' }).click()
    }
    await pause()
    await expect(porthole.dialog.getByText(/allow nobody to pause a recording in production/)).toBeVisible()
    await window.keyboard.press('Escape')
    const settings = await porthole.openSettings('Audit')
    await settings.getByText('Allowed', { exact: true }).click()
    await settings.getByRole('button', { name: 'Close' }).click()
    await pause()
    await expect(porthole.dialog).toBeHidden()
    await window.locator('.xterm-screen:visible').click()
    await terminal.run('echo un""seen', /unseen[\s\S]*#$/)
    await window.getByRole('button', { name: /^Recording paused/ }).click()
    await window.locator('.xterm-screen:visible').click()
    await terminal.run('echo se""en again', /seen again[\s\S]*#$/)
  })

  await test.step('search finds a command, live', async () => {
    await window.keyboard.press('Alt+Shift+A')
    await window.getByRole('textbox', { name: 'Search the audit history' }).fill('no/such')
    await expect(window.getByRole('button', { name: /ls \/no\/such\/folder/ })).toBeVisible()
    await expect(window.getByRole('status').filter({ hasText: 'in 1 of 1 session' })).toBeVisible()
  })

  await test.step('by filters that are typed or chosen', async () => {
    await window.getByRole('textbox', { name: 'Search the audit history' }).fill('no/such is:refused')
    await expect(window.getByRole('checkbox', { name: 'Refused' })).toBeChecked()
    await expect(window.getByText('Nothing found')).toBeVisible()
    await window.getByRole('checkbox', { name: 'Refused' }).click()
    await expect(window.getByRole('textbox', { name: 'Search the audit history' })).toHaveValue('no/such')
    await expect(window.getByRole('button', { name: /ls \/no\/such\/folder/ })).toBeVisible()
  })

  await test.step('and output, and opens the session at that moment', async () => {
    await window.getByRole('textbox', { name: 'Search the audit history' }).fill('"server {"')
    await window.getByRole('button', { name: /server \{/ }).click()
    await expect(window.getByRole('region', { name: 'Commands' })).toBeVisible()
    await terminal.waitForText(/server \{/)
    // What was typed at once after it may be of the same moment; what came last is not.
    expect(await terminal.text()).not.toContain('a""fter')
  })

  await test.step('the session page lists what was done, and leads to it', async () => {
    const commands = window.getByRole('region', { name: 'Commands' })
    const row = (name: RegExp) => commands.getByRole('button', { name })
    await expect(row(/Password prompt/)).toBeVisible()
    await expect(row(/Recording paused for/)).toBeVisible()
    await expect(row(/un""seen/)).toHaveCount(0)
    await expect(row(/se""en again/)).toBeVisible()
    await row(/echo a""fter/).click()
    await terminal.waitForText(/Password:/)
    await expect(commands.locator('[aria-current]')).toContainText('echo a""fter')
    await commands.getByRole('textbox', { name: 'Filter commands' }).fill('no/such')
    await row(/ls \/no\/such/).click()
    await expect(commands.locator('[aria-current]')).toContainText('ls /no/such/folder')
    await expect.poll(() => terminal.text()).not.toContain('server {')
    // The row has the focus: arrows and keys are its own.
    await window.keyboard.press('o')
    await expect(window.getByText('Output copied: 1 line')).toBeVisible()
    await window.getByRole('textbox', { name: 'Search in this session' }).fill('no/such')
    await expect(window.getByRole('status').filter({ hasText: /^\d of \d$/ })).toBeVisible()
  })

  await test.step('the person’s name leads to what this person did, which can be kept', async () => {
    await window.getByTitle('What ana did').click()
    const summary = window.getByRole('region', { name: 'Summary' })
    await expect(summary.getByRole('heading', { name: 'ana' })).toBeVisible()
    await expect(summary.getByRole('button', { name: /ls \/no\/such\/folder/ })).toBeVisible()
    await window.getByRole('button', { name: 'Saved' }).click()
    await window.getByRole('menuitem', { name: 'Save this search' }).click()
    await summary.getByRole('button', { name: /ls \/no\/such\/folder/ }).click()
    await expect(summary).toBeHidden()
    await window.getByRole('button', { name: 'Saved' }).click()
    await window.getByRole('menuitem', { name: 'ana, last 90 days' }).click()
    await expect(summary.getByRole('heading', { name: 'ana' })).toBeVisible()
  })

  await test.step('a shell with integration says how its commands ended, and shows nothing of it', async () => {
    const settings = await porthole.openSettings('Sessions')
    await settings.getByRole('switch', { name: 'Shell integration' }).check()
    await window.keyboard.press('Escape')
    await porthole.search('app storefront example-prod')
    await window.keyboard.press('Enter')
    await expect(porthole.dialog.getByRole('checkbox', { name: 'Shell integration' })).toBeChecked()
    await porthole.dialog.getByRole('button', { name: /^Open shell/ }).click()
    await terminal.waitForText(prompt)
    expect(await terminal.text()).not.toMatch(/porthole|133/i)
    await terminal.run('ls /no/such/integration', /No such file[\s\S]*#$/)
    await expect(window.getByTitle(/^Failed with exit code \d/).filter({ visible: true })).toHaveCount(1)
    await porthole.openTaskPage('app storefront example-prod')
    const chip = window.getByRole('button', { name: 'ls /no/such/integration', exact: true })
    await expect(chip).toHaveAttribute('title', /exit [12]/)
    await chip.click()
    await expect(window.getByText('Shell integration')).toBeVisible()
    const row = window
      .getByRole('region', { name: 'Commands' })
      .getByRole('button', { name: /ls \/no\/such\/integration/ })
    await expect(row).toContainText(/2$/)
  })

  await test.step('holds on the recording and on all of its task are in the history, with who put them', async () => {
    const button = (name: string) => window.getByRole('button', { name, exact: true })
    const row = (words: string) => window.getByRole('listitem').filter({ hasText: words })
    await button('Hold').click()
    await expect(window.getByText('on hold', { exact: true })).toBeVisible()
    await button('Task page').click()
    await expect(row('ana put a hold on a recording')).toBeVisible()
    await button('Hold').click()
    await expect(row('ana put a hold on all recordings')).toBeVisible()
    await window
      .getByRole('tab', { name: /^\d\d:\d\d/ })
      .last()
      .click()
    await expect(window.getByText('on hold, itself and with its task')).toBeVisible()
    await button('Release task').click()
    await expect(window.getByText('on hold', { exact: true })).toBeVisible()
    await button('Release').click()
    await expect(window.getByText(/^kept 90 days from its end$/)).toBeVisible()
    await button('Task page').click()
    await expect(row('ana released the hold on a recording')).toBeVisible()
  })

  await test.step('the password is in no file', async () => {
    for (const file of filesIn(folder)) expect(readFileSync(file).includes(password), file).toBe(false)
  })
})

function filesIn(parent: string): string[] {
  return readdirSync(parent, { recursive: true, encoding: 'utf8' })
    .map((name) => join(parent, name))
    .filter((path) => statSync(path).isFile())
}
