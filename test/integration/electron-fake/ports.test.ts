import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeApp } from './fake-app.ts'

let app: FakeApp
beforeAll(async () => {
  app = await FakeApp.start()
})
afterAll(() => app[Symbol.asyncDispose]())

describe('ports in the main process', () => {
  it('keep messages until start, in order, and tell the other end of a close', async () => {
    const seen = await app.run(async ({ electron }) => {
      const { port1, port2 } = new electron.MessageChannelMain()
      const seen: unknown[] = []
      port2.on('message', ({ data }) => seen.push(data))
      port1.postMessage('first')
      port1.postMessage('second')
      // A round trip through another pair: what would come has come.
      const other = new electron.MessageChannelMain()
      other.port2.start()
      const arrived = new Promise((resolve) => other.port2.once('message', resolve))
      other.port1.postMessage('')
      await arrived
      const beforeStart = [...seen]
      const closed = new Promise<void>((resolve) => port2.once('close', () => resolve()))
      port2.start()
      port1.postMessage('third')
      port1.close()
      port1.postMessage('after close')
      await closed
      return { beforeStart, seen }
    })
    expect(seen).toEqual({ beforeStart: [], seen: ['first', 'second', 'third'] })
  })

  it('copy what structured clone copies, and refuse the rest', async () => {
    const seen = await app.run(async ({ electron }) => {
      const { port1, port2 } = new electron.MessageChannelMain()
      const arrived = new Promise<Electron.MessageEvent>((resolve) => port2.once('message', resolve))
      port2.start()
      const bytes = Buffer.from([1, 2, 3])
      const value = { bytes, map: new Map([['a', new Date(5)]]), none: undefined, big: 10n, nan: Number.NaN }
      port1.postMessage(value)
      bytes[0] = 9
      const { data } = await arrived
      let refused = ''
      try {
        port1.postMessage({ run: () => {} })
      } catch (error) {
        refused = String(error)
      }
      return {
        kind: data.bytes.constructor.name,
        bytes: [...data.bytes],
        date: data.map.get('a').getTime(),
        hasNone: 'none' in data,
        big: String(data.big),
        nan: Number.isNaN(data.nan),
        refused,
      }
    })
    expect(seen).toEqual({
      kind: 'Uint8Array',
      bytes: [1, 2, 3],
      date: 5,
      hasNone: true,
      big: '10',
      nan: true,
      refused: 'Error: An object could not be cloned.',
    })
  })

  it('can be transferred, once, and nothing else can', async () => {
    const seen = await app.run(async ({ electron }) => {
      const carrier = new electron.MessageChannelMain()
      const cargo = new electron.MessageChannelMain()
      cargo.port1.postMessage('waits inside')
      const arrived = new Promise<Electron.MessageEvent>((resolve) => carrier.port2.once('message', resolve))
      carrier.port2.start()
      carrier.port1.postMessage('with a port', [cargo.port2])
      const { ports } = await arrived
      const message = new Promise<Electron.MessageEvent>((resolve) => ports[0]?.once('message', resolve))
      ports[0]?.start()
      const attempt = (transfer: unknown[]) => {
        try {
          carrier.port1.postMessage('', transfer as Electron.MessagePortMain[])
          return 'sent'
        } catch (error) {
          return String(error)
        }
      }
      const spare = new electron.MessageChannelMain()
      return {
        inside: (await message).data,
        again: attempt([cargo.port2]),
        buffer: attempt([new ArrayBuffer(8)]),
        itself: attempt([carrier.port1]),
        twice: attempt([spare.port1, spare.port1]),
      }
    })
    expect(seen.inside).toBe('waits inside')
    expect(seen.again).toMatch(/TypeError: Port at index 0 is already neutered/)
    expect(seen.buffer).toMatch(/TypeError: .*only ports can be transferred/)
    expect(seen.itself).toMatch(/TypeError: .*source port/)
    expect(seen.twice).toMatch(/TypeError: .*duplicate/)
  })
})

describe('a utility process', () => {
  it('says spawn, answers on its parent port, and gets its arguments and environment alone', async () => {
    const seen = await app.run(async ({ electron, folder, path }) => {
      const child = electron.utilityProcess.fork(path.join(folder, 'utility.ts'), ['one', 'two'], {
        env: { PATH: process.env.PATH ?? '', OWN: 'value' },
        serviceName: 'test',
      })
      const pidBefore = child.pid
      const next = () => new Promise((resolve) => child.once('message', resolve))
      // Kept until the child listens.
      child.postMessage('early')
      const early = await next()
      await Promise.resolve()
      child.postMessage('argv')
      const argv = await next()
      child.postMessage('environment')
      const environment = (await next()) as Record<string, string>
      child.postMessage('electron')
      const names = await next()
      const pid = child.pid
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.postMessage('exit')
      const code = await exited
      return {
        pidBefore,
        early,
        argv,
        environment,
        names,
        hasPid: pid !== undefined,
        code,
        after: [child.kill()],
      }
    })
    expect(seen).toMatchObject({
      early: { echo: 'early', ports: 0 },
      argv: ['one', 'two'],
      hasPid: true,
      code: 7,
    })
    expect(seen.pidBefore).toBeUndefined()
    expect(seen.after).toEqual([false])
    expect(seen.environment.OWN).toBe('value')
    expect(Object.keys(seen.environment).filter((name) => name.startsWith('FAKE_'))).toEqual([])
    expect(seen.names).toEqual(expect.arrayContaining(['net', 'parentPort']))
  })

  it('gets ports, sends ports, and its end closes them', async () => {
    const seen = await app.run(async ({ electron, folder, path }) => {
      const child = electron.utilityProcess.fork(path.join(folder, 'utility.ts'))
      const { port1, port2 } = new electron.MessageChannelMain()
      const cargo = new electron.MessageChannelMain()
      port1.start()
      child.postMessage('take this', [port2])
      const answer = new Promise<Electron.MessageEvent>((resolve) => port1.once('message', resolve))
      port1.postMessage('hello', [cargo.port2])
      const { data, ports } = await answer
      // The same port came back: what its other end says arrives here.
      const through = new Promise<Electron.MessageEvent>((resolve) => ports[0]?.once('message', resolve))
      ports[0]?.start()
      cargo.port1.postMessage('through the child')
      const message = (await through).data
      const closed = new Promise<string>((resolve) => port1.once('close', () => resolve('closed')))
      const exited = new Promise<number>((resolve) => child.once('exit', resolve))
      const killed = child.kill()
      return { data, message, killed, code: await exited, closed: await closed, pid: child.pid }
    })
    expect(seen).toEqual({
      data: { echo: 'hello' },
      message: 'through the child',
      killed: true,
      code: 15,
      closed: 'closed',
      pid: undefined,
    })
  })

  it('tells the child when main closes its end, and main of a fatal error before the exit', async () => {
    const seen = await app.run(async ({ electron, folder, path }) => {
      const child = electron.utilityProcess.fork(path.join(folder, 'utility.ts'), [], { stdio: 'ignore' })
      const { port1, port2 } = new electron.MessageChannelMain()
      child.postMessage('take this', [port2])
      await new Promise((resolve) => child.once('message', resolve))
      const told = new Promise((resolve) => child.once('message', resolve))
      port1.close()
      const message = await told
      const order: unknown[] = []
      child.on('error', (type) => order.push(type))
      const gone = new Promise<string>((resolve) =>
        electron.app.once('child-process-gone', (_event, details) =>
          resolve(`${details.name} ${details.reason}`),
        ),
      )
      const exited = new Promise((resolve) => child.once('exit', (code) => resolve(order.push(code))))
      child.postMessage('abort')
      await exited
      return { message, order, gone: await gone }
    })
    expect(seen).toEqual({
      message: 'port closed',
      order: ['FatalError', 6],
      gone: 'Node Utility Process killed',
    })
  })

  it('pipes its output when asked, and takes no standard input', async () => {
    const seen = await app.run(async ({ electron, folder, path }) => {
      const entry = path.join(folder, 'utility.ts')
      let refused = ''
      try {
        electron.utilityProcess.fork(entry, [], { stdio: ['pipe', 'pipe', 'pipe'] })
      } catch (error) {
        refused = String(error)
      }
      const child = electron.utilityProcess.fork(entry, [], { stdio: 'pipe' })
      await new Promise<void>((resolve) => child.once('spawn', resolve))
      const text = (stream: NodeJS.ReadableStream | null) =>
        new Promise<string>((resolve) => stream?.once('data', (chunk) => resolve(String(chunk))))
      const output = Promise.all([text(child.stdout), text(child.stderr)])
      child.postMessage('print')
      const printed = await output
      child.kill()
      return { refused, printed }
    })
    expect(seen.refused).toMatch(/stdin/)
    expect(seen.printed).toEqual(['on stdout\n', 'on stderr\n'])
  })

  it('dies with the app', async () => {
    await using own = await FakeApp.start()
    const pid = await own.run(async ({ electron, folder, path }) => {
      const child = electron.utilityProcess.fork(path.join(folder, 'utility.ts'))
      child.postMessage('here')
      await new Promise((resolve) => child.once('message', resolve))
      return child.pid ?? 0
    })
    own.fake.kill('SIGKILL')
    await own.fake.waitForExit()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })
})

describe('ports of a page', () => {
  const html = `<title>ports</title><script>
    window.received = []
    window.addEventListener('message', (event) => {
      if (event.data.portForPage === undefined) return
      window.source = event.source === window
      window.port = event.ports[0]
      window.port.onclose = () => window.received.push('closed')
      window.port.onmessage = ({ data, ports }) => {
        window.received.push(data)
        if (ports.length > 0) ports[0].postMessage('on the port inside')
      }
    })
  </script>`

  it('come from a utility process through main to the page, and main hears none of the bytes', async () => {
    const page = await app.openWindow(html)
    await app.run(async ({ electron, kept, folder, path }) => {
      const child = electron.utilityProcess.fork(path.join(folder, 'utility.ts'))
      const { port1, port2 } = new electron.MessageChannelMain()
      child.postMessage('take this', [port1])
      await new Promise((resolve) => child.once('message', resolve))
      electron.BrowserWindow.getAllWindows()
        .at(-1)
        ?.webContents.postMessage('port-for-page', 'yours', [port2])
      kept.child = child
    })
    await page.waitForFunction('window.port !== undefined')
    expect(await page.evaluate('window.source')).toBe(true)

    const before = await app.fake.counters()
    const messages = 800
    const bytes = 64 * 1024
    const started = performance.now()
    await page.evaluate(`window.port.postMessage({ flood: { messages: ${messages}, bytes: ${bytes} } })`)
    await page.waitForFunction(`window.received.length === ${messages}`, undefined, { polling: 50 })
    const seconds = (performance.now() - started) / 1000
    const after = await app.fake.counters()

    const inOrder = await page.evaluate(
      `window.received.every((chunk, index) => chunk.length === ${bytes} && new DataView(chunk.buffer).getUint32(0) === index)`,
    )
    expect(inOrder).toBe(true)
    expect(after).toEqual(before)
    // 50 MB; a limit that only a broken carrier misses.
    expect(seconds).toBeLessThan(20)

    // The child's end closes the page's port.
    await app.run(({ kept }) => void (kept.child as Electron.UtilityProcess).kill())
    await page.waitForFunction("window.received.at(-1) === 'closed'")
    await page.close()
  })

  it('carry bytes and ports both ways between page and main', async () => {
    const page = await app.openWindow(html)
    await app.run(({ electron, kept }) => {
      const { port1, port2 } = new electron.MessageChannelMain()
      kept.port = port1
      port1.start()
      electron.BrowserWindow.getAllWindows().at(-1)?.webContents.postMessage('port-for-page', {}, [port2])
    })
    await page.waitForFunction('window.port !== undefined')
    const answered = app.run(async ({ electron, kept }) => {
      const port = kept.port as Electron.MessagePortMain
      const arrived = new Promise<Electron.MessageEvent>((resolve) => port.once('message', resolve))
      const inner = new electron.MessageChannelMain()
      const onInner = new Promise<Electron.MessageEvent>((resolve) => inner.port1.once('message', resolve))
      inner.port1.start()
      port.postMessage(new Uint8Array([250, 251]), [inner.port2])
      return { bytes: [...(await arrived).data], inner: (await onInner).data }
    })
    const { bytes } = await app.fake.counters()
    await page.evaluate('window.port.postMessage(new Uint8Array([1, 2, 3]))')
    expect(await answered).toEqual({ bytes: [1, 2, 3], inner: 'on the port inside' })
    // What the flood's test relies on: bytes that do reach main are counted.
    expect((await app.fake.counters()).bytes).toBe(bytes + 3)
    expect(await page.evaluate('[...window.received[0]]')).toEqual([250, 251])

    // A reload ends the document, and with it its ports.
    const closed = app.run(
      ({ kept }) =>
        new Promise<string>((resolve) =>
          (kept.port as Electron.MessagePortMain).once('close', () => resolve('closed')),
        ),
    )
    await page.reload()
    expect(await closed).toBe('closed')
    await page.close()
  })

  it('come from a page to main with ipcRenderer.postMessage', async () => {
    const page = await app.openWindow(html)
    const heard = app.run(
      ({ electron }) =>
        new Promise<unknown[]>((resolve) => {
          electron.ipcMain.once('take-port', (event, message) => {
            const [port] = event.ports
            port?.on('message', ({ data }) => {
              port.postMessage('answer')
              resolve([message, data])
            })
            port?.start()
          })
        }),
    )
    const answer = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = ({ data }) => resolve(data)
          port1.postMessage('from the page')
          window.postMessage({ post: { channel: 'take-port', message: 'here' } }, location.origin, [port2])
        }),
    )
    expect(await heard).toEqual(['here', 'from the page'])
    expect(answer).toBe('answer')
    await page.close()
  })
})

/** A process that has ended and waits to be collected is not running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
    return !/\) Z /.test(state)
  } catch {
    return false
  }
}
