import { describe, expect, it } from 'vitest'
import { encodeByteFrame } from '../../../src/channel/byte-frames.ts'
import type { Channel } from '../../../src/channel/channel.ts'
import { createChannelPair } from '../../../src/channel/in-process-channel.ts'
import { serveRpc } from '../../../src/channel/rpc.ts'
import { events } from '../../../src/contract/events.ts'
import { defaultSettings } from '../../../src/contract/host.ts'
import { type MethodHandlers, methods } from '../../../src/contract/methods.ts'
import type { HostConnection } from '../../../src/renderer/app/core/connect.ts'
import { type Clock, createCoreLink } from '../../../src/renderer/app/core/core-link.ts'

/** A clock whose timers fire when told. */
function manualClock(): Clock & { fire(): void; readonly delays: number[] } {
  let pending: (() => void)[] = []
  const delays: number[] = []
  return {
    now: () => 1000,
    after(milliseconds, callback) {
      delays.push(milliseconds)
      pending.push(callback)
      return {
        [Symbol.dispose]() {
          pending = pending.filter((each) => each !== callback)
        },
      }
    },
    fire() {
      for (const callback of pending.splice(0)) callback()
    },
    delays,
  }
}

/** A host that can refuse, answers settings, and whose ends the test holds. */
function testHost() {
  const connections: { rpc: Channel; bytes: Channel; server: ReturnType<typeof serve> }[] = []
  let refusing = false
  const connect = async (): Promise<HostConnection> => {
    if (refusing) throw new Error('refused')
    const [pageRpc, rpc] = createChannelPair()
    const [pageBytes, bytes] = createChannelPair()
    connections.push({ rpc, bytes, server: serve(rpc) })
    return { rpc: pageRpc, bytes: pageBytes }
  }
  return {
    connect,
    connections,
    refuse(on: boolean) {
      refusing = on
    },
  }
}

function serve(channel: Channel) {
  const handlers = { 'settings.get': async () => defaultSettings } as unknown as MethodHandlers
  return serveRpc({ channel, methods, events, handlers })
}

/** Resolves when the link reaches a state; every step of the link is a microtask or a manual timer. */
function reached(link: ReturnType<typeof createCoreLink>, status: string): Promise<void> {
  return new Promise((resolve) => {
    if (link.state.getState().status === status) return resolve()
    const unsubscribe = link.state.subscribe((state) => {
      if (state.status !== status) return
      unsubscribe()
      resolve()
    })
  })
}

describe('createCoreLink', () => {
  it('lets the first calls wait for the connection', async () => {
    const link = createCoreLink(testHost().connect, manualClock())
    expect(await link.call('settings.get', {})).toEqual({ ok: true, value: defaultSettings })
    link[Symbol.dispose]()
  })

  it('answers calls at once while the connection is lost, and says when it tries again', async () => {
    const host = testHost()
    host.refuse(true)
    const link = createCoreLink(host.connect, manualClock())
    await reached(link, 'lost')
    expect(link.state.getState()).toEqual({ status: 'lost', retryAt: 1250, attempt: 1 })
    expect(await link.call('settings.get', {})).toMatchObject({
      ok: false,
      error: { code: 'CONNECTION_LOST' },
    })
    link[Symbol.dispose]()
  })

  it('backs off while the host stays away, and begins anew after a success', async () => {
    const host = testHost()
    const clock = manualClock()
    host.refuse(true)
    const link = createCoreLink(host.connect, clock)
    await reached(link, 'lost')
    for (const attempt of [2, 3, 4, 5, 6]) {
      clock.fire()
      await new Promise<void>((resolve) => {
        const unsubscribe = link.state.subscribe((state) => {
          if (state.status !== 'lost' || state.attempt !== attempt) return
          unsubscribe()
          resolve()
        })
      })
    }
    expect(clock.delays).toEqual([250, 1000, 2000, 4000, 8000, 8000])
    host.refuse(false)
    link.retryNow()
    await reached(link, 'connected')
    host.connections[0]?.rpc.close()
    await reached(link, 'lost')
    expect(clock.delays.at(-1)).toBe(250)
    link[Symbol.dispose]()
  })

  it('keeps event listeners over a reconnect and tells that everything must be read again', async () => {
    const host = testHost()
    const clock = manualClock()
    const link = createCoreLink(host.connect, clock)
    let connected = 0
    link.onConnected(() => {
      connected += 1
    })
    const heard: string[] = []
    link.on('audit.changed', ({ taskArn }) => heard.push(taskArn))
    await reached(link, 'connected')

    host.connections[0]?.bytes.close()
    await reached(link, 'lost')
    clock.fire()
    await reached(link, 'connected')
    expect(connected).toBe(2)

    const arrived = new Promise<void>((resolve) => link.on('audit.changed', () => resolve()))
    host.connections[1]?.server.emit('audit.changed', { taskArn: 'task', touched: false })
    await arrived
    expect(heard).toEqual(['task'])
    link[Symbol.dispose]()
  })

  it('closes the other channel when one ends: half a connection is none', async () => {
    const host = testHost()
    const link = createCoreLink(host.connect, manualClock())
    await reached(link, 'connected')
    const closed = new Promise<void>((resolve) => host.connections[0]?.rpc.onClose(resolve))
    host.connections[0]?.bytes.close()
    await closed
    link[Symbol.dispose]()
  })

  it('hands byte frames on and says when terminals must attach again', async () => {
    const host = testHost()
    const clock = manualClock()
    const link = createCoreLink(host.connect, clock)
    let reconnected = 0
    link.bytes.onReconnect(() => {
      reconnected += 1
    })
    await reached(link, 'connected')
    const frame = new Promise((resolve) => link.bytes.onFrame(resolve))
    host.connections[0]?.bytes.post(encodeByteFrame({ kind: 'end', stream: 7 }))
    expect(await frame).toEqual({ kind: 'end', stream: 7 })

    host.connections[0]?.bytes.close()
    await reached(link, 'lost')
    // Nobody is there; this must neither throw nor arrive later.
    link.bytes.post({ kind: 'attach', stream: 7 })
    clock.fire()
    await reached(link, 'connected')
    expect(reconnected).toBe(2)
    link[Symbol.dispose]()
  })

  it('gives up a connection whose bytes are no frames', async () => {
    const host = testHost()
    const link = createCoreLink(host.connect, manualClock())
    await reached(link, 'connected')
    host.connections[0]?.bytes.post(new Uint8Array([255, 0]))
    await reached(link, 'lost')
    link[Symbol.dispose]()
  })

  it('leaves nothing behind when it is disposed', async () => {
    const host = testHost()
    const clock = manualClock()
    const link = createCoreLink(host.connect, clock)
    await reached(link, 'connected')
    const closed = new Promise<void>((resolve) => host.connections[0]?.rpc.onClose(resolve))
    link[Symbol.dispose]()
    await closed
    expect(clock.delays).toEqual([])
  })
})
