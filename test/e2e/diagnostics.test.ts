import { expect, test } from './launch/launch.ts'

/** Nobody listens there: whatever took this proxy would fail, and the local AWS must be reached without it. */
const proxyPassword = 'pl4nted-pr0xy-password'
const otherSecret = 'planted-token-of-another-tool'

test.describe('with 200 further accounts', () => {
  test.use({ startOptions: { args: ['--accounts', '200'] } })

  test('account and role are chosen among hundreds, found by a few letters, and kept', async ({
    porthole,
  }) => {
    const { window, navigator, palette } = porthole
    const approval = await porthole.beginSignIn()
    await approval.allow()
    const chooser = navigator.getByRole('treeitem', { name: 'Choose account' })
    await expect(chooser).toContainText('203')
    await expect(navigator.getByRole('treeitem')).toHaveCount(1)

    // While the roles of everybody are read one by one, a chosen account does not wait for its turn.
    await chooser.click()
    await expect(palette.getByRole('progressbar', { name: 'Reading roles' })).toBeVisible()
    await palette.getByRole('combobox').fill('example prod')
    await palette
      .getByRole('option', { name: /example-prod/ })
      .first()
      .click()
    await expect(navigator.getByText('storefront').first()).toBeVisible()
    await expect(porthole.row('example-prod')).toHaveAttribute('aria-selected', 'true')

    await porthole.runCommand('Choose account and role')
    await palette.getByRole('combobox').fill('billing prod readonly')
    const found = palette.getByRole('option').filter({ hasText: /billing-prod\s*ReadOnly/ })
    await found.first().waitFor()
    await window.keyboard.press('Alt+Enter')
    await expect(palette.getByRole('button', { name: 'Not a favourite any more' }).first()).toBeVisible()
    await window.keyboard.press('Enter')
    await expect(porthole.row('billing-prod')).toHaveAttribute('aria-selected', 'true')
    await expect(window.getByRole('contentinfo')).toContainText('ReadOnly')
    // A favourite goes before what was merely used.
    await expect(navigator.getByRole('treeitem', { level: 1 }).first()).toContainText('billing-prod')

    await window.reload()
    await expect(porthole.row('billing-prod')).toBeVisible()
    await expect(navigator.getByText('storefront').first()).toBeVisible()
    await porthole.runCommand('Choose account and role')
    await expect(palette.getByRole('group', { name: 'Favourites' })).toContainText('billing-prod')
    await expect(palette.getByRole('group', { name: 'Recent' })).toContainText('example-prod')
  })
})

test('the region is chosen per account, with those used lately first, and remembered', async ({
  porthole,
}) => {
  const { window, navigator, palette } = porthole
  await porthole.signIn()
  await porthole.row('example-dev').click()
  await window.keyboard.press('Control+Shift+R')
  await expect(palette.getByRole('combobox', { name: 'Show which region of example-dev?' })).toBeVisible()
  await expect(palette.getByRole('option', { name: /cn-north-1/ })).toHaveCount(0)
  await palette.getByRole('combobox').fill('ohio')
  await window.keyboard.press('Enter')
  await porthole.expand('example-dev')
  // The local AWS serves two regions; elsewhere it refuses, and says so where it happened.
  await expect(window.getByRole('contentinfo')).toContainText('us-east-2')
  await expect(navigator.getByText('storefront').first()).toBeVisible()

  await window.reload()
  await porthole.row('example-dev').click()
  await expect(window.getByRole('contentinfo')).toContainText('us-east-2')
  await window.getByTitle('Change region', { exact: true }).click()
  await expect(palette.getByRole('group', { name: 'Recent' }).getByRole('option')).toContainText('us-east-2')
  await palette.getByRole('combobox').fill('eu-west-1')
  await window.keyboard.press('Enter')
  await porthole.expand('example-dev')
  await expect(navigator.getByText('batch')).toBeVisible()
})

test.describe('with a proxy and secrets in the environment', () => {
  test.use({
    startOptions: {
      environment: {
        HTTPS_PROXY: `http://ana:${proxyPassword}@127.0.0.1:9`,
        ALL_PROXY: `http://ana:${proxyPassword}@127.0.0.1:9`,
        GITHUB_TOKEN: otherSecret,
      },
    },
  })

  test('diagnostics say what is set up and why, before and after the sign-in, and their copy keeps secrets', async ({
    porthole,
  }) => {
    const { window } = porthole
    await window.getByRole('button', { name: 'Diagnostics' }).click()
    await expect(porthole.dialog.getByRole('heading', { name: 'Endpoints' })).toBeVisible()
    await porthole.dialog.getByRole('button', { name: 'Close' }).click()

    await porthole.signIn()
    await porthole.runCommand('Diagnostics')
    const page = window.getByRole('main')
    await expect(page.getByRole('region', { name: 'Clock' })).toContainText('right')
    await expect(page.getByRole('region', { name: 'Sign-ins' })).toContainText('signed in')
    await expect(page.getByRole('region', { name: 'Endpoints' })).toContainText('AWS_ENDPOINT_URL')
    await expect(page.getByRole('region', { name: 'Proxy' })).toContainText(
      'http://127.0.0.1:9 (with a login)',
    )

    await page.getByRole('button', { name: 'Copy report' }).click()
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    const copied = await window.evaluate(() => navigator.clipboard.readText())
    expect(copied).toContain('Porthole diagnostics')
    expect(copied).toContain('directly: this computer itself is reached without a proxy')
    const shown = (await window.locator('body').textContent()) ?? ''
    for (const secret of [proxyPassword, otherSecret]) {
      expect(copied).not.toContain(secret)
      expect(shown).not.toContain(secret)
    }
  })
})

test('who one is stands in the status bar, with the rest behind a click', async ({ porthole }) => {
  const { window } = porthole
  await porthole.signIn()
  await porthole.row('example-prod').click()
  const status = window.getByRole('contentinfo')
  for (const fact of [
    'Production',
    'example-prod',
    '1111-2222-3333',
    'eu-west-1',
    'ana',
    'PlatformEngineer',
    'Role',
    'Sign-in',
  ])
    await expect(status).toContainText(fact)
  await window.getByTitle('Who am I, and what ends when').click()
  const panel = window.getByRole('dialog', { name: 'Who am I' })
  await expect(panel).toContainText('assumed-role/AWSReservedSSO_PlatformEngineer')
  await expect(panel).toContainText('renew by themselves')
  await window.keyboard.press('Escape')
  await expect(panel).toBeHidden()
})
