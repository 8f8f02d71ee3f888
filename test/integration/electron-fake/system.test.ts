import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeApp } from './fake-app.ts'

let app: FakeApp
beforeAll(async () => {
  app = await FakeApp.start()
})
afterAll(() => app[Symbol.asyncDispose]())

it('a menu is built from a template, with the defaults of roles, and clicked by its labels', async () => {
  const clicked = await app.run(({ electron, kept }) => {
    const { Menu } = electron
    kept.clicked = []
    Menu.setApplicationMenu(
      Menu.buildFromTemplate([
        {
          label: 'Own',
          submenu: [
            {
              id: 'run',
              label: 'Run',
              accelerator: 'CommandOrControl+Shift+K',
              click: (item) => (kept.clicked as string[]).push(item.id),
            },
            { type: 'separator' },
            { label: 'Off', enabled: false },
            { role: 'copy', registerAccelerator: false },
          ],
        },
        { role: 'editMenu' },
      ]),
    )
    return Menu.getApplicationMenu()?.getMenuItemById('run')?.label
  })
  expect(clicked).toBe('Run')
  await app.fake.clickMenu('Own', 'Run')
  expect(await app.run(({ kept }) => kept.clicked)).toEqual(['run'])
  await expect(app.fake.clickMenu('Own', 'Off')).rejects.toThrow('Off is disabled')
  await expect(app.fake.clickMenu('Own', 'Nothing')).rejects.toThrow('No menu item Nothing')
  const [own, edit] = await app.fake.menu()
  expect(own?.items.map((item) => item.label)).toEqual(['Run', '', 'Off', 'Copy'])
  expect(own?.items.at(-1)).toMatchObject({
    role: 'copy',
    accelerator: 'CommandOrControl+C',
    registerAccelerator: false,
  })
  expect(edit?.items.map((item) => item.role).filter(Boolean)).toEqual([
    'undo',
    'redo',
    'cut',
    'copy',
    'paste',
    'selectAll',
  ])
})

it('a menu item without label, role or type, with an unknown role or with keys that are none is refused', async () => {
  const refused = await app.run(({ electron }) =>
    [{}, { role: 'nothing' }, { label: 'x', accelerator: 'Ctrl+Nothing' }].map((item) => {
      try {
        electron.Menu.buildFromTemplate([item as Electron.MenuItemConstructorOptions])
        return 'taken'
      } catch (error) {
        return String(error)
      }
    }),
  )
  expect(refused).toEqual([
    expect.stringContaining('must have at least one of label, role or type'),
    'TypeError: Unknown role: nothing',
    'TypeError: Invalid accelerator: "Ctrl+Nothing"',
  ])
})

it('a message box waits for its answer, or takes one that is already there', async () => {
  const open = app.run(({ electron }) =>
    electron.dialog
      .showMessageBox({ message: 'Sure?', buttons: ['Yes', 'No'] })
      .then(({ response }) => response),
  )
  await expect.poll(() => app.fake.dialogs()).toMatchObject([{ message: 'Sure?', buttons: ['Yes', 'No'] }])
  await app.fake.answerDialog(1)
  expect(await open).toBe(1)
  await app.fake.answerDialog(0)
  expect(
    await app.run(({ electron }) =>
      electron.dialog.showMessageBox({ message: 'Again?' }).then(({ response }) => response),
    ),
  ).toBe(0)
})

it('a save dialog waits for its answer too, and refuses extensions that are none', async () => {
  const save = (extension: string) =>
    app.run(
      ({ electron, argument }) =>
        electron.dialog
          .showSaveDialog({ title: 'Keep', filters: [{ name: 'Any', extensions: [argument] }] })
          .catch((error) => String(error)),
      extension,
    )
  const open = save('zip')
  await expect.poll(() => app.fake.saveDialogs()).toMatchObject([{ title: 'Keep' }])
  await app.fake.answerSaveDialog('/tmp/kept.zip')
  expect(await open).toEqual({ canceled: false, filePath: '/tmp/kept.zip' })
  await app.fake.answerSaveDialog('')
  expect(await save('*')).toEqual({ canceled: true, filePath: '' })
  expect(await save('.zip')).toContain('Extensions have no dots')
})

it('external links, notifications and the clipboard are kept for the test', async () => {
  const seen = await app.run(async ({ electron, kept }) => {
    await electron.shell.openExternal('https://example.test/')
    const invalid = await electron.shell.openExternal('no address').catch((error) => String(error))
    const notification = new electron.Notification({ title: 'A title', body: 'a body' })
    kept.clicks = 0
    notification.on('click', () => {
      kept.clicks = 1
    })
    notification.show()
    await electron.clipboard.writeText('copied')
    return { invalid, text: await electron.clipboard.readText() }
  })
  expect(seen).toEqual({ invalid: 'Error: Invalid URL: no address', text: 'copied' })
  expect(await app.fake.opened()).toEqual(['https://example.test/'])
  expect(await app.fake.notifications()).toEqual([{ title: 'A title', body: 'a body', silent: false }])
  await app.fake.clickNotification(0)
  expect(await app.run(({ kept }) => kept.clicks)).toBe(1)
})

it("power events and the system's theme reach the app", async () => {
  const heard = app.run(
    ({ electron }) =>
      new Promise<unknown>((resolve) =>
        electron.powerMonitor.once('resume', () =>
          electron.nativeTheme.once('updated', () => resolve(electron.nativeTheme.shouldUseDarkColors)),
        ),
      ),
  )
  await app.fake.power('resume')
  await app.fake.inMain('systemTheme', true)
  expect(await heard).toBe(true)
})

it('safeStorage gives back what it was given, and nothing for what is not its own', async () => {
  const seen = await app.run(async ({ electron }) => {
    const { safeStorage } = electron
    const encrypted = await safeStorage.encryptStringAsync('geheim ü')
    return {
      readable: encrypted.toString().includes('geheim'),
      text: (await safeStorage.decryptStringAsync(encrypted)).result,
      foreign: await safeStorage.decryptStringAsync(Buffer.from('x')).catch(() => 'refused'),
      backend: safeStorage.getSelectedStorageBackend(),
    }
  })
  expect(seen).toEqual({ readable: false, text: 'geheim ü', foreign: 'refused', backend: 'basic_text' })
})
