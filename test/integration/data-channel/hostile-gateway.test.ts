import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { DataChannelClient } from '../../../src/core/data-channel/data-channel-client.ts'
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  messageType,
  payloadType,
} from '../../../src/core/data-channel/frame.ts'
import { clientVersion } from '../../../src/core/data-channel/handshake.ts'
import { type DataChannelTiming, dataChannelTiming } from '../../../src/core/data-channel/timing.ts'
import { agentFrame } from '../../unit/core/data-channel/frames.ts'
import { RecordedEvents } from './recorded-events.ts'

/** The system's time, and a count of the timers that were left running. */
class CountingClock implements Clock {
  pendingTimers = 0
  now = systemClock.now
  elapsed = systemClock.elapsed

  after(milliseconds: number, callback: () => void): Disposable {
    this.pendingTimers += 1
    let pending = true
    const settle = () => {
      if (pending) this.pendingTimers -= 1
      pending = false
    }
    const timer = systemClock.after(milliseconds, () => {
      settle()
      callback()
    })
    return {
      [Symbol.dispose]: () => {
        settle()
        timer[Symbol.dispose]()
      },
    }
  }
}

let server: Server
let webSockets: WebSocketServer
let clock: CountingClock
let client: DataChannelClient | undefined
/** First messages of the sockets, and the sockets themselves. */
let openings: { text: string; socket: WebSocket }[]
let onOpening: (socket: WebSocket) => void

beforeEach(async () => {
  clock = new CountingClock()
  openings = []
  onOpening = () => undefined
  server = createServer()
  webSockets = new WebSocketServer({ server, autoPong: false })
  webSockets.on('connection', (socket) => {
    socket.on('error', () => undefined)
    socket.once('message', (data) => {
      openings.push({ text: data.toString(), socket })
      onOpening(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  await client?.close()
  client = undefined
  for (const socket of webSockets.clients) socket.terminate()
  await new Promise<void>((resolve) => webSockets.close(() => resolve()))
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

function connect(timing: Partial<DataChannelTiming> = {}): RecordedEvents {
  const streamUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const events = new RecordedEvents()
  let token = 0
  client = new DataChannelClient(
    {
      sessionId: 's',
      grant: { streamUrl, tokenValue: 'token 0' },
      target: 't',
      region: 'eu-west-1',
      size: { cols: 80, rows: 24 },
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
      resume: async () => {
        token += 1
        return { streamUrl, tokenValue: `token ${token}` }
      },
      terminate: async () => undefined,
      generateDataKey: () => Promise.reject(new Error('No keys here')),
      clock,
      timing: { ...dataChannelTiming, ...timing },
    },
    events,
  )
  client.start()
  return events
}

function frame(changes: Partial<Frame>): Uint8Array {
  return encodeFrame(agentFrame('', changes))
}

const output = (sequence: number, text: string) => frame({ sequence, payload: Buffer.from(text) })

test("the opening text is the plugin's, key for key, with the same client on every socket", async () => {
  const events = connect()
  onOpening = (socket) => {
    if (openings.length === 1) socket.send(output(0, 'hello'))
    else socket.send(output(1, ' again'))
  }
  await events.untilText('hello')
  openings[0]?.socket.terminate()
  await events.untilText('hello again')
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
  const shape = new RegExp(
    `^\\{"MessageSchemaVersion":"1\\.0","RequestId":"${uuid}","TokenValue":"(token \\d)","ClientId":"(${uuid})","ClientVersion":"${clientVersion}"\\}$`,
  )
  const [first, second] = openings.map(({ text }) => shape.exec(text))
  expect(first?.[1]).toBe('token 0')
  expect(second?.[1]).toBe('token 1')
  expect(second?.[2]).toBe(first?.[2])
})

test('a new socket begins with the acknowledgements that the old one may have lost', async () => {
  const events = connect()
  const { promise: acknowledgedAgain, resolve } = Promise.withResolvers<number[]>()
  onOpening = (socket) => {
    if (openings.length === 1) {
      for (let sequence = 0; sequence < 300; sequence++) socket.send(output(sequence, 'x'))
      return
    }
    const sequences: number[] = []
    socket.on('message', (data: Buffer) => {
      const got = decodeFrame(data)
      if (got.messageType !== messageType.acknowledge) return
      sequences.push(JSON.parse(Buffer.from(got.payload).toString()).AcknowledgedMessageSequenceNumber)
      if (sequences.at(-1) === 299) resolve(sequences)
    })
  }
  await events.until('300 frames', () => events.byteLength === 300)
  openings[0]?.socket.terminate()
  expect(await acknowledgedAgain).toEqual(Array.from({ length: 256 }, (_, index) => index + 44))
})

test('a peer that answers no ping is a lost connection', async () => {
  const events = connect({ pingInterval: 50, pongLimit: 50, firstRetryDelay: 5000 })
  onOpening = (socket) => socket.send(output(0, 'hello'))
  await events.untilEvent('reconnecting')
  expect(events.interruption?.detail).toContain('No answer to a ping')
})

test('a socket without a word is given up and tried again', async () => {
  const events = connect({ firstFrameLimit: 80 })
  onOpening = (socket) => {
    if (openings.length === 2) socket.send(output(0, 'second try'))
  }
  await events.untilText('second try')
  expect(events.names).toEqual(['ready'])
})

test('the end leaves no timer and no socket', async () => {
  const events = connect()
  onOpening = (socket) => {
    socket.send(frame({ messageType: messageType.startPublication, flags: 3 }))
    socket.send(output(0, 'hello'))
    socket.send(
      frame({ messageType: messageType.channelClosed, payload: Buffer.from('{"Output":""}'), flags: 3 }),
    )
  }
  await events.untilEvent('ended')
  const socket = openings[0]?.socket
  await new Promise<void>((resolve) => {
    if (socket?.readyState === socket?.CLOSED) resolve()
    else socket?.once('close', () => resolve())
  })
  // The client's own half of the close comes in the same turn of the loop or the next.
  for (let turn = 0; turn < 100 && clock.pendingTimers > 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(clock.pendingTimers).toBe(0)
})

describe('nonsense', () => {
  const anyPayload = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
    fc
      .constantFrom(
        '{"RequestedClientActions":[]}',
        '{"Challenge":"AAAA"}',
        '{"AcknowledgedMessageSequenceNumber":0}',
        '{"AcknowledgedMessageSequenceNumber":-1}',
      )
      .map((text) => Buffer.from(text)),
  )
  /** Out of sequence, so that none of it can take the place of the shell's own output. */
  const anyMessage = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 200 }),
    fc
      .record({
        messageType: fc.constantFrom(
          messageType.output,
          messageType.acknowledge,
          messageType.startPublication,
          messageType.pausePublication,
          messageType.input,
          'agent_session_state',
          'unheard_of',
        ),
        sequence: fc.integer({ min: 100, max: Number.MAX_SAFE_INTEGER }),
        payloadType: fc.nat({ max: 300 }),
        payload: anyPayload,
        damage: fc.option(fc.nat()),
      })
      .map(({ damage, ...fields }) => {
        const bytes = frame(fields)
        if (damage !== null) bytes[damage % bytes.byteLength] = 0xff
        return bytes
      }),
  )

  test('between the frames of a session changes nothing', async () => {
    const messages = fc.sample(anyMessage, { numRuns: 5000, seed: 42 })
    const events = connect()
    onOpening = (socket) => {
      messages.forEach((message, index) => {
        socket.send(message)
        if (index % 100 === 0) socket.send(output(index / 100, `<${index / 100}>`))
      })
    }
    await events.until('all 50 pieces', () => events.text().endsWith('<49>'))
    expect(events.text()).toBe(Array.from({ length: 50 }, (_, index) => `<${index}>`).join(''))
    expect(events.names).toEqual(['ready'])
    expect(client?.damagedFrames).toBeGreaterThan(100)
  })

  test('in sequence ends the session or is shown, and never breaks the client', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const payloads = fc.sample(fc.tuple(fc.nat({ max: 13 }), anyPayload), { numRuns: 50, seed })
      const events = connect()
      onOpening = (socket) => {
        payloads.forEach(([type, payload], sequence) => {
          socket.send(frame({ sequence, payloadType: type, payload }))
        })
        socket.send(frame({ messageType: messageType.channelClosed, payload: randomBytes(9), flags: 3 }))
      }
      await events.untilEvent('ended')
      expect(events.names.filter((name) => name === 'ended')).toHaveLength(1)
      expect(events.names.at(-1)).toBe('ended')
    }
  })

  test('of 5 MB in one message is a lost connection, not memory', async () => {
    const events = connect({ firstRetryDelay: 5000 })
    onOpening = (socket) => {
      socket.send(output(0, 'hello'))
      socket.send(Buffer.alloc(5 * 1024 * 1024))
    }
    await events.untilEvent('reconnecting')
    expect(events.interruption?.detail).toContain('Max payload size exceeded')
  })
})

test('every frame is acknowledged, and a resize is told once when the size has settled', async () => {
  const events = connect({ resizeSettle: 20 })
  const received: Frame[] = []
  const sizes = Promise.withResolvers<void>()
  onOpening = (socket) => {
    socket.on('message', (data: Buffer) => {
      const got = decodeFrame(data)
      received.push(got)
      if (Buffer.from(got.payload).toString() === '{"cols":120,"rows":40}') sizes.resolve()
    })
    socket.send(output(0, 'a'))
    socket.send(output(0, 'a'))
    socket.send(output(2, 'c'))
  }
  await events.untilEvent('ready')
  for (let cols = 100; cols <= 120; cols++) client?.resize({ cols, rows: 40 })
  await sizes.promise
  const payloads = received.map((got) => [got.messageType, got.sequence, Buffer.from(got.payload).toString()])
  const acknowledgements = payloads.filter(([type]) => type === messageType.acknowledge)
  expect(
    acknowledgements.map(([, , json]) => JSON.parse(String(json)).AcknowledgedMessageSequenceNumber),
  ).toEqual([0, 0, 2])
  const sizesSent = received.filter((got) => got.payloadType === payloadType.size)
  expect(new Set(sizesSent.map((got) => Buffer.from(got.payload).toString()))).toEqual(
    new Set(['{"cols":80,"rows":24}', '{"cols":120,"rows":40}']),
  )
})
