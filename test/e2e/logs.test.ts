import { readFile } from 'node:fs/promises'
import { expect, test } from './launch/launch.ts'
import { prompt } from './pages/porthole.ts'

/** What somebody does in production, seen in the logs and the audit, and gone with the task. */
test('a shell in production leaves its mark in the logs, and nothing in the next task', async ({
  porthole,
  host,
}) => {
  const { window, terminal, dialog } = porthole
  await porthole.signIn()

  await test.step('production wants a reason when the settings say so', async () => {
    const settings = await porthole.openSettings('Production')
    await settings.getByLabel('Tags of tasks and services').fill('no tag')
    await settings.getByRole('button', { name: 'Save rules' }).click()
    await expect(settings.getByText('A tag is written key=value.')).toBeVisible()
    await settings.getByLabel('Tags of tasks and services').fill('environment=prod*')
    await settings.getByRole('button', { name: 'Save rules' }).click()
    await settings.getByLabel('A shell needs a reason').check()
    await settings.getByRole('button', { name: 'Close' }).click()

    await porthole.search('nginx storefront example-prod')
    await window.keyboard.press('Enter')
    await expect(dialog.getByRole('button', { name: /^Open shell/ })).toBeDisabled()
    await dialog.getByRole('textbox', { name: /Reason/ }).fill('checkout fails since noon')
    await window.keyboard.press('Enter')
    await terminal.waitForText(prompt)
  })

  await test.step('lines that would run at once are shown before they are pasted', async () => {
    const question = window.getByRole('alertdialog', { name: 'Paste 2 lines into production?' })
    await terminal.run('clear; cat', /^$/)
    await terminal.paste('first\u202e line\nsecond line\n')
    await expect(question).toContainText('first⟨U+202E⟩ line')
    await window.keyboard.press('Escape')
    await expect(question).toBeHidden()
    await terminal.type('typed\n')
    await terminal.waitForText(/^typed\ntyped$/)
    await terminal.paste('first line\nsecond line\n')
    await question.getByRole('button', { name: 'Paste' }).click()
    await terminal.waitForText(/(second line[\s\S]*){2}/)
    await terminal.press('Control+c')
    await terminal.waitForText(prompt)
  })

  await test.step('a package is installed, and a request is made', async () => {
    await terminal.run(
      'apt-get update -qq && apt-get install -qq -y figurehead >/dev/null && figurehead aboard',
      /\| aboard \|/,
      30_000,
    )
    await terminal.run('curl -s localhost:$PORT/from-the-shell >/dev/null; echo do""ne', /done/)
  })

  await test.step('the line that it caused stands after the shell, on one axis', async () => {
    await window.keyboard.press('Control+Shift+L')
    const list = window.getByRole('log', { name: 'Log lines' })
    await expect(list).toContainText(/Shell opened.*GET \/from-the-shell/)
    // Its echo and the line are milliseconds apart, and on a busy machine the echo is seen later.
    await expect(list).toContainText(/Shell opened.*curl -s localhost[^≈]*≈/)
    await expect(window.getByTestId('log-axis').getByText('ana in nginx, live')).toBeVisible()

    const ticks = window.getByTestId('log-axis').locator('[data-mark="command"]')
    await expect(ticks.and(window.locator('[title^="ana: curl -s"]'))).toBeVisible()

    await list.getByText(/^curl -s localhost/).click()
    await expect(window.getByRole('region', { name: 'Replay' })).toBeVisible()
    await expect(window.getByRole('button', { name: /curl -s localhost/ })).toHaveAttribute(
      'aria-current',
      'true',
    )
    await window.getByRole('button', { name: 'Close tab' }).last().click()

    // The palette finds it as well.
    await window.getByRole('button', { name: /^Search containers/ }).click()
    await porthole.palette.getByRole('combobox').fill('$from-the-shell')
    await porthole.palette.getByRole('option', { name: /^curl -s localhost.*ana, storefront/ }).click()
    await expect(window.getByRole('button', { name: /curl -s localhost/ })).toHaveAttribute(
      'aria-current',
      'true',
    )
    await window.getByRole('tab', { name: /^Logs/ }).click()

    // Asked for from the terminal, it shows that container; the others are a click away.
    await expect(list.getByText('app', { exact: true })).toHaveCount(0)
    await window.getByRole('button', { name: 'app', exact: true }).click()
    await expect(list.getByText('app', { exact: true }).first()).toBeVisible()
  })

  await test.step('search', async () => {
    const list = window.getByRole('log', { name: 'Log lines' })
    await window.getByLabel('Search in the lines').fill('from-the-shell')
    await expect(window.getByRole('status').filter({ hasText: '1 match' })).toBeVisible()
    await expect(list.locator('mark')).toHaveText('from-the-shell')
    await window.getByLabel('Only matches').check()
    await window.getByLabel('Shell commands').uncheck()
    await expect(list.getByRole('time')).toHaveCount(1)
    // The same text, looked for by CloudWatch Logs.
    await window.getByRole('button', { name: /^Filter in CloudWatch Logs/ }).click()
    await expect(list.getByText(/GET \/from-the-shell/)).toBeVisible()
  })

  // Where a window saves a file is the system's business on the desktop.
  if (host === 'browser')
    await test.step('download', async () => {
      const downloaded = window.waitForEvent('download')
      await window.getByRole('button', { name: 'Download' }).click()
      const file = await (await downloaded).path()
      expect(await readFile(file, 'utf8')).toMatch(/^\S+Z nginx .*GET \/from-the-shell/)
    })

  await test.step('the task page finds when errors came in the logs, and leads there past every filter', async () => {
    await porthole.openTaskPage('nginx storefront example-prod')
    await window.getByRole('button', { name: 'Show log spikes' }).click()
    await window.getByRole('button', { name: /error lines in .*usually none/ }).press('Enter')
    await expect(window.getByRole('button', { name: /^Around/ })).toBeVisible()
    await expect(window.getByRole('log', { name: 'Log lines' })).toContainText('ERROR checkout failed')
  })

  await test.step('the task is touched, by whom and why; replacing it wants its name', async () => {
    await porthole.openTaskPage('nginx storefront example-prod')
    await expect(window.getByText('Touched by ana and raj, 3 sessions')).toBeVisible()
    await expect(window.getByText('checkout fails since noon')).toBeVisible()
    await window.getByRole('button', { name: 'Replace task…' }).click()
    const replace = dialog.getByRole('button', { name: 'Replace task' })
    await expect(dialog.getByText(/^Every change made inside since .*, by .*\bana\b/)).toBeVisible()
    await dialog.getByRole('textbox').fill('storefron')
    await expect(replace).toBeDisabled()
    await dialog.getByRole('textbox').fill('storefront')
    await replace.click()
    await expect(dialog.getByText('Task replaced')).toBeVisible({ timeout: 30_000 })
    await expect(dialog.getByText('3 of 3 tasks run')).toBeVisible({ timeout: 30_000 })
  })

  await test.step('in the fresh task the package is gone', async () => {
    await dialog.getByRole('button', { name: 'Open shell' }).click()
    await dialog.getByRole('textbox', { name: /Reason/ }).fill('is it gone')
    await window.keyboard.press('Enter')
    await terminal.waitForText(prompt)
    await terminal.run('command -v figurehead || echo no such" "thing', /no such thing/)
  })
})
