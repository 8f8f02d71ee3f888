import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FakeApp } from './fake-app.ts'

let app: FakeApp
let foreign: Server
let foreignOrigin: string

beforeAll(async () => {
  app = await FakeApp.start()
  foreign = createServer((request, response) => {
    if (request.url === '/redirect') response.writeHead(302, { Location: '/page' }).end()
    else response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>foreign</title>')
  }).listen(0, '127.0.0.1')
  await once(foreign, 'listening')
  foreignOrigin = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`
})
afterAll(async () => {
  foreign.close()
  await app[Symbol.asyncDispose]()
})
afterEach(() =>
  app.run(({ electron }) => {
    electron.app.once('window-all-closed', () => {})
    for (const window of electron.BrowserWindow.getAllWindows()) window.destroy()
  }),
)

describe('a page of the custom scheme', () => {
  it('is shown to main and to the preload under its own address, and runs apart from the preload', async () => {
    const ran = app.run(
      ({ electron }) =>
        new Promise<unknown>((resolve) => {
          electron.ipcMain.once('preload-ran', (event, seen) => {
            const frame = event.senderFrame
            resolve({
              seen,
              url: frame?.url,
              origin: frame?.origin,
              parent: frame?.parent,
              sender: event.sender.getURL(),
            })
          })
        }),
    )
    const page = await app.openWindow('<title>own</title>')
    expect(await ran).toEqual({
      seen: { address: 'test-app://app/', origin: 'test-app://app', isTop: true },
      url: 'test-app://app/',
      origin: 'test-app://app',
      parent: null,
      sender: 'test-app://app/',
    })
    const inPage = await page.evaluate(
      '[typeof require, typeof process, Object.keys(window).filter((name) => /electron|fake|permission/i.test(name)).length]',
    )
    expect(inPage).toEqual(['undefined', 'undefined', 0])
  })

  it('gets the status, headers and policy of its handler', async () => {
    const page = await app.openWindow('<script>window.inline = true</script>', {
      headers: {
        'Content-Security-Policy': "default-src 'none'; connect-src 'self' test-app:",
        'X-Own': 'yes',
      },
    })
    expect(await page.evaluate('window.inline')).toBeUndefined()
    const answer = await page.evaluate(async () => {
      const found = await fetch('/')
      const missing = await fetch('/missing')
      const elsewhere = await fetch('https://elsewhere.test/').catch((error) => error.constructor.name)
      return [found.headers.get('x-own'), missing.status, elsewhere]
    })
    expect(answer).toEqual(['yes', 404, 'TypeError'])
  })

  it('hands the handler method, body and address, with paths as Chromium normalises them', async () => {
    // Without an icon of its own Chromium would ask for one, at a moment of its choosing.
    const page = await app.openWindow('<link rel="icon" href="data:,">own')
    await app.run(({ electron, kept }) => {
      electron.protocol.unhandle('test-app')
      kept.requests = []
      electron.protocol.handle('test-app', async (request) => {
        const line = `${request.method} ${request.url} ${await request.text()}`
        ;(kept.requests as string[]).push(line)
        return new Response('')
      })
    })
    await page.evaluate(async () => {
      await fetch('/a/../../../etc/passwd')
      await fetch('/a/%2e%2e/%2e%2e/etc/passwd')
      await fetch('/..%2f..%2fetc/passwd', { method: 'POST', body: 'text' })
    })
    expect(await app.run(({ kept }) => kept.requests)).toEqual([
      'GET test-app://app/etc/passwd ',
      'GET test-app://app/etc/passwd ',
      'POST test-app://app/..%2f..%2fetc/passwd text',
    ])
  })
})

describe('events of a page', () => {
  it("come in Chromium's order, ready-to-show once, and title and address follow", async () => {
    const seen = await app.run(async ({ electron }) => {
      const { protocol, BrowserWindow } = electron
      if (!protocol.isProtocolHandled('test-app'))
        protocol.handle(
          'test-app',
          () => new Response('<title>a title</title>', { headers: { 'Content-Type': 'text/html' } }),
        )
      const window = new BrowserWindow({ show: false })
      const { webContents } = window
      const seen: string[] = []
      for (const name of [
        'did-start-loading',
        'did-navigate',
        'dom-ready',
        'did-finish-load',
        'did-stop-loading',
      ] as const)
        webContents.on(name as 'dom-ready', () => seen.push(name))
      let shown = 0
      window.on('ready-to-show', () => {
        shown += 1
      })
      const stopped = new Promise<void>((resolve) => webContents.once('did-stop-loading', () => resolve()))
      await window.loadURL('test-app://app/')
      await stopped
      return { seen, shown, url: webContents.getURL(), visible: window.isVisible() }
    })
    expect(seen).toEqual({
      seen: ['did-start-loading', 'did-navigate', 'dom-ready', 'did-finish-load', 'did-stop-loading'],
      shown: 1,
      url: 'test-app://app/',
      visible: false,
    })
  })

  it('a load that fails rejects and says did-fail-load', async () => {
    const seen = await app.run(async ({ electron }) => {
      const window = new electron.BrowserWindow()
      const failed = new Promise<string>((resolve) =>
        window.webContents.once('did-fail-load', (_event, code, description) =>
          resolve(`${code} ${description}`),
        ),
      )
      const rejected = await window.loadURL('http://127.0.0.1:1/').catch((error) => String(error))
      return [rejected, await failed]
    })
    expect(seen[0]).toMatch(/^Error: ERR_[A-Z_]+ \(-\d+\) loading 'http:\/\/127\.0\.0\.1:1\/'$/)
    expect(seen[1]).toMatch(/^-\d+ ERR_/)
  })

  it('a renderer that crashes says render-process-gone, and a reload brings the page back', async () => {
    await app.openWindow('<title>again</title>')
    const gone = app.run(
      ({ electron }) =>
        new Promise<string>((resolve) =>
          electron.app.once('render-process-gone', (_event, contents, details) =>
            resolve(`${contents.id} ${details.reason}`),
          ),
        ),
    )
    const [window] = await app.fake.windowStates()
    await app.fake.crashRenderer(window?.contents ?? 0)
    expect(await gone).toBe(`${window?.contents} crashed`)
    const ran = await app.run(async ({ electron }) => {
      const [window] = electron.BrowserWindow.getAllWindows()
      const crashed = window?.webContents.isCrashed()
      const loaded = new Promise<void>((resolve) =>
        window?.webContents.once('did-finish-load', () => resolve()),
      )
      const preload = new Promise<string>((resolve) =>
        electron.ipcMain.once('preload-ran', (event) => resolve(event.senderFrame?.url ?? '')),
      )
      window?.webContents.reload()
      await loaded
      return { crashed, preload: await preload, after: window?.webContents.isCrashed() }
    })
    expect(ran).toEqual({ crashed: true, preload: 'test-app://app/', after: false })
  })
})

describe('messages from a page', () => {
  it('invoke answers with the value, or with the message of an error and no more', async () => {
    const page = await app.openWindow('own')
    await app.run(({ electron }) => {
      electron.ipcMain.removeHandler('double')
      electron.ipcMain.handle('double', (_event, value: number) => {
        if (value === 0) throw Object.assign(new Error('not that'), { code: 'ZERO' })
        return value * 2
      })
    })
    const invoke = (channel: string, args: unknown[]) =>
      page.evaluate(
        (call) =>
          new Promise((resolve) => {
            window.addEventListener(
              'message',
              ({ data }) => data.answer !== undefined && resolve(data.answer),
            )
            window.postMessage({ invoke: call }, location.origin)
          }),
        { channel, args },
      )
    expect(await invoke('double', [21])).toEqual({ value: 42 })
    expect(await invoke('double', [0])).toEqual({
      error: "Error invoking remote method 'double': Error: not that",
    })
    expect(await invoke('nobody', [])).toEqual({
      error: "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    })
  })

  it('of another origin, or of a frame, show where they come from', async () => {
    await app.openWindow(`<iframe src="${foreignOrigin}/page"></iframe>`)
    const [window] = await app.fake.windowStates()
    const contents = window?.contents ?? 0
    const heard = () =>
      app.run(
        ({ electron }) =>
          new Promise<unknown>((resolve) =>
            electron.ipcMain.once('attack', ({ senderFrame }) =>
              resolve({
                origin: senderFrame?.origin,
                parent: senderFrame?.parent?.url,
                isTop: senderFrame === senderFrame?.top,
              }),
            ),
          ),
      )
    const fromFrame = heard()
    await app.fake.inPreloadWorld(contents, foreignOrigin, "electron.ipcRenderer.send('attack')")
    expect(await fromFrame).toEqual({ origin: foreignOrigin, parent: 'test-app://app/', isTop: false })
    const fromPage = heard()
    await app.fake.inPreloadWorld(contents, null, "electron.ipcRenderer.send('attack')")
    expect(await fromPage).toEqual({ origin: 'test-app://app', parent: undefined, isTop: true })
  })

  it('have no sender frame once it has navigated, and a message to that frame throws', async () => {
    await app.openWindow('own')
    const seen = await app.run(async ({ electron }) => {
      const [window] = electron.BrowserWindow.getAllWindows()
      const frame = window?.webContents.mainFrame
      const loaded = new Promise<void>((resolve) =>
        window?.webContents.once('did-finish-load', () => resolve()),
      )
      window?.webContents.reload()
      await loaded
      let thrown = ''
      try {
        frame?.postMessage('x', 'y')
      } catch (error) {
        thrown = String(error)
      }
      return { destroyed: frame?.isDestroyed(), same: frame === window?.webContents.mainFrame, thrown }
    })
    expect(seen).toEqual({
      destroyed: true,
      same: false,
      thrown: 'Error: Render frame was disposed before WebFrameMain could be accessed',
    })
  })
})

describe('guards', () => {
  const navigationsTo = (action: string) =>
    app.run(
      async ({ electron, argument }) => {
        const [window] = electron.BrowserWindow.getAllWindows()
        const contents = window?.webContents
        const events: string[] = []
        for (const name of ['will-frame-navigate', 'will-navigate', 'will-redirect'] as const)
          contents?.on(name as 'will-navigate', (event) => {
            events.push(`${name} ${event.isMainFrame}`)
            if (name === 'will-redirect' || argument.preventAt === name) event.preventDefault()
          })
        const stopped = new Promise<void>((resolve) => contents?.once('did-stop-loading', () => resolve()))
        await contents?.executeJavaScript(argument.action)
        await stopped
        return { events, url: contents?.getURL() }
      },
      { action, preventAt: 'will-navigate' },
    )

  it('will-navigate stops the page from leaving, and is not asked about what main loads', async () => {
    await app.openWindow('own')
    const seen = await navigationsTo(`location.href = '${foreignOrigin}/page'; null`)
    expect(seen).toEqual({
      events: ['will-frame-navigate true', 'will-navigate true'],
      url: 'test-app://app/',
    })
    const loaded = await app.run(async ({ electron, argument }) => {
      const [window] = electron.BrowserWindow.getAllWindows()
      await window?.loadURL(argument)
      return window?.webContents.getURL()
    }, `${foreignOrigin}/page`)
    expect(loaded).toBe(`${foreignOrigin}/page`)
  })

  it('will-redirect stops a server that sends elsewhere', async () => {
    await app.openWindow('own')
    const seen = await app.run(async ({ electron, argument }) => {
      const [window] = electron.BrowserWindow.getAllWindows()
      window?.webContents.on('will-redirect', (event) => event.preventDefault())
      const failed = await window?.loadURL(argument).catch((error) => String(error))
      return { failed, url: window?.webContents.getURL() }
    }, `${foreignOrigin}/redirect`)
    expect(seen.failed).toMatch(/ERR_ABORTED/)
    expect(seen.url).toBe('test-app://app/')
  })

  it('will-frame-navigate stops a frame, which never loads', async () => {
    const page = await app.openWindow('<iframe id="frame"></iframe>')
    await app.run(({ electron }) => {
      const [window] = electron.BrowserWindow.getAllWindows()
      window?.webContents.on('will-frame-navigate', (event) => {
        if (!event.isMainFrame) event.preventDefault()
      })
    })
    const requested = once(foreign, 'request').then(() => 'requested')
    const stopped = app.run(
      ({ electron }) =>
        new Promise<string>((resolve) =>
          electron.BrowserWindow.getAllWindows()[0]?.webContents.once('will-frame-navigate', (event) =>
            resolve(event.url),
          ),
        ),
    )
    await page.evaluate(
      (url) => document.getElementById('frame')?.setAttribute('src', url),
      `${foreignOrigin}/page`,
    )
    expect(await stopped).toBe(`${foreignOrigin}/page`)
    await page.evaluate('1')
    foreign.emit('request', { url: '/end' }, { writeHead: () => ({ end() {} }) })
    expect(await requested).toBe('requested')
    expect(page.frames().map((frame) => frame.url())).not.toContain(`${foreignOrigin}/page`)
  })

  it('the window-open handler denies or allows what the page opens', async () => {
    const page = await app.openWindow('own')
    await app.run(({ electron, kept }) => {
      const asked: unknown[] = []
      kept.asked = asked
      electron.BrowserWindow.getAllWindows()[0]?.webContents.setWindowOpenHandler(({ url, frameName }) => {
        asked.push([url, frameName])
        return { action: url.endsWith('/allowed') ? 'allow' : 'deny' }
      })
    })
    const created = app.run(
      ({ electron }) =>
        new Promise<number>((resolve) =>
          electron.app.once('browser-window-created', (_event, window) => resolve(window.webContents.id)),
        ),
    )
    await page.evaluate((origin) => {
      window.open(`${origin}/denied`, 'named')
      window.open(`${origin}/plain`, '_blank', 'noopener')
      window.open(`${origin}/allowed`)
    }, foreignOrigin)
    await created
    const seen = await app.run(({ electron, kept }) => ({
      asked: kept.asked,
      windows: electron.BrowserWindow.getAllWindows().length,
    }))
    expect(seen.windows).toBe(2)
    expect(seen.asked).toEqual(
      expect.arrayContaining([
        [`${foreignOrigin}/denied`, 'named'],
        [`${foreignOrigin}/plain`, expect.any(String)],
        [`${foreignOrigin}/allowed`, expect.any(String)],
      ]),
    )
  })

  it('permissions are granted without a handler, and then as the handlers say', async () => {
    const page = await app.openWindow('own')
    expect(
      await page.evaluate("navigator.clipboard.writeText('x').then(() => 'written', (e) => e.name)"),
    ).toBe('written')
    await app.run(({ electron, kept }) => {
      const asked: unknown[] = []
      kept.asked = asked
      const { defaultSession } = electron.session
      defaultSession.setPermissionRequestHandler((contents, permission, answer, details) => {
        asked.push([contents.getURL(), permission, details.requestingUrl, details.isMainFrame])
        answer(permission === 'clipboard-read')
      })
      defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-read')
    })
    await page.reload()
    const seen = await page.evaluate(async () => [
      await navigator.clipboard.writeText('y').catch((error) => error.name),
      await navigator.clipboard.readText(),
      await Notification.requestPermission(),
      await navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
      await navigator.mediaDevices.getUserMedia({ audio: true }).catch((error) => error.name),
    ])
    expect(seen).toEqual(['NotAllowedError', 'x', 'denied', 'denied', 'NotAllowedError'])
    expect(await app.run(({ kept }) => kept.asked)).toEqual(
      ['clipboard-sanitized-write', 'clipboard-read', 'notifications', 'media'].map((permission) => [
        'test-app://app/',
        permission,
        'test-app://app/',
        true,
      ]),
    )
    await app.run(({ electron }) => {
      electron.session.defaultSession.setPermissionRequestHandler(null)
      electron.session.defaultSession.setPermissionCheckHandler(null)
    })
  })

  it('webRequest cancels what it is told to, and changes headers', async () => {
    const page = await app.openWindow('own')
    await app.run(({ electron }) => {
      const { webRequest } = electron.session.defaultSession
      webRequest.onBeforeRequest(({ url, resourceType }, answer) =>
        answer({ cancel: url.startsWith('http:') && resourceType === 'xhr' }),
      )
      webRequest.onHeadersReceived({ urls: ['test-app://*/*'] }, ({ responseHeaders }, answer) =>
        answer({ responseHeaders: { ...responseHeaders, 'X-Added': ['yes'] } }),
      )
    })
    const seen = await page.evaluate(async (origin) => {
      const blocked = await fetch(origin, { mode: 'no-cors' }).catch((error) => error.name)
      return [blocked, (await fetch('/')).headers.get('x-added')]
    }, foreignOrigin)
    expect(seen).toEqual(['TypeError', 'yes'])
    await app.run(({ electron }) => {
      electron.session.defaultSession.webRequest.onBeforeRequest(null)
      electron.session.defaultSession.webRequest.onHeadersReceived(null)
    })
  })

  it('will-download is asked before a file is saved', async () => {
    const page = await app.openWindow('own')
    const asked = app.run(
      ({ electron }) =>
        new Promise<string[]>((resolve) =>
          electron.session.defaultSession.once('will-download', (event, item) => {
            event.preventDefault()
            resolve([item.getURL().slice(0, 5), item.getFilename()])
          }),
        ),
    )
    await page.evaluate(() => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['content']))
      link.download = 'file.txt'
      document.body.append(link)
      link.click()
    })
    expect(await asked).toEqual(['blob:', 'file.txt'])
  })
})
