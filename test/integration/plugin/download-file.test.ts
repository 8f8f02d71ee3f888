import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PortholeError } from '../../../src/contract/errors.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { createNetwork } from '../../../src/core/network/network.ts'
import {
  type Download,
  downloadFile,
  retryDelaysMilliseconds,
} from '../../../src/core/plugin/install/download-file.ts'
import { createOpenHttpFile } from '../../../src/core/plugin/install/http-file.ts'
import { pluginSitePath } from '../../../src/sandbox/services/plugin-site/plugin-site.ts'
import { type LocalProxy, startProxy } from '../../fixtures/local-proxy.ts'
import { PluginFixture } from './plugin-fixture.ts'

const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))

let fixture: PluginFixture
let file: string
beforeEach(async () => {
  fixture = await PluginFixture.start()
  fixture.site.put('file', content)
  file = path.join(fixture.folder, 'file')
})
afterEach(() => fixture[Symbol.asyncDispose]())

/** Waits of a retry pass at once; how long they are is noted. */
const waits: number[] = []
const hurriedClock = {
  ...systemClock,
  after: (milliseconds: number, callback: () => void) => {
    waits.push(milliseconds)
    return systemClock.after(0, callback)
  },
}
beforeEach(() => void waits.splice(0))

function download(options: Partial<Download> & { silenceMilliseconds?: number } = {}): Promise<void> {
  const { silenceMilliseconds, ...wanted } = options
  const url = new URL(`${pluginSitePath}file`, fixture.server.endpoint)
  const { signal } = new AbortController()
  return downloadFile(
    { openFile: createOpenHttpFile({ silenceMilliseconds }), clock: hurriedClock },
    { url, file, limitBytes: 1_000_000, signal, ...wanted },
  )
}
const ranges = () => fixture.site.requests.map(({ range }) => range)
const problem = (code: string, message: RegExp) =>
  expect.objectContaining({
    value: expect.objectContaining({ code, message: expect.stringMatching(message) }),
  })

test('a file arrives, with progress to its last byte', async () => {
  const progress: number[] = []
  await download({ expectedBytes: content.byteLength, onProgress: (received) => progress.push(received) })
  expect((await readFile(file)).equals(content)).toBe(true)
  expect(progress.at(-1)).toBe(content.byteLength)
  expect(progress).toEqual(progress.toSorted((one, other) => one - other))
})

describe('a line that breaks', () => {
  test('goes on where it broke', async () => {
    fixture.site.setFaults({ path: 'file', cutAfterBytes: 50_000, answers: 3 })
    await download()
    expect((await readFile(file)).equals(content)).toBe(true)
    expect(ranges()).toEqual([undefined, 'bytes=50000-', 'bytes=100000-', 'bytes=150000-'])
    expect(waits).toEqual([500, 500, 500])
  })

  test('begins again where nobody knows ranges', async () => {
    fixture.site.setFaults({ path: 'file', cutAfterBytes: 50_000, ignoresRanges: true, answers: 2 })
    await download()
    expect((await readFile(file)).equals(content)).toBe(true)
  })

  test('begins again when the file has changed meanwhile, and mixes nothing', async () => {
    fixture.site.setFaults({ path: 'file', cutAfterBytes: 50_000, answers: 1 })
    const other = Buffer.from(content.map((byte) => 255 - byte))
    const changed = download({
      onProgress: (received) => {
        if (received === 50_000) fixture.site.put('file', other)
      },
    })
    await changed
    expect((await readFile(file)).equals(other)).toBe(true)
  })

  test('always at the same place is given up, with waits that grow', async () => {
    fixture.site.setFaults({ path: 'file', cutAfterBytes: 50_000, ignoresRanges: true })
    await expect(download()).rejects.toEqual(
      problem('PLUGIN_DOWNLOAD_FAILED', /broke off after 50000 of 200000 bytes/),
    )
    expect(waits).toEqual([500, ...retryDelaysMilliseconds.slice(1)])
  })

  test('by silence is noticed', async () => {
    fixture.site.setFaults({ path: 'file', pauseMilliseconds: 60_000, answers: 1 })
    await download({ silenceMilliseconds: 200 })
    expect((await readFile(file)).equals(content)).toBe(true)
  })

  test('slow is not broken', async () => {
    fixture.site.setFaults({ path: 'file', pauseMilliseconds: 60 })
    await download({ silenceMilliseconds: 500 })
    expect((await readFile(file)).equals(content)).toBe(true)
    expect(ranges()).toEqual([undefined])
  })
})

test.each([500, 503, 429])('%i is tried again', async (status) => {
  fixture.site.setFaults({ path: 'file', status, answers: 2 })
  await download()
  expect((await readFile(file)).equals(content)).toBe(true)
})

test.each([403, 404, 302, 400])('%i is not tried again', async (status) => {
  fixture.site.setFaults({ path: 'file', status })
  await expect(download()).rejects.toEqual(problem('PLUGIN_DOWNLOAD_FAILED', new RegExp(String(status))))
  expect(fixture.site.requests).toHaveLength(1)
})

test('a site that is down is named', async () => {
  await fixture.server[Symbol.asyncDispose]()
  await expect(download()).rejects.toEqual(problem('NETWORK', /127\.0\.0\.1:\d+ cannot be reached/))
  expect(waits).toEqual(retryDelaysMilliseconds)
})

test('more than may be, and another size than agreed to, are refused at once', async () => {
  await expect(download({ limitBytes: 100_000 })).rejects.toEqual(
    problem('PLUGIN_REFUSED', /larger than it may be/),
  )
  await expect(download({ expectedBytes: 100_000 })).rejects.toEqual(
    problem('PLUGIN_REFUSED', /has 200000 bytes, not the 100000/),
  )
  expect(waits).toEqual([])
})

test('ends when it is told to', async () => {
  const controller = new AbortController()
  fixture.site.setFaults({ path: 'file', pauseMilliseconds: 20 })
  const reason = new Error('enough')
  const ended = download({ signal: controller.signal, onProgress: () => controller.abort(reason) })
  await expect(ended).rejects.toBe(reason)
  await expect(ended).rejects.not.toBeInstanceOf(PortholeError)
})

describe('through a proxy', () => {
  /** A name that no name server knows: only the proxy can lead there. */
  const host = 'downloads.porthole.test'

  async function downloadThrough(proxy: LocalProxy): Promise<void> {
    using network = createNetwork({
      environment: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` },
      homeFolder: fixture.folder,
      systemCertificates: () => [],
    })
    const openFile = createOpenHttpFile({ agent: () => network.agents.http })
    const url = new URL(`http://${host}${pluginSitePath}file`)
    const { signal } = new AbortController()
    await downloadFile({ openFile, clock: hurriedClock }, { url, file, limitBytes: 1_000_000, signal })
  }

  test('a file arrives, in pieces too', async () => {
    const port = Number(new URL(fixture.server.endpoint).port)
    await using proxy = await startProxy({ names: { [host]: { host: '127.0.0.1', port } } })
    fixture.site.setFaults({ path: 'file', cutAfterBytes: 50_000, answers: 1 })
    await downloadThrough(proxy)
    expect((await readFile(file)).equals(content)).toBe(true)
    expect(new Set(proxy.asked)).toEqual(new Set([`${host}:80`]))
  })

  test('that refuses is named, and not asked again and again', async () => {
    await using proxy = await startProxy({ status: 403 })
    await expect(downloadThrough(proxy)).rejects.toEqual(problem('PROXY_FAILED', /The proxy/))
    expect(proxy.asked).toHaveLength(1)
  })
})
