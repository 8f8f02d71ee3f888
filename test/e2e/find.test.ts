import { expect, test } from './launch/launch.ts'
import { Porthole, prompt } from './pages/porthole.ts'

test('find a container by the keyboard, by its field, by a star and by a link, and come back to it', async ({
  launch,
}) => {
  await using app = await launch()
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

  await test.step('arrows go through favourites, recent places and the tree as through one list', async () => {
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill('')
    // The list comes after what is typed; until then Home means the first row that the filter left.
    await expect(porthole.row('example-prod')).toBeVisible()
    await keyboard.press('Control+Shift+E')
    await keyboard.press('Home')
    const tree = navigator.getByRole('tree')
    await expect(tree).toBeFocused()
    await keyboard.press('ArrowUp')
    const place = (region: typeof favourites, name: RegExp) => region.getByRole('button', { name })
    await expect(place(favourites, /nginx storefront/)).toBeFocused()
    await expect(navigator.locator('[aria-current="true"]')).toHaveCount(1)
    await expect(navigator.getByRole('treeitem', { selected: true })).toHaveCount(0)
    await keyboard.press('Alt+Enter')
    await expect(window.getByRole('heading', { name: 'Audit' })).toBeVisible()
    await keyboard.press('Control+Shift+E')
    await expect(place(favourites, /nginx storefront/)).toBeFocused()
    await keyboard.press('ArrowDown')
    await expect(tree).toBeFocused()
    await expect(navigator.getByRole('treeitem', { selected: true })).toHaveText(/example-prod/)
  })

  await test.step('a service offers its readiness, its logs, who may get in and its AWS CLI command', async () => {
    const service = navigator.getByRole('treeitem', { level: 3 }).filter({ hasText: 'storefront' }).first()
    await menu(service, 'Copy AWS CLI command')
    expect(await clipboard()).toMatch(
      /^aws ecs describe-services --cluster web --services storefront --profile/,
    )
    await service.click({ button: 'right' })
    for (const name of ['Why can’t I connect?', 'Logs', 'Turn exec off…'])
      await expect(window.getByRole('menuitem', { name })).toBeVisible()
    await window.getByRole('menuitem', { name: 'Who may get in…' }).click()
    await expect(porthole.dialog.getByText('Who may get into storefront')).toBeVisible()
    await porthole.dialog.getByRole('button', { name: 'Close' }).click()
    // The row stays what commands are about.
    await keyboard.press('Control+Shift+E')
    await keyboard.press('Control+K')
    await porthole.palette.getByRole('combobox').fill('>turn exec')
    await expect(porthole.palette.getByRole('option', { name: /Turn exec off…/ })).toBeVisible()
    await keyboard.press('Escape')
  })

  await test.step('settings are set from the palette, with their value in sight', async () => {
    const command = (text: string) =>
      porthole.palette.getByRole('option', { name: new RegExp(`Settings: ${text}`) })
    await keyboard.press('Control+K')
    await porthole.palette.getByRole('combobox').fill('>engine')
    await expect(command('engine')).toHaveText(/Automatic/)
    await command('engine').click()
    await porthole.palette.getByRole('option', { name: 'Built-in' }).click()
    await keyboard.press('Control+K')
    await porthole.palette.getByRole('combobox').fill('>engine')
    await expect(command('engine')).toHaveText(/Built-in/)
    await porthole.palette.getByRole('combobox').fill('>names that are production')
    await command('names that are production').click()
    await expect(porthole.dialog.getByRole('tab', { name: 'Production', selected: true })).toBeVisible()
    await porthole.dialog.getByRole('button', { name: 'Close' }).click()
  })

  let link = ''
  await test.step('a copied link opens its task', async () => {
    const search = 'env:staging service:storefront is:ready'
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill(search)
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

  await test.step('an address of the console leads into a Region that was not looked at', async () => {
    const paste = async (text: string) => {
      await keyboard.press('Control+K')
      await porthole.palette.getByRole('combobox').fill(text)
    }
    await paste(
      'https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/standby/services/status-page/health?region=us-east-1',
    )
    await porthole.palette.getByRole('option', { name: /takes example-prod to us-east-1/ }).click()
    await expect(navigator.getByRole('treeitem', { name: /status-page/ })).toBeVisible()
    await expect(navigator.getByRole('searchbox', { name: 'Filter' })).toHaveValue(/cluster:standby/)
    // And the link from before leads back.
    await paste(link)
    await porthole.palette.getByRole('option', { name: /Open task/ }).click()
    await expect(window.getByText(link.slice(-32)).first()).toBeVisible()
    await paste(link.replace(/\d{12}/, '999999999999'))
    await expect(porthole.palette.getByText(/leads to account 999999999999/)).toBeVisible()
    await keyboard.press('Escape')
    await navigator.getByRole('searchbox', { name: 'Filter' }).fill('')
  })

  const asked: string[] = []
  window.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('catalog.watch')) asked.push(payload)
    })
  })
  await test.step('star, places and choice are there after a reload', async () => {
    await window.reload()
    await expect(favourites.getByRole('button', { name: /nginx storefront/ })).toBeVisible()
    await favourites.getByRole('button', { name: /nginx storefront/ }).click({ button: 'right' })
    await window.getByRole('menuitem', { name: 'Copy AWS CLI command' }).click()
    expect(await clipboard()).toContain('--command /bin/sh ')
  })

  await test.step('what nobody has seen for a minute is not kept fresh, until somebody looks again', async () => {
    const hide = (hidden: boolean) =>
      window.evaluate((state) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => state })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await window.clock.install()
    await hide(true)
    await window.clock.runFor(30_000)
    const before = asked.length
    await window.clock.runFor(31_000)
    await expect.poll(() => asked.slice(before).join()).toMatch(/"scopes":\[\]/)
    await hide(false)
    await expect.poll(() => asked.at(-1)).toMatch(/"scopes":\[\{/)
  })
})
