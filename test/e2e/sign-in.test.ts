import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import decodeQr from 'qr/decode.js'
import { describeWorld } from '../../src/sandbox/world/world.ts'
import { expect, type Launch, type LaunchedApp, test } from './launch/launch.ts'
import { type OwnWorld, startOwnWorld } from './launch/own-world.ts'
import { ApprovalPage } from './pages/approval-page.ts'
import { Porthole, prompt } from './pages/porthole.ts'

const { startUrl, homeRegion, operator } = describeWorld()
const session = (name: string) =>
  `[sso-session ${name}]\nsso_start_url = ${startUrl}\nsso_region = ${homeRegion}\n`

interface Desk extends AsyncDisposable {
  world: OwnWorld
  app: LaunchedApp
  porthole: Porthole
  configFile: string
  /** Absolute paths of the token files. */
  tokenFiles(): Promise<string[]>
}

/** Porthole with AWS files of the test's own. */
async function startDesk(launch: Launch, config: string): Promise<Desk> {
  await using resources = new AsyncDisposableStack()
  const world = resources.use(await startOwnWorld({ world: describeWorld() }))
  const configFile = world.environment.AWS_CONFIG_FILE ?? ''
  await writeFile(configFile, config)
  const app = resources.use(await launch({ demo: false, environment: world.environment }))
  const cache = path.join(world.environment.HOME ?? '', '.aws', 'sso', 'cache')
  const all = resources.move()
  return {
    world,
    app,
    porthole: new Porthole(app),
    configFile,
    async tokenFiles() {
      const names = await readdir(cache)
      return names.filter((name) => /^[0-9a-f]{40}\.json$/.test(name)).map((name) => path.join(cache, name))
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const whoMenu = (porthole: Porthole) => porthole.window.locator('header button[aria-haspopup="menu"]').last()

async function fromWhoMenu(porthole: Porthole, entry: string): Promise<void> {
  await whoMenu(porthole).click()
  await porthole.window.getByRole('menuitem', { name: entry }).click()
}

test('PKCE with a typed start URL that is kept for the CLI, and a profile written beside it', async ({
  launch,
}) => {
  await using desk = await startDesk(launch, '# by hand\n[default]\nregion = eu-west-1   # home\n')
  const { porthole, configFile } = desk
  const { window } = porthole
  await expect(window.getByText(/No sign-in was found in/)).toBeVisible()
  await window.getByRole('textbox', { name: 'Start URL' }).fill(startUrl)
  await window.getByRole('combobox').selectOption(homeRegion)
  await expect(window.getByRole('checkbox', { name: /Keep it in/ })).toBeChecked()

  const opened = desk.app.context.waitForEvent('page')
  await window.getByRole('button', { name: 'Sign in', exact: true }).click()
  await new ApprovalPage(await opened).allow()
  await expect(porthole.navigator.getByText('storefront').first()).toBeVisible()
  const kept = `# by hand
[default]
region = eu-west-1   # home

[sso-session example-corp]
sso_start_url = ${startUrl}
sso_region = ${homeRegion}
sso_registration_scopes = sso:account:access
`
  expect(await readFile(configFile, 'utf8')).toBe(kept)

  await porthole.row('example-staging').click({ button: 'right' })
  await window.getByRole('menuitem', { name: /Write a profile for the AWS CLI/ }).click()
  await porthole.dialog.getByRole('textbox', { name: 'Name' }).fill('staging')
  await porthole.dialog.getByRole('button', { name: 'Write profile' }).click()
  await expect(window.getByText('Profile staging written')).toBeVisible()
  expect(await readFile(configFile, 'utf8')).toBe(`${kept}
[profile staging]
sso_session = example-corp
sso_account_id = 444455556666
sso_role_name = PlatformEngineer
region = ${homeRegion}
`)
})

test('device code: shown, as a QR code of the very page, with a link to copy', async ({ launch }) => {
  await using desk = await startDesk(launch, session('example-corp'))
  const { porthole, app } = desk
  const { window } = porthole
  await window.getByRole('button', { name: 'Use a code on another device' }).click()
  const code = (await window.getByRole('status', { name: /^Code / }).getAttribute('aria-label'))?.slice(5)
  const address = await window.getByRole('link', { name: /Open page/ }).getAttribute('href')
  expect(address).toContain(code)
  await window.getByRole('button', { name: 'Copy link' }).click()
  expect(await window.evaluate(() => navigator.clipboard.readText())).toBe(address)
  const qr = await window.getByRole('img', { name: /QR code/ }).screenshot({ scale: 'css' })
  expect(await decodePicture(desk, qr)).toBe(address)

  // Another device: a page that the app did not open.
  const phone = await app.context.newPage()
  await phone.goto(address ?? '')
  await expect(phone.getByText(code ?? '')).toBeVisible()
  await new ApprovalPage(phone).allow()
  await expect(porthole.navigator.getByText('storefront').first()).toBeVisible({ timeout: 20_000 })
})

/** What a camera sees: the pixels of a picture, read by another program than the one that drew it. */
async function decodePicture({ app }: Desk, png: Buffer): Promise<string> {
  await using page = await app.context.newPage().then((opened) => ({
    opened,
    [Symbol.asyncDispose]: () => opened.close(),
  }))
  const { width, height, data } = await page.opened.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    // Twice as large: a module of two pixels is little for a reader.
    const canvas = new OffscreenCanvas(bitmap.width * 4, bitmap.height * 4)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('No canvas')
    context.imageSmoothingEnabled = false
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
    return { width: pixels.width, height: pixels.height, data: [...pixels.data] }
  }, png.toString('base64'))
  return decodeQr({ width, height, data: Uint8Array.from(data) })
}

test('a sign-in that ends in the middle of work: tabs and shells stay, and go on after signing in again', async ({
  launch,
}) => {
  await using desk = await startDesk(launch, session('example-corp'))
  const { porthole, world } = desk
  const { window, terminal } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await terminal.run('marker=kept; echo be""fore', /\nbefore\n/)

  // The portal session is over: the next refresh is refused.
  await world.setFaults({
    signIn: { refuse: { grantType: 'refresh_token', error: 'InvalidGrantException', count: 9 } },
  })
  const [file = ''] = await desk.tokenFiles()
  const token = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...token, expiresAt: '2020-01-01T00:00:00Z' }))
  await expect(window.getByText(/Your sign-in to .*example-corp.* ended/)).toBeVisible()
  expect(desk.app.context.pages()).toHaveLength(1)
  await terminal.run('echo still""here', /\nstillhere\n/)

  await world.setFaults({ clear: true })
  await window.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(window.getByText('Ended', { exact: true })).toBeVisible()
  const approval = await porthole.beginSignIn()
  await approval.allow()
  await expect(window.getByText(/Your sign-in to/)).toBeHidden()
  await expect(window.getByRole('tab', { name: /nginx/ })).toBeVisible()
  // The keyboard is back in the shell without a click.
  await terminal.run('echo $marker', /\nkept\n/)
  await porthole.openShell('app storefront example-staging')
})

test('two people side by side, signing out of one, and of all', async ({ launch }) => {
  await using desk = await startDesk(launch, `${session('ana at work')}${session('raj')}`)
  const { porthole } = desk
  const { window, navigator } = porthole
  await window.getByRole('radio', { name: /ana at work/ }).check()
  const first = await porthole.beginSignIn()
  await first.allow('ana')
  await expect(navigator.getByText('example-prod')).toHaveCount(1)

  await fromWhoMenu(porthole, 'Sign in to another')
  await expect(window.getByText('Signed in', { exact: true })).toHaveCount(1)
  await expect(window.getByRole('radio', { name: /raj/ })).toBeChecked()
  const second = await porthole.beginSignIn()
  await second.allow('raj')
  await expect(navigator.getByText('example-prod')).toHaveCount(2)
  await expect(navigator.getByText('example-dev')).toHaveCount(2)
  expect(await desk.tokenFiles()).toHaveLength(2)

  await fromWhoMenu(porthole, 'Sign out of raj')
  await expect(navigator.getByText('example-prod')).toHaveCount(1)
  expect(await desk.tokenFiles()).toHaveLength(1)

  await fromWhoMenu(porthole, 'Sign out everywhere…')
  await porthole.dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(window.getByRole('button', { name: /^Sign in to/ })).toBeVisible()
  expect(await desk.tokenFiles()).toEqual([])
})

test('a login and a logout of the AWS CLI show in the open window by themselves', async ({ launch }) => {
  await using desk = await startDesk(launch, session('example-corp'))
  const { porthole } = desk
  await porthole.signIn()
  const [file = ''] = await desk.tokenFiles()
  const token = await readFile(file, 'utf8')
  const signInButton = porthole.window.getByRole('button', { name: /^Sign in to/ })
  await rm(file)
  await expect(signInButton).toBeVisible()
  await writeFile(file, token, { mode: 0o600 })
  await expect(porthole.navigator).toBeVisible()
  await expect(porthole.navigator.getByText('storefront').first()).toBeVisible()
})

test('a role with MFA is an identity too: its code is asked for, and it lists and opens shells', async ({
  launch,
}) => {
  await using desk = await startDesk(
    launch,
    `[profile keys]
aws_access_key_id = ${operator.accessKeyId}
aws_secret_access_key = ${operator.secretAccessKey}
[profile on call]
role_arn = arn:aws:iam::444455556666:role/OnCall
source_profile = keys
mfa_serial = arn:aws:iam::${operator.accountId}:mfa/${operator.userName}
region = ${homeRegion}
`,
  )
  const { porthole } = desk
  const { window, navigator } = porthole
  await expect(window.getByText('Profile with access keys, no sign-in needed')).toBeVisible()
  await window.getByRole('radio', { name: /on call/ }).check()
  await expect(window.getByText('Asks for a code of your MFA device')).toBeVisible()
  await window.getByRole('button', { name: 'Use on call' }).click()
  const code = window.getByRole('textbox', { name: 'Code' })
  await expect(code).toBeFocused()
  await code.fill('000000')
  await window.getByRole('button', { name: 'Go on' }).click()
  await expect(window.getByText(/AWS did not take this code/)).toBeVisible()
  await code.fill('123456')
  await code.press('Enter')
  await expect(navigator.getByText('on call')).toBeVisible()
  await porthole.openShell('nginx storefront')
  await porthole.terminal.run('echo as""role', /\nasrole\n/)
  await porthole.terminal.waitForText(prompt)
  await expect(window.locator('footer').getByText('OnCall')).toBeVisible()
  expect(desk.app.context.pages()).toHaveLength(1)
})

test('a broken config: the line is named on the screen, and once corrected the sign-in is there', async ({
  launch,
}) => {
  await using desk = await startDesk(launch, `${session('example-corp')}nonsense\n`)
  const { window } = desk.porthole
  await expect(window.getByText(/^Line 4 of .*config is not a \[section\]/)).toBeVisible()
  await writeFile(desk.configFile, session('example-corp'))
  await expect(window.getByRole('button', { name: 'Sign in to example-corp' })).toBeVisible()
  await expect(window.getByText(/^Line 4 of/)).toBeHidden()
})
