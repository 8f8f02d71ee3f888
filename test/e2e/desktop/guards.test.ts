import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeElectron } from '../../fixtures/electron/drive/fake-electron.ts'
import { type DesktopApp, expect, test } from '../launch/desktop.ts'

const ownAddress = 'porthole-app://app/'

// What the page's policy refuses, it reports.
test.use({ pageMayReport: true })

test.beforeEach(async ({ desktop }) => {
  await desktop.window.getByRole('button', { name: /^Sign in to/ }).waitFor()
})

/** The window is where it was, alone, with nothing opened. */
async function nothingHappened(desktop: DesktopApp): Promise<void> {
  expect((await desktop.windowFacts()).map(({ url }) => url)).toEqual([ownAddress])
  expect(await desktop.opened()).toEqual([])
  await expect(desktop.window.getByRole('button', { name: /^Sign in to/ })).toBeVisible()
}

const refused = (desktop: DesktopApp, what: string | RegExp) =>
  expect.poll(() => desktop.messages()).toMatch(what instanceof RegExp ? what : new RegExp(`Refused ${what}`))

test('the page cannot be led away', async ({ desktop }) => {
  for (const [address, kind] of [
    ['https://attacker.test/', 'https'],
    ['http://127.0.0.1:1/', 'http'],
    ['porthole-app://other/', 'other'],
  ] as const) {
    await desktop.window.evaluate(
      (to) => {
        const link = document.createElement('a')
        link.href = to
        document.body.append(link)
        link.click()
      },
      shownAddress(desktop, address),
    )
    await refused(desktop, `the way to "${kind === 'other' ? 'porthole-app://other' : address}`)
  }
  await desktop.window.evaluate(() => {
    location.href = 'javascript:document.title="owned"'
    location.href = 'file:///etc/passwd'
  })
  expect(await desktop.window.title()).not.toContain('owned')
  await nothingHappened(desktop)
})

test("windows: only web pages, and in the person's browser", async ({ desktop }) => {
  const refusals = [
    'http://example.test/',
    'ftp://example.test/',
    'ssh://example.test/',
    'https://user:pass@example.test/',
  ]
  await desktop.window.evaluate((addresses) => {
    for (const address of addresses) window.open(address)
    window.open('javascript:opener.document.title="owned"')
    window.open('file:///etc/passwd')
    window.open('about:blank')
  }, refusals)
  for (const address of refusals) await refused(desktop, `a window for "${address}`)
  expect(await desktop.window.title()).not.toContain('owned')
  await nothingHappened(desktop)

  await desktop.window.evaluate(() => window.open('http://127.0.0.1:1/page', '_blank', 'noopener'))
  await expect.poll(() => desktop.opened()).toEqual(['http://127.0.0.1:1/page'])
  expect(await desktop.windowFacts()).toHaveLength(1)
})

test('permissions: the clipboard, and nothing else', async ({ desktop }) => {
  const answers = await desktop.window.evaluate(async () => {
    const failure = (error: Error) => error.name
    return {
      copy: await navigator.clipboard.writeText('copied').then(() => 'done', failure),
      paste: await navigator.clipboard.readText().catch(failure),
      notifications: await Notification.requestPermission(),
      microphone: await navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', failure),
      screen: await navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'given', failure),
      midi: await navigator.requestMIDIAccess({ sysex: true }).then(() => 'given', failure),
      place: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('given'),
          ({ code }) => resolve(code === 1 ? 'denied' : 'failed'),
        ),
      ),
    }
  })
  expect(answers).toMatchObject({ copy: 'done', paste: 'copied', notifications: 'denied', place: 'denied' })
  for (const answer of [answers.microphone, answers.screen, answers.midi]) expect(answer).not.toBe('given')
  for (const permission of ['notifications', 'media', 'display-capture', 'midi', 'geolocation'])
    await refused(desktop, `the permission ${permission}`)
})

test('what else a page could bring: webviews, frames, downloads, other servers', async ({ desktop }) => {
  const server = createServer((_request, response) => response.end('reached')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  let reached = 0
  server.on('request', () => {
    reached += 1
  })
  const answers = await desktop.window.evaluate(async (elsewhere) => {
    // The first turn is the debugger's own, which the page's policy does not bind.
    await new Promise((resolve) => setTimeout(resolve))
    const frame = document.createElement('iframe')
    frame.src = elsewhere
    const webview = document.createElement('webview')
    webview.setAttribute('src', elsewhere)
    const image = document.createElement('img')
    image.src = elsewhere
    document.body.append(frame, webview, image)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob(['content']))
    link.download = 'file.sh'
    document.body.append(link)
    link.click()
    return {
      fetched: await fetch(elsewhere, { mode: 'no-cors' }).then(
        () => 'reached',
        () => 'blocked',
      ),
      evaluated: (() => {
        try {
          return String(new Function('return "ran"')())
        } catch {
          return 'blocked'
        }
      })(),
      webview: 'getWebContentsId' in webview,
      node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
    }
  }, address)
  expect(answers).toEqual({
    fetched: 'blocked',
    evaluated: 'blocked',
    webview: false,
    node: ['undefined', 'undefined'],
  })
  await refused(desktop, 'the download of "blob:')
  expect(reached).toBe(0)
  server.close()
  await nothingHappened(desktop)
})

test.describe('attacks that need a renderer which was taken over', () => {
  /** The fake plays it; nothing in a real Electron can, short of an exploit. */
  function onFake(desktop: DesktopApp): FakeElectron {
    test.skip(desktop.fake === undefined, 'only the fake can play a renderer that was taken over')
    if (desktop.fake === undefined) throw new Error('unreachable')
    return desktop.fake
  }

  const askForPorts = `new Promise((resolve) => {
    const nonce = '6f1c1a52-5f0b-4d53-9f0e-1d8f5b0c9a11'
    electron.ipcRenderer.on('porthole:ports', (event, message) => resolve('ports: ' + event.ports.length))
    electron.ipcRenderer.postMessage('porthole:request-ports', { nonce })
    electron.ipcRenderer.invoke('nothing').catch(() => resolve('nothing came'))
  })`

  test('ports go to our page alone: not to a frame, not to a foreign page, not for a bad question', async ({
    desktop,
  }) => {
    const fake = onFake(desktop)
    const contents = (await fake.windowStates())[0]?.contents ?? 0

    // The same question from our own page is answered, or the refusals below would show nothing.
    expect(await fake.inPreloadWorld(contents, null, askForPorts)).toBe('ports: 2')

    await desktop.window.evaluate(() => document.body.append(document.createElement('iframe')))
    expect(await fake.inPreloadWorld(contents, 'about:blank', askForPorts)).toBe('nothing came')
    await refused(desktop, 'ports for "about:blank"')

    const badly = askForPorts.replace('{ nonce })', '{ nonce: "not one" })')
    expect(await fake.inPreloadWorld(contents, null, badly)).toBe('nothing came')
    await refused(desktop, `ports for "${ownAddress}"`)

    // A frame at our own address, which the page's policy would not let be.
    const pages = { '/': '<iframe src="/inner"></iframe>', '/inner': 'inner' }
    await fake.inMain('overrideScheme', { scheme: 'porthole-app', pages })
    await fake.inMain('loadUrl', { contents, url: ownAddress })
    expect(await fake.inPreloadWorld(contents, `${ownAddress}inner`, askForPorts)).toBe('nothing came')
    await refused(desktop, `ports for "${ownAddress}inner"`)

    // Where no guard lets it go: a page of no origin in our window.
    await fake.inMain('loadUrl', { contents, url: 'data:text/html,<title>foreign</title>' })
    expect(await fake.inPreloadWorld(contents, null, askForPorts)).toBe('nothing came')
    await refused(desktop, 'ports for "data:text/html')
    await desktop.window.evaluate(() => {
      window.addEventListener('message', ({ data }) => {
        if (data.type === 'porthole:ports') document.title = 'got ports'
      })
      const nonce = '6f1c1a52-5f0b-4d53-9f0e-1d8f5b0c9a11'
      window.postMessage({ type: 'porthole:request-ports', nonce }, '*')
    })
    // A round trip to main: by then whatever the question set in motion is over.
    await fake.inPreloadWorld(contents, null, "electron.ipcRenderer.invoke('nothing').catch(() => {})")
    expect(await desktop.window.title()).toBe('foreign')
  })

  test('ports are delivered once for a nonce', async ({ desktop }) => {
    const fake = onFake(desktop)
    const before = await fake.counters()
    const delivered = await desktop.window.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const portCounts: number[] = []
          const nonce = crypto.randomUUID()
          const second = crypto.randomUUID()
          window.addEventListener('message', ({ data, ports }) => {
            if (data.type !== 'porthole:ports') return
            if (data.nonce === nonce) portCounts.push(ports.length)
            if (data.nonce === second) resolve(portCounts)
          })
          for (const one of [nonce, nonce, second])
            window.postMessage({ type: 'porthole:request-ports', nonce: one }, location.origin)
        }),
    )
    expect(delivered).toEqual([2])
    const after = await fake.counters()
    // The page's own new connection asks once more, after it has lost the one that this took.
    expect(after.ipc - before.ipc).toBeLessThanOrEqual(3)
  })

  test("the scheme gives out the page's files and no other, however they are asked for", async ({
    desktop,
  }) => {
    const fake = onFake(desktop)
    const serve = (url: string) => fake.inMain<{ status: number; text: string }>('serveRaw', url)
    expect((await serve(ownAddress)).status).toBe(200)
    for (const path of [
      'porthole-app://app/../../etc/passwd',
      'porthole-app://app/%2e%2e/%2e%2e/etc/passwd',
      'porthole-app://app/..%2f..%2fetc/passwd',
      'porthole-app://app/..%5c..%5cetc%5cpasswd',
      'porthole-app://app//etc/passwd',
      'porthole-app://app/./../package.json',
      'porthole-app://app/index.html/../../desktop/main.js',
      'porthole-app://app/%00/etc/passwd',
      'porthole-app://app/__proto__',
      'porthole-app://app/constructor',
      'porthole-app://other/index.html',
      'porthole-app://app@other/index.html',
      'porthole-app://app:80/../package.json',
    ]) {
      const { status, text } = await serve(path)
      expect(`${path} ${status}`).toBe(`${path} 404`)
      expect(text).not.toMatch(/root:|"name"/)
    }
    const inPage = await desktop.window.evaluate(async () =>
      Promise.all(
        ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json'].map(
          async (path) => (await fetch(path)).status,
        ),
      ),
    )
    expect(inPage).toEqual([404, 404, 404])
    expect(await fetchedWith(desktop, 'POST')).toBe(404)
  })

  test('webviews, devices and main itself led astray', async ({ desktop }) => {
    const fake = onFake(desktop)
    const contents = (await fake.windowStates())[0]?.contents ?? 0
    expect(await fake.inMain('attachWebview', { contents, src: 'https://attacker.test/' })).toBe(false)
    await refused(desktop, 'a webview')
    for (const deviceType of ['hid', 'serial', 'usb'])
      expect(await fake.inMain('givesDevice', { deviceType, origin: ownAddress })).toBe(false)
    // No navigation guard sees what main loads; the network's guard does.
    const loaded = fake.inMain('loadUrl', { contents, url: 'http://127.0.0.1:1/' })
    await expect(loaded).rejects.toThrow(/ERR_BLOCKED_BY_CLIENT/)
    await refused(desktop, 'the request for "http://127.0.0.1:1/"')
  })
})

function fetchedWith(desktop: DesktopApp, method: string): Promise<number> {
  return desktop.window.evaluate(async (how) => (await fetch('/', { method: how })).status, method)
}

/** Chromium shows the custom scheme of the fake under another address; a real Electron does not. */
function shownAddress(desktop: DesktopApp, address: string): string {
  return desktop.fake === undefined
    ? address
    : address.replace('porthole-app://other', 'https://other.porthole-app.test')
}
