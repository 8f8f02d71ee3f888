import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Channel } from '../../../../src/channel/channel.ts'
import { highMarkBytes } from '../../../../src/channel/flow-control.ts'
import { createChannelPair } from '../../../../src/channel/in-process-channel.ts'
import { createRpcClient, type RpcClient } from '../../../../src/channel/rpc.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import { createSessionHost, type SessionHost } from '../../../../src/core/session/session-host.ts'
import {
  type HostedSessionEvent,
  sessionHostEvents,
  sessionHostMethods,
} from '../../../../src/core/session/session-host-contract.ts'
import { createBytePage } from '../../../fixtures/byte-page.ts'
import { createMemoryRecorders, type MemoryRecorders } from '../../../fixtures/memory-recorders.ts'
import { sampleContainer, sampleEngineRequest } from '../../../fixtures/session-samples.ts'
import { createSyntheticEngine, type SyntheticEngine } from '../../../fixtures/synthetic-engine.ts'

const sessionId = '3f0e6a52-62a5-4f7e-9d5b-0d8f6a1f7c11'
const stream = 7
const bytes = (text: string) => new TextEncoder().encode(text)

let host: SessionHost
let engine: SyntheticEngine
let recorders: MemoryRecorders
let control: Channel
let client: RpcClient<typeof sessionHostMethods, typeof sessionHostEvents>
let events: HostedSessionEvent[]
let log: string[]

beforeEach(() => {
  engine = createSyntheticEngine('built-in')
  recorders = createMemoryRecorders()
  log = []
  host = createSessionHost({
    engines: { 'built-in': engine, plugin: createSyntheticEngine('plugin') },
    recorders,
    clock: systemClock,
    log: (message) => log.push(message),
  })
  const [near, far] = createChannelPair()
  control = near
  host.serveControl(far)
  client = createRpcClient({ channel: near, methods: sessionHostMethods, events: sessionHostEvents })
  events = []
  client.on('session.event', ({ event }) => events.push(event))
})

afterEach(async () => {
  await host[Symbol.asyncDispose]()
})

async function prepare() {
  const answer = await client.call('session.prepare', { sessionId, stream, size: { cols: 80, rows: 24 } })
  expect(answer).toEqual({ ok: true, value: {} })
}

async function start() {
  const recording = { command: '/bin/sh', title: 'api', container: sampleContainer }
  const answer = await client.call('session.start', {
    sessionId,
    engine: 'built-in',
    request: sampleEngineRequest,
    recording,
  })
  expect(answer).toEqual({ ok: true, value: {} })
  return engine.current
}

function openPage(options?: Parameters<typeof createBytePage>[2]) {
  const [near, far] = createChannelPair()
  host.serveBytes(far)
  return { channel: near, page: createBytePage(near, stream, options) }
}

async function attachedPage(options?: Parameters<typeof createBytePage>[2]) {
  const { page, channel } = openPage(options)
  page.send({ kind: 'attach', stream })
  await page.until(() => page.snapshots.length === 1)
  return { page, channel }
}

/** Answers of the host are behind one call: what was sent before has arrived. */
async function settled() {
  await client.call('session.prepare', { sessionId, stream, size: { cols: 80, rows: 24 } })
}

describe('the byte path', () => {
  test('input, output, resize and end travel between page and engine', async () => {
    await prepare()
    const { page } = await attachedPage()
    page.send({ kind: 'resize', stream, size: { cols: 120, rows: 40 } })
    page.send({ kind: 'input', stream, bytes: bytes('typed ahead ') })
    await settled()
    const session = await start()
    expect(session.request.size).toEqual({ cols: 120, rows: 40 })
    session.events.ready()
    page.send({ kind: 'input', stream, bytes: bytes('ls\r') })
    page.send({ kind: 'resize', stream, size: { cols: 100, rows: 30 } })
    await settled()
    expect(Buffer.concat(session.written).toString()).toBe('typed ahead ls\r')
    expect(session.sizes).toEqual([{ cols: 100, rows: 30 }])

    session.events.output(bytes('one '))
    session.events.output(bytes('two'))
    session.events.ended('exited')
    await page.until(() => page.ended)
    expect(page.text).toBe('one two')
    await settled()
    // Typing is reported from the first key on, which here was before the answer.
    expect(events.map(({ type }) => type)).toEqual(['input', 'ready', 'ended'])
    expect(Buffer.concat(recorders.recordings[0]?.output ?? []).toString()).toBe('one two')
    expect(recorders.recordings[0]?.sizes).toEqual([{ cols: 100, rows: 30 }])
    await expect.poll(() => recorders.recordings[0]?.closed).toBe(true)
  })

  test('a new page gets the screen so far, then what follows, and the old one nothing more', async () => {
    await prepare()
    const session = await start()
    const first = await attachedPage()
    session.events.output(bytes('before'))
    await first.page.until(() => first.page.text === 'before')
    const second = await attachedPage()
    expect(new TextDecoder().decode(second.page.snapshots[0])).toBe('before')
    session.events.output(bytes('after'))
    await second.page.until(() => second.page.text === 'after')
    expect(first.page.text).toBe('before')
  })

  test('output between attach and snapshot comes once, after the snapshot', async () => {
    await prepare()
    const session = await start()
    session.events.output(bytes('early '))
    const { page } = openPage()
    page.send({ kind: 'attach', stream })
    await settled()
    session.events.output(bytes('late'))
    await page.until(() => page.text === 'late')
    expect(new TextDecoder().decode(page.snapshots[0])).toBe('early ')
  })

  test('a detached session goes on, recorded, and its screen is there for the next page', async () => {
    await prepare()
    const session = await start()
    const { page } = await attachedPage()
    page.send({ kind: 'detach', stream })
    await settled()
    session.events.output(bytes('while hidden'))
    page.send({ kind: 'attach', stream })
    await page.until(() => page.snapshots.length === 2)
    expect(new TextDecoder().decode(page.snapshots[1])).toBe('while hidden')
    expect(page.text).toBe('')
    expect(Buffer.concat(recorders.recordings[0]?.output ?? []).toString()).toBe('while hidden')
  })

  test('a page that comes after the end gets the screen and the end', async () => {
    await prepare()
    const session = await start()
    session.events.output(bytes('last words'))
    session.events.ended('exited')
    const { page } = await attachedPage()
    await page.until(() => page.ended)
    expect(new TextDecoder().decode(page.snapshots[0])).toBe('last words')
  })

  test('a page that comes for a forgotten session is told so at once', async () => {
    const { page } = openPage()
    page.send({ kind: 'attach', stream })
    await page.until(() => page.forgotten)
    // An empty screen in its place would wipe what the terminal still shows.
    expect(page.snapshots).toEqual([])
  })

  test('broken frames are dropped and logged, and the page goes on', async () => {
    await prepare()
    const session = await start()
    const { page, channel } = await attachedPage()
    channel.post(new Uint8Array(0))
    channel.post(Uint8Array.of(99, 0, 0, 0, 7))
    channel.post(Uint8Array.of(3, 0, 0, 0, 7, 1))
    page.send({ kind: 'resize', stream, size: { cols: 0, rows: 24 } })
    page.send({ kind: 'output', stream, bytes: bytes('spoofed') })
    for (let index = 0; index < 100; index++) channel.post(new Uint8Array(1))
    session.events.output(bytes('still here'))
    await page.until(() => page.text === 'still here')
    expect(log.slice(0, 3)).toEqual([
      'A window sent Byte frame of 0 bytes; dropped.',
      'A window sent Byte frame of unknown kind 99; dropped.',
      'A window sent Byte frame ack of wrong length; dropped.',
    ])
    expect(log.length).toBeLessThan(15)
    expect(session.sizes).toEqual([])
  })
})

describe('flow control', () => {
  const chunkSize = 4096
  const floodSize = 50 * 1024 * 1024

  /** Sends numbered lines as fast as it may, `floodSize` bytes in all. */
  function flood(session: Awaited<ReturnType<typeof start>>, onSent: (byteCount: number) => void) {
    let sent = 0
    const line = bytes(`${'0123456789abcdef'.repeat(4).slice(0, 62)}\r\n`)
    const chunk = Buffer.concat(Array.from({ length: chunkSize / line.length }, () => line))
    const pump = () => {
      // More than the high mark in one turn of the event loop, unless it is held back.
      for (let burst = 0; burst < 256 && !session.paused && sent < floodSize; burst++) {
        sent += chunk.length
        onSent(sent)
        session.events.output(new Uint8Array(chunk))
      }
      if (sent === floodSize) session.events.ended('exited')
      else if (!session.paused) setImmediate(pump)
    }
    session.onResume = () => setImmediate(pump)
    pump()
  }

  test('50 MB arrive whole, and never more than the high mark is under way', async () => {
    await prepare()
    const session = await start()
    let drawn = 0
    let mostUnderWay = 0
    const { page } = await attachedPage({ onOutput: (output) => (drawn += output.byteLength) })
    flood(session, (sent) => (mostUnderWay = Math.max(mostUnderWay, sent - drawn)))
    await page.until(() => page.ended)
    expect(page.outputBytes).toBe(floodSize)
    expect(mostUnderWay).toBeGreaterThan(0)
    expect(mostUnderWay).toBeLessThanOrEqual(highMarkBytes + chunkSize)
    expect(recorders.recordings[0]?.output.reduce((sum, output) => sum + output.byteLength, 0)).toBe(
      floodSize,
    )
  })

  test('without acks the source stops at the high mark, and runs again when the page comes back', async () => {
    await prepare()
    const session = await start()
    const { page } = await attachedPage({ acks: false })
    let sent = 0
    flood(session, (byteCount) => (sent = byteCount))
    await page.until(() => page.outputBytes > highMarkBytes)
    expect(session.paused).toBe(true)
    expect(sent).toBe(highMarkBytes + chunkSize)
    expect(page.ended).toBe(false)

    // A page that is gone must not hold the session.
    page.send({ kind: 'detach', stream })
    const again = await attachedPage()
    await again.page.until(() => again.page.ended)
    expect(sent).toBe(floodSize)
  })

  test('a page whose channel closes lets its session run', async () => {
    await prepare()
    const session = await start()
    const { page, channel } = await attachedPage({ acks: false })
    session.events.output(new Uint8Array(highMarkBytes + 1))
    await page.until(() => page.outputBytes > highMarkBytes)
    expect(session.paused).toBe(true)
    channel.close()
    await settled()
    expect(session.paused).toBe(false)
  })

  test('a recorder that lags holds the session until it has caught up', async () => {
    await prepare()
    const session = await start()
    session.events.output(bytes('x'))
    const [recording] = recorders.recordings
    recording?.setPending(4 * 1024 * 1024 + 1)
    expect(session.paused).toBe(true)
    recording?.setPending(1024 * 1024 + 1)
    expect(session.paused).toBe(true)
    recording?.setPending(1024 * 1024)
    expect(session.paused).toBe(false)
  })
})

describe('the life of a session', () => {
  test('a recorder that fails ends the recording, not the session', async () => {
    await prepare()
    const session = await start()
    session.events.ready()
    const [recording] = recorders.recordings
    recording?.setPending(5 * 1024 * 1024)
    const error = { code: 'STORAGE_FULL', message: 'The disk is full.', retryable: false } as const
    recording?.fail(error)
    expect(session.paused).toBe(false)
    session.events.output(bytes('unrecorded'))
    await settled()
    expect(recording?.closed).toBe(true)
    expect(recording?.output).toEqual([])
    expect(events.at(-1)).toEqual({ type: 'recording-problem', error })
  })

  test('nothing is recorded before the agent answers', async () => {
    await prepare()
    const session = await start()
    expect(recorders.recordings).toEqual([])
    session.events.ended('failed', { code: 'HANDSHAKE_FAILED', message: 'No.', retryable: false })
    expect(recorders.recordings).toEqual([])
  })

  test('credentials are asked back from core each time', async () => {
    await prepare()
    const session = await start()
    const given = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' }
    client.on('credentials.wanted', ({ requestId }) => {
      void client.call('credentials.give', { requestId, answer: { ok: true, credentials: given } })
    })
    expect(await session.request.credentials()).toEqual(given)
    expect(await session.request.credentials()).toEqual(given)
  })

  test('refused credentials reach the engine as the error they are', async () => {
    await prepare()
    const session = await start()
    const error = { code: 'SSO_EXPIRED', message: 'Signed out.', retryable: false } as const
    client.on('credentials.wanted', ({ requestId }) => {
      void client.call('credentials.give', { requestId, answer: { ok: false, error } })
    })
    await expect(session.request.credentials()).rejects.toMatchObject({ value: error })
  })

  test('close ends it once, also before it was started', async () => {
    await prepare()
    await client.call('session.close', { sessionId })
    await client.call('session.close', { sessionId })
    expect(events.map((event) => event.type === 'ended' && event.reason)).toEqual(['closed'])
    const answer = await client.call('session.start', {
      sessionId,
      engine: 'built-in',
      request: sampleEngineRequest,
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST' } })
  })

  test('a forgotten session is closed and leaves nothing', async () => {
    await prepare()
    const session = await start()
    session.events.ready()
    await client.call('session.forget', { sessionId })
    expect(session.closed).toBe(true)
    expect(recorders.recordings[0]?.closed).toBe(true)
    expect(host.sessionCount).toBe(0)
    expect(await client.call('session.close', { sessionId })).toMatchObject({
      ok: false,
      error: { code: 'SESSION_NOT_FOUND' },
    })
  })

  test('when core goes away, all sessions end and open questions are refused', async () => {
    await prepare()
    const session = await start()
    const credentials = session.request.credentials()
    control.close()
    await expect(credentials).rejects.toMatchObject({ value: { code: 'CREDENTIALS_EXPIRED' } })
    expect(session.closed).toBe(true)
    expect(host.sessionCount).toBe(0)
  })
})
