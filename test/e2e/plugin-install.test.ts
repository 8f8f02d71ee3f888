import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../src/sandbox/services/clock.ts'
import { demoPluginProgram } from '../../src/sandbox/services/plugin-site/demo-plugin.ts'
import { PluginSite } from '../../src/sandbox/services/plugin-site/plugin-site.ts'
import {
  type PluginArchitecture,
  publishPlugin,
} from '../../src/sandbox/services/plugin-site/publish-plugin.ts'
import { createSigningKey, type SigningKey } from '../../src/sandbox/services/plugin-site/signing-key.ts'
import { describeWorld } from '../../src/sandbox/world/world.ts'
import { launchInBrowser } from './launch/browser-launcher.ts'
import { expect, type LaunchedApp, test } from './launch/launch.ts'
import { startOwnWorld } from './launch/own-world.ts'
import { Porthole, prompt } from './pages/porthole.ts'

const version = '1.2.896.0'
const newerVersion = '1.2.900.0'
const architecture = process.arch as PluginArchitecture
const packageFile = `${architecture === 'x64' ? 'ubuntu_64bit' : 'ubuntu_arm64'}/session-manager-plugin.deb`
const somewhere = 'nginx storefront example-staging'

let folder: string
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-plugin-e2e-'))
})
test.afterEach(() => rm(folder, { recursive: true, force: true }))

async function saveSettings(settings: object): Promise<void> {
  const data = path.join(folder, 'data')
  await mkdir(data, { recursive: true })
  await writeFile(path.join(data, 'settings.json'), JSON.stringify(settings))
}

test.describe('a download site of the test’s own', () => {
  let site: PluginSite
  let key: SigningKey
  let resources: AsyncDisposableStack
  test.beforeEach(async () => {
    resources = new AsyncDisposableStack()
    site = new PluginSite(systemClock)
    key = await createSigningKey()
    await writeFile(path.join(folder, 'key.asc'), key.publicKey)
  })
  test.afterEach(() => resources.disposeAsync())

  async function publish(name: string, signer = key): Promise<void> {
    const program = await demoPluginProgram(path.resolve('dist/node/demo-plugin.js'), process.execPath)
    await publishPlugin(site, { version: name, architecture, program, key: signer })
  }

  async function start(playwright: {
    chromium: Parameters<typeof launchInBrowser>[0]
  }): Promise<LaunchedApp> {
    const world = resources.use(await startOwnWorld({ world: describeWorld({}), pluginSite: site }))
    const environment = { ...world.environment, PORTHOLE_PLUGIN_KEY_FILE: path.join(folder, 'key.asc') }
    const args = ['--data-folder', path.join(folder, 'data')]
    return resources.use(await launchInBrowser(playwright.chromium, { demo: false, args, environment }))
  }

  test('the first connect asks, installs it with progress and opens the shell', async ({ playwright }) => {
    await saveSettings({ engine: 'plugin' })
    await publish(version)
    site.setFaults({ path: `${version}/${packageFile}`, pauseMilliseconds: 40 })
    const porthole = new Porthole(await start(playwright))
    const { window, pluginCard, terminal } = porthole
    await porthole.signIn()
    await porthole.requestShell(somewhere)
    await expect(pluginCard.getByText(`session-manager-plugin ${version}`)).toBeVisible()
    await expect(pluginCard.getByText(path.join(folder, 'data', 'plugin', 'versions', version))).toBeVisible()
    await expect(pluginCard.getByText(/^127\.0\.0\.1:\d+, \d+ KB$/)).toBeVisible()
    expect(site.requests.every(({ method }) => method === 'HEAD')).toBe(true)
    // Whoever types on without looking has not agreed to anything.
    await window.keyboard.press('Enter')
    await pluginCard.getByLabel('Next time without asking').check()
    await expect(pluginCard.getByRole('button', { name: 'Install' })).toBeVisible()
    expect(site.requests.every(({ method }) => method === 'HEAD')).toBe(true)

    await pluginCard.getByRole('button', { name: 'Install' }).click()
    const bar = pluginCard.getByRole('progressbar')
    await expect(bar).toHaveAttribute('aria-valuenow', /^[1-9]\d?$/)
    await terminal.waitForText(prompt)
    await expect(window.getByText('Plugin engine')).toBeVisible()
    await expect(pluginCard).toBeHidden()
    await terminal.run('echo through-$((40 + 2))', /\nthrough-42\n/)
  })

  test('stopped, and the built-in engine instead', async ({ playwright }) => {
    await saveSettings({ engine: 'plugin' })
    await publish(version)
    site.setFaults({ path: `${version}/${packageFile}`, pauseMilliseconds: 200 })
    const porthole = new Porthole(await start(playwright))
    const { window, pluginCard, terminal } = porthole
    await porthole.signIn()
    await porthole.requestShell(somewhere)
    await pluginCard.getByRole('button', { name: 'Install' }).click()
    await pluginCard.getByRole('button', { name: 'Stop' }).click()
    await expect(pluginCard.getByRole('button', { name: 'Install' })).toBeVisible()
    await pluginCard.getByRole('button', { name: 'Use the built-in engine' }).click()
    await terminal.waitForText(prompt)
    await expect(window.getByText('Built-in engine')).toBeVisible()
  })

  test('a refusal says why, and an update that is refused keeps what worked', async ({ playwright }) => {
    await saveSettings({ engine: 'plugin' })
    const mallory = await createSigningKey()
    await publish(version, mallory)
    const porthole = new Porthole(await start(playwright))
    const { window, pluginCard, terminal } = porthole
    await porthole.signIn()
    await porthole.requestShell(somewhere)
    await pluginCard.getByRole('button', { name: 'Install' }).click()
    await expect(
      pluginCard.getByText('The plugin is not signed with the key that Porthole expects.'),
    ).toBeVisible()
    await publish(version)
    await pluginCard.getByRole('button', { name: 'Try again' }).click()
    await terminal.waitForText(prompt)

    await publish(newerVersion, mallory)
    const settings = await porthole.openSettings('Sessions')
    const section = settings.getByRole('region', { name: 'Session Manager plugin' })
    await expect(section.getByText('Used by sessions, installed by Porthole')).toBeVisible()
    await section.getByRole('button', { name: 'Check for update' }).click()
    await expect(section.getByText(`session-manager-plugin ${newerVersion}`)).toBeVisible()
    await section.getByRole('button', { name: 'Update' }).click()
    await expect(
      section.getByText('The plugin is not signed with the key that Porthole expects.'),
    ).toBeVisible()
    await section.getByRole('button', { name: 'Close' }).click()
    await expect(section.getByRole('listitem').filter({ hasText: version })).toContainText('Used by sessions')
    await window.keyboard.press('Escape')
    await porthole.requestShell(somewhere)
    await terminal.waitForText(prompt)
  })

  test('allowed beforehand, it installs without a question', async ({ playwright }) => {
    await saveSettings({ engine: 'plugin', pluginInstall: 'automatic' })
    await publish(version)
    const porthole = new Porthole(await start(playwright))
    await porthole.signIn()
    await porthole.requestShell(somewhere)
    await porthole.terminal.waitForText(prompt)
    await expect(porthole.window.getByText('Plugin engine')).toBeVisible()
  })

  test('the site is down: it says so, with the built-in engine as a way out', async ({ playwright }) => {
    await saveSettings({ engine: 'plugin' })
    const porthole = new Porthole(await start(playwright))
    const { pluginCard } = porthole
    await porthole.signIn()
    await porthole.requestShell(somewhere)
    await expect(
      pluginCard.getByText(/has no such file, or does not give it to this network \(403\)/),
    ).toBeVisible()
    await expect(pluginCard.getByRole('button', { name: 'Use the built-in engine' })).toBeVisible()
  })
})

test('the demo’s own site installs a plugin that opens a shell in the demo', async ({ playwright }) => {
  await saveSettings({ engine: 'plugin' })
  await using app = await launchInBrowser(playwright.chromium, {
    args: ['--data-folder', path.join(folder, 'data')],
  })
  const porthole = new Porthole(app)
  await porthole.signIn()
  await porthole.requestShell(somewhere)
  await porthole.pluginCard.getByRole('button', { name: 'Install' }).click()
  await porthole.terminal.waitForText(prompt)
  await porthole.terminal.run('exit', /exit/)
  await expect(app.window.getByText('The shell exited.')).toBeVisible()
})
