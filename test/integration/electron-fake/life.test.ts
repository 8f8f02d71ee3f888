import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeApp } from './fake-app.ts'

describe('readiness', () => {
  it('comes after the main file, with will-finish-launching before it', async () => {
    await using app = await FakeApp.start()
    expect(await app.run(({ events }) => events)).toEqual(['will-finish-launching', 'ready'])
    expect(await app.run(({ electron }) => electron.app.isReady())).toBe(true)
  })

  it('keeps each call on its side of ready', async () => {
    await using app = await FakeApp.start({ mainFile: path.join(import.meta.dirname, 'app/early.ts') })
    const { before, after } = await app.fake.inMain<{ before: string[]; after: string[] }>('refusals')
    expect(before).toEqual([
      'BrowserWindow',
      'utilityProcess.fork',
      'session.defaultSession',
      'powerMonitor.on',
      'protocol.handle',
      'screen',
    ])
    expect(after).toEqual([
      'protocol.registerSchemesAsPrivileged',
      'app.enableSandbox',
      'app.disableHardwareAcceleration',
    ])
  })
})

describe('the end of the app', () => {
  let app: FakeApp
  beforeEach(async () => {
    app = await FakeApp.start()
  })
  afterEach(() => app[Symbol.asyncDispose]())

  const eventsOf = () => app.fake.output.split('\n').flatMap((line) => /^event (.+)$/.exec(line)?.[1] ?? [])
  const afterReady = () => eventsOf().slice(eventsOf().indexOf('ready') + 1)

  it('window-all-closed comes when the last window closes, and the app stays when somebody listens', async () => {
    await app.run(({ electron }) => {
      new electron.BrowserWindow()
      new electron.BrowserWindow()
    })
    const closed = await app.run(({ electron, events }) => {
      const [first, second] = electron.BrowserWindow.getAllWindows()
      first?.close()
      const afterFirst = [...events]
      second?.close()
      return { afterFirst, afterSecond: events }
    })
    expect(closed.afterFirst).not.toContain('window-all-closed')
    expect(closed.afterSecond).toContain('window-all-closed')
    expect(app.fake.running).toBe(true)
    await app.fake.quit()
    expect(await app.fake.waitForExit()).toEqual({ code: 0, signal: null })
  })

  it('web-contents-created comes before browser-window-created', async () => {
    const events = await app.run(({ electron, events }) => {
      new electron.BrowserWindow()
      return events
    })
    expect(events.slice(-2)).toEqual(['web-contents-created', 'browser-window-created'])
  })

  it('quit asks the app, closes the windows, then tells will-quit and quit', async () => {
    await app.run(({ electron }) => {
      const window = new electron.BrowserWindow()
      window.on('close', () => process.stdout.write('event close\n'))
      window.on('closed', () => process.stdout.write('event closed\n'))
    })
    await app.fake.quit()
    expect(await app.fake.waitForExit()).toEqual({ code: 0, signal: null })
    expect(afterReady().slice(2)).toEqual(['before-quit', 'close', 'closed', 'will-quit', 'quit'])
  })

  it('before-quit, a close or will-quit that is prevented keeps the app', async () => {
    await app.run(({ electron }) => {
      electron.app.once('before-quit', (event) => event.preventDefault())
      electron.app.once('will-quit', (event) => event.preventDefault())
      new electron.BrowserWindow().once('close', (event) => event.preventDefault())
    })
    await app.fake.quit()
    expect(await app.run(({ electron }) => electron.BrowserWindow.getAllWindows().length)).toBe(1)
    await app.fake.quit()
    expect(await app.run(({ electron }) => electron.BrowserWindow.getAllWindows().length)).toBe(1)
    await app.fake.quit()
    expect(await app.run(({ electron }) => electron.BrowserWindow.getAllWindows().length)).toBe(0)
    expect(app.fake.running).toBe(true)
    await app.fake.quit()
    await app.fake.waitForExit()
    expect(afterReady().filter((name) => name === 'before-quit')).toHaveLength(4)
    expect(afterReady().slice(-3)).toEqual(['before-quit', 'will-quit', 'quit'])
  })

  it('exit asks nobody and gives its code', async () => {
    await app.run(({ electron }) => {
      new electron.BrowserWindow().on('close', (event) => event.preventDefault())
      electron.app.exit(3)
    })
    expect(await app.fake.waitForExit()).toEqual({ code: 3, signal: null })
    expect(afterReady().slice(2)).toEqual(['quit'])
  })

  it('SIGTERM quits in order', async () => {
    app.fake.kill('SIGTERM')
    expect(await app.fake.waitForExit()).toEqual({ code: 0, signal: null })
    expect(afterReady()).toEqual(['before-quit', 'will-quit', 'quit'])
  })

  it('a window that was destroyed throws when it is used', async () => {
    const thrown = await app.run(({ electron }) => {
      const window = new electron.BrowserWindow()
      const { webContents } = window
      window.destroy()
      const attempts = [() => window.show(), () => webContents.send('x'), () => window.webContents]
      return attempts.map((attempt) => {
        try {
          attempt()
          return 'nothing'
        } catch (error) {
          return String(error)
        }
      })
    })
    expect(thrown).toEqual(Array(3).fill('TypeError: Object has been destroyed'))
  })
})

describe('single instance', () => {
  let userData: string
  beforeEach(async () => {
    userData = await mkdtemp(path.join(tmpdir(), 'fake-single-'))
  })
  afterEach(() => rm(userData, { recursive: true, force: true }))

  const mainFile = path.join(import.meta.dirname, 'app/single.ts')

  it('the second start on the same data ends, and the first hears its arguments and data', async () => {
    await using first = await FakeApp.start({ mainFile, userData, args: ['first'] })
    const heard = first.fake.inMain<{ argv: string[]; additionalData: unknown }>('secondInstance')
    await using second = await FakeApp.spawn({ mainFile, userData, args: ['test-app://open/this'] })
    expect(await second.fake.waitForExit()).toEqual({ code: 0, signal: null })
    expect(second.fake.output).not.toContain('ready')
    const { argv, additionalData } = await heard
    expect(argv.at(-1)).toBe('test-app://open/this')
    expect(additionalData).toEqual({ from: second.fake.pid })
  })

  it('another folder is another app, and a lock of a crashed one is taken over', async () => {
    await using first = await FakeApp.start({ mainFile, userData })
    await using other = await FakeApp.start({ mainFile })
    expect(other.fake.running).toBe(true)
    first.fake.kill('SIGKILL')
    await first.fake.waitForExit()
    await using next = await FakeApp.start({ mainFile, userData })
    expect(next.fake.running).toBe(true)
  })
})

it('open-url and activate reach the app', async () => {
  await using app = await FakeApp.start()
  const heard = app.run(
    ({ electron }) =>
      new Promise<string[]>((resolve) => {
        electron.app.once('open-url', (_event, url) =>
          electron.app.once('activate', (_activated, visible) => resolve([url, String(visible)])),
        )
      }),
  )
  await app.fake.openUrl('test-app://somewhere')
  await app.fake.activate(false)
  expect(await heard).toEqual(['test-app://somewhere', 'false'])
})

it('paths, command line and names are as Electron gives them', async () => {
  await using app = await FakeApp.start({ args: ['--Some-Switch=value'] })
  const seen = await app.run(({ electron, argument }) => {
    const { app } = electron
    const attempt = (run: () => unknown) => {
      try {
        return run()
      } catch (error) {
        return String(error)
      }
    }
    return {
      packaged: app.isPackaged,
      userData: app.getPath('userData') === argument,
      logs: app.getPath('logs'),
      relative: attempt(() => app.setPath('userData', 'relative')),
      unknown: attempt(() => app.setPath('nowhere', '/tmp')),
      switch: app.commandLine.getSwitchValue('some-switch'),
      client: [app.setAsDefaultProtocolClient('test-app'), app.isDefaultProtocolClient('test-app')],
      type: process.type,
      electron: process.versions.electron,
    }
  }, app.userData)
  expect(seen).toEqual({
    packaged: false,
    userData: true,
    logs: path.join(app.userData, 'logs'),
    relative: 'Error: Path must be absolute',
    unknown: 'Error: Failed to set path: nowhere',
    switch: 'value',
    client: [true, true],
    type: 'browser',
    electron: '45.4.1',
  })
})
