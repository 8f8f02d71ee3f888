import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { describeWorld } from '../../src/sandbox/world/world.ts'
import type { WorldDescription } from '../../src/sandbox/world/world-types.ts'
import { expect, test } from './launch/launch.ts'
import { startOwnWorld } from './launch/own-world.ts'
import { Porthole } from './pages/porthole.ts'

/** Markup, a title sequence, a bell, a line break and a direction override: AWS would refuse some, another emulator may not. */
const hostileName = `<img src=x onerror="document.title='owned'">\u001b]0;owned\u0007\n\u202egnp.exe`
/** Without the slash that would end it in an ARN; with a space that nobody sees. */
const hostileService = `checkout<img src=y onerror="document.title='owned'">\u202eevil\u200bcorp`
const shownService = `checkout<img src=y onerror="document.title='owned'">⟨U+202E⟩evil⟨U+200B⟩corp`
const hostileTags = { 'owner\u202e<svg onload=alert(1)>': `${'x'.repeat(200)}\u2066</script>\u0007` }
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be left
const hidden = /[\u001b\u0007\u200b\u202e\u2066]/
/** Nearly the 1 MB that CloudWatch Logs takes. */
const longLine = 1_000_000
const hostileLines = [
  '<img src=x onerror=alert(1)>\u001b]0;owned\u0007\u202eflip\u200b\n2026-11-25T00:00:00.000Z app forged',
  'x'.repeat(longLine),
]

test('names, tags and log lines with markup, escape sequences and direction marks are shown and used as plain text', async ({
  launch,
}) => {
  await using world = await startOwnWorld({ world: hostileWorld() })
  await using app = await launch({
    demo: false,
    environment: world.environment,
  })
  const porthole = new Porthole(app)
  const { window, terminal, navigator, palette, dialog } = porthole
  const { keyboard } = window
  const title = await window.title()
  const errors: string[] = []
  window.on('pageerror', (error) => errors.push(error.message))
  window.on('dialog', (dialog) => errors.push(dialog.message()))

  await porthole.signIn()

  await test.step('in the navigator and its filter', async () => {
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill('<img src=x env:staging tag:owner\u202e')
    await expect(navigator.getByRole('treeitem', { name: /<img src=x.*⟨U\+202E⟩gnp/ }).first()).toBeVisible()
    await expectHarmless(window)
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill('')
  })

  await test.step('in the palette, a shell and its tab', async () => {
    await porthole.search('img storefront example-staging')
    await expect(palette.getByRole('option', { name: /⟨U\+202E⟩gnp/ }).first()).toBeVisible()
    await expectHarmless(window)
    await keyboard.press('Enter')
    await terminal.run("echo 'still a shell'", /\nstill a shell\n/)
    await expect(window.getByRole('tab', { name: /<img src=x/ })).toBeVisible()
  })

  await test.step('in the logs, on screen and in a file', async () => {
    await keyboard.press('Control+Shift+L')
    const list = window.getByRole('log', { name: 'Log lines' })
    await expect(
      list.getByText('<img src=x onerror=alert(1)>⟨U+202E⟩flip⟨U+200B⟩␊2026-11-25T00:00:00.000Z app forged'),
    ).toBeVisible()
    await list.getByRole('button', { name: 'Show all of it' }).last().click()
    await list.getByRole('button', { name: /^Show all 1,000,000 characters$/ }).click()
    await expect
      .poll(async () => (await list.locator('pre').first().textContent())?.length)
      .toBeGreaterThanOrEqual(longLine)
    await expectHarmless(window)
    const downloaded = window.waitForEvent('download')
    await window.getByRole('button', { name: 'Download' }).click()
    // What is logged over two rows cannot pass for two lines.
    const rows = (await readFile(await (await downloaded).path(), 'utf8')).split('\n')
    expect(rows.some((row) => row.endsWith('x'.repeat(longLine)))).toBe(true)
    for (const row of rows.slice(0, -1)) expect(row).toMatch(/^\d{4}-\S+Z (<img src=x|app |log-router )|^\t/)
  })

  await test.step('on the page of its task and in its replay', async () => {
    await porthole.openTaskPage('img storefront example-staging')
    await expect(window.getByRole('cell', { name: /<img src=x/ }).first()).toBeVisible()
    await expectHarmless(window)
    await porthole.openReplay('ana')
    await keyboard.press('End')
    await terminal.waitForText(/still a shell/)
  })

  const service = navigator.getByRole('treeitem', { level: 3, name: /evil/ })
  const menu = async (entry: string) => {
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill('evil')
    await service.click({ button: 'right' })
    await window.getByRole('menuitem', { name: entry }).click()
  }

  await test.step('on the readiness page and in its report', async () => {
    await menu('Why can’t I connect?')
    await expect(window.getByText(/^Checked/)).toBeVisible()
    await expect(window.getByRole('heading', { level: 1 }).filter({ visible: true })).toContainText(
      shownService,
    )
    await window.getByRole('button', { name: 'Copy report' }).click()
    await expect(window.getByRole('button', { name: 'Copied' })).toBeVisible()
    const report = await window.evaluate(() => globalThis.navigator.clipboard.readText())
    expect(report).toContain(shownService)
    expect(report).not.toMatch(hidden)
    await expectHarmless(window)
  })

  await test.step('in the dialogs that change something, which want it typed as it is shown', async () => {
    await menu('Turn exec off…')
    const confirm = dialog.getByRole('button', { name: 'Turn exec off' })
    await dialog.getByRole('textbox').fill('checkout')
    await expect(confirm).toBeDisabled()
    await dialog.getByRole('textbox').fill(shownService)
    await expect(confirm).toBeEnabled()
    await expectHarmless(window)
    await dialog.getByRole('button', { name: 'Cancel' }).click()

    await menu('Who may get in…')
    await expect(dialog.getByText('The least that lets somebody in')).toBeVisible()
    await expectHarmless(window)
    await dialog.getByRole('button', { name: 'Close' }).click()

    await window.getByRole('tab', { name: /^Why can’t/ }).click()
    await keyboard.press('Control+Shift+K')
    await palette.getByRole('combobox').fill('>replace task')
    await keyboard.press('Enter')
    await dialog.getByRole('textbox').fill(shownService)
    await expect(dialog.getByRole('button', { name: 'Replace task' })).toBeEnabled()
    await expectHarmless(window)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  expect(await window.title()).toBe(title)
  expect(await window.locator('img[src="x"], img[src="y"], svg[onload]').count()).toBe(0)
  expect(errors).toEqual([])
})

/** Nothing on the page may turn its direction, hide something or hold a control character, or be wider than the window. */
async function expectHarmless(window: Page): Promise<void> {
  const text = (await window.locator('body').textContent()) ?? ''
  for (const character of ['\u001b', '\u0007', '\u202e', '\u2066', '\u200b'])
    expect(text).not.toContain(character)
  const titles = await window
    .locator('[title]')
    .evaluateAll((all) => all.map((each) => each.getAttribute('title')))
  for (const each of titles) expect(each).not.toMatch(hidden)
  const widths = () =>
    window.evaluate(() => ({
      page: document.documentElement.scrollWidth - globalThis.innerWidth,
      dialogs: [...document.querySelectorAll('[role="dialog"]')]
        .map((each) => each.scrollWidth - each.clientWidth)
        .filter((surplus) => surplus > 0),
    }))
  expect(await widths()).toEqual({ page: 0, dialogs: [] })
}

/** The world of the demo, with a container in staging, a service in production and tags renamed. */
function hostileWorld(): WorldDescription {
  const world = describeWorld()
  const changes: Record<string, readonly [string, string][]> = {
    'example-staging': [
      [
        '"name":"nginx"',
        `"loggedLately":${JSON.stringify(hostileLines)},"name":${JSON.stringify(hostileName)}`,
      ],
      ['"container":"nginx"', `"container":${JSON.stringify(hostileName)}`],
      ['"owner":"shop"', JSON.stringify(hostileTags).slice(1, -1)],
    ],
    'example-prod': [
      ['"service":"checkout"', `"service":${JSON.stringify(hostileService)}`],
      ['"name":"checkout","desiredCount"', `"name":${JSON.stringify(hostileService)},"desiredCount"`],
    ],
  }
  return {
    ...world,
    accounts: world.accounts.map((account) =>
      (changes[account.name ?? ''] ?? []).reduce(
        (changed, [before, after]) => JSON.parse(JSON.stringify(changed).replaceAll(before, after)),
        account,
      ),
    ),
  }
}
