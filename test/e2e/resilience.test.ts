import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FileCheckpointKeeper, keyFolderBeside } from '../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles } from '../../src/core/audit/integrity/key-files.ts'
import { RecordingKeys } from '../../src/core/audit/sealing/recording-keys.ts'
import { SealedRecordingStore } from '../../src/core/audit/sealing/sealed-recording-store.ts'
import { expect, test } from './launch/launch.ts'
import { Porthole, prompt } from './pages/porthole.ts'

test('a refused sign-in says so and offers another try', async ({ porthole }) => {
  const approval = await porthole.beginSignIn()
  await approval.deny()
  await expect(porthole.window.getByText('The sign-in was refused')).toBeVisible()
  await approval.page.close()
  await porthole.window.getByRole('button', { name: 'Back' }).click()
  await porthole.signIn()
})

test('signing in with a code on another device', async ({ porthole, app }) => {
  const { window } = porthole
  await window.getByRole('button', { name: 'Use a code on another device' }).click()
  const code = await window.getByRole('status', { name: /^Code / }).textContent()
  const opened = app.context.waitForEvent('page')
  await window
    .getByRole('link', { name: /Open page/ })
    .or(window.getByRole('button', { name: /Open page/ }))
    .click()
  const approval = await opened
  await expect(approval.getByText(code?.replace(/(.{4})[^A-Z]*(.{4})/, '$1-$2') ?? '')).toBeVisible()
  await approval.getByRole('button', { name: 'Allow' }).click()
  await expect(porthole.navigator.getByText('storefront').first()).toBeVisible({ timeout: 20_000 })
})

test('a reload keeps tabs, screens and shells', async ({ porthole }) => {
  const { terminal, window } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await terminal.run('marker=kept; echo before-the-reload', /\nbefore-the-reload\n/)
  await window.reload()
  await terminal.waitForText(/before-the-reload/)
  await terminal.run('echo $marker', /\nkept\n/)
})

test('an exit is told in the tab, and Enter opens a new shell below what is there', async ({ porthole }) => {
  const { terminal, window } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await terminal.run('echo first; exit', /\nfirst\n/)
  await expect(window.getByText('The shell exited.')).toBeVisible()
  await terminal.press('Enter')
  await expect(window.getByText('The shell exited.')).toBeHidden()
  await terminal.waitForText(/first[\s\S]*exit[\s\S]*root@[^\n]*#$/)
  await terminal.run('echo second', /\nsecond\n/)
})

test('a container whose exec is off says why it cannot be entered', async ({ porthole }) => {
  const { window } = porthole
  await porthole.signIn()
  await porthole.search('image-proxy example-prod')
  await window.keyboard.press('Enter')
  await porthole.dialog.getByRole('button', { name: /^Open shell/ }).click()
  await expect(window.getByText(/Not connected/).first()).toBeVisible()
  await expect(window.getByText(/Exec is off for this task/).first()).toBeVisible()
})

test('the local AWS gone in mid-session: the tab says that the connection is lost', async ({
  porthole,
  app,
}) => {
  const { terminal, window } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  app.killSandbox()
  await expect(window.getByText('Connection lost', { exact: false }).first()).toBeVisible({ timeout: 20_000 })
  await terminal.waitForText(/root@/)
})

test.describe('with a folder of its own', () => {
  let folder: string
  test.beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'porthole-e2e-'))
  })
  test.afterEach(() => rm(folder, { recursive: true, force: true }))

  test('a crash leaves the session in the audit, with a recording that replays', async ({ launch }) => {
    test.slow()
    const startOptions = { args: ['--data-folder', folder] }
    {
      await using app = await launch(startOptions)
      const porthole = new Porthole(app)
      await porthole.signIn()
      await porthole.openShell('nginx storefront example-prod')
      await porthole.terminal.run('echo before-the-crash', /\nbefore-the-crash\n/)
      await porthole.terminal.waitForText(prompt)
      // A crash may cost the last 250 ms; what is on disk by now it must not touch.
      await expect.poll(() => recordedText(folder)).toMatch(/[^ ]before-the-crash\\r\\n/)
      await app.kill()
    }
    await using app = await launch(startOptions)
    const porthole = new Porthole(app)
    await porthole.signIn()
    await porthole.openTaskPage('nginx storefront example-prod')
    await porthole.openReplay('ana')
    await porthole.window.keyboard.press('End')
    await porthole.terminal.waitForText(/before-the-crash/)
  })

  test('the plugin engine drives the same shell', async ({ launch }) => {
    const plugin = path.resolve(import.meta.dirname, '../fixtures/plugin')
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ engine: 'plugin' }))
    await using app = await launch({
      args: ['--data-folder', folder],
      environment: { PATH: `${plugin}:${process.env.PATH}` },
    })
    const porthole = new Porthole(app)
    const { terminal, window } = porthole
    await porthole.signIn()
    await porthole.openShell('nginx storefront example-staging')
    await expect(window.getByText('Plugin engine')).toBeVisible()
    await terminal.run("clear; printf '%s\\n' 'grüße 日本語 🚀'", /^grüße 日本語 🚀\n/)
    await terminal.run('clear; stty -ixon; echo ready; cat -v', /^ready$/)
    await terminal.press('Control+s')
    await terminal.press('Control+q')
    await terminal.waitForText(/\^S\^Q/)
    await terminal.press('Control+c')
    await terminal.waitForText(prompt)
    await terminal.run('exit', /exit/)
    await expect(window.getByText('The shell exited.')).toBeVisible()
  })
})

/** All that is recorded in a data folder at this moment, as it lies on disk and unsealed with the keys beside it. */
async function recordedText(dataFolder: string): Promise<string> {
  const audit = path.join(dataFolder, 'audit')
  const masterKey = new FileCheckpointKeeper(new KeyFiles(keyFolderBeside(audit))).masterKey()
  using keys = new RecordingKeys({ file: path.join(audit, 'recording-keys.sqlite'), masterKey })
  const store = new SealedRecordingStore(path.join(audit, 'recordings'), keys)
  const texts: string[] = []
  for (const sessionId of await store.list()) {
    await using reader = await store.open(sessionId)
    texts.push(Buffer.from(await reader.read(0, reader.byteLength)).toString('utf8'))
  }
  return texts.join('\n')
}
