import { expect, test } from './launch/launch.ts'
import { Porthole, prompt } from './pages/porthole.ts'

test('find a container by the keyboard, by its field, by a star and by a link, and come back to it', async ({
  launch,
}) => {
  const app = await launch()
  const porthole = new Porthole(app)
  const { window, terminal, navigator } = porthole
  const { keyboard } = window
  await app.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const clipboard = () => window.evaluate(() => globalThis.navigator.clipboard.readText())
  const menu = async (row: ReturnType<Porthole['row']>, entry: string | RegExp) => {
    await row.click({ button: 'right' })
    await window.getByRole('menuitem', { name: entry }).click()
  }
  const favourites = navigator.getByRole('region', { name: 'Favourites' })
  const recent = navigator.getByRole('region', { name: 'Recent' })
  await porthole.signIn()

  await test.step('from the palette to a shell with the keyboard alone', async () => {
    await keyboard.press('Control+K')
    await keyboard.type('nginx storefront example-staging')
    await porthole.palette.getByRole('option').first().waitFor()
    await keyboard.press('Enter')
    await terminal.waitForText(prompt)
    await expect(recent.getByRole('button', { name: /nginx storefront/ })).toBeVisible()
  })

  await test.step('Alt+Enter opens the page of the task, Shift+Enter the logs', async () => {
    await porthole.openTaskPage('nginx storefront example-staging')
    await porthole.search('nginx storefront example-staging')
    await keyboard.press('Shift+Enter')
    await expect(window.getByRole('tab', { name: /Logs|logs/ })).toBeVisible()
  })

  await test.step('the filter takes fields', async () => {
    const filter = navigator.getByRole('searchbox', { name: 'Filter' })
    await filter.fill('env:staging service:storefront container:nginx is:ready')
    const rows = navigator.getByRole('treeitem')
    await expect(navigator.getByRole('treeitem', { level: 5 }).first()).toBeVisible()
    await expect(rows.filter({ hasText: 'example-prod' })).toHaveCount(0)
    for (const name of await navigator.getByRole('treeitem', { level: 5 }).allInnerTexts())
      expect(name).toContain('nginx')
  })

  await test.step('stopped tasks, and why, for as long as ECS tells', async () => {
    const filter = navigator.getByRole('searchbox', { name: 'Filter' })
    await filter.fill('is:stopped service:search')
    const stopped = navigator.getByRole('treeitem', { level: 4 })
    await expect(stopped).toHaveText([/OOM/])
    await stopped.dblclick()
    await expect(window.getByText('This task has stopped')).toBeVisible()
    await expect(window.getByText('exit 137, OutOfMemoryError')).toBeVisible()
    await expect(window.getByRole('button', { name: /^Open shell/ })).toHaveCount(0)
    await filter.fill('env:staging service:storefront container:nginx is:ready')
  })

  await test.step('a star, the shell of one’s choice and its AWS CLI command', async () => {
    const row = porthole.row('nginx')
    await menu(row, /favourite/)
    await menu(row, 'Open shell with…')
    await porthole.dialog.getByText('sh', { exact: true }).click()
    await porthole.dialog.getByRole('button', { name: /^Open shell/ }).click()
    await expect(porthole.dialog).toBeHidden()
    await menu(row, 'Copy AWS CLI command')
    expect(await clipboard()).toMatch(
      /^aws ecs execute-command --cluster web --task \w+ --container nginx --interactive --command \/bin\/sh --profile \S+ --region eu-west-1$/,
    )
  })

  let link = ''
  await test.step('a copied link opens its task', async () => {
    const task = navigator.getByRole('treeitem', { level: 4 }).first()
    await menu(task, 'Copy link')
    link = await clipboard()
    expect(link).toMatch(/^porthole:\/\/task\/\d{12}\/eu-west-1\/web\/\w+$/)
    await keyboard.press('Escape')
    await keyboard.press('Control+K')
    await porthole.palette.getByRole('combobox').fill(link)
    await porthole.palette.getByRole('option', { name: /Open task/ }).waitFor()
    await keyboard.press('Enter')
    await expect(window.getByRole('heading', { name: 'Audit' })).toBeVisible()
    await expect(window.getByText(link.slice(-32)).first()).toBeVisible()
  })

  await test.step('star, places and choice are there after a reload', async () => {
    await window.reload()
    await expect(favourites.getByRole('button', { name: /nginx storefront/ })).toBeVisible()
    await favourites.getByRole('button', { name: /nginx storefront/ }).click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Copy AWS CLI command' }).click()
    expect(await clipboard()).toContain('--command /bin/sh ')
  })
})
