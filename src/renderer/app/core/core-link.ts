import { createStore, type StoreApi } from 'zustand/vanilla'
import { type ByteFrame, decodeByteFrame, encodeByteFrame } from '../../../channel/byte-frames.ts'
import type { ChannelMessage } from '../../../channel/channel.ts'
import { createRpcClient, type RpcClient } from '../../../channel/rpc.ts'
import type { Result } from '../../../contract/errors.ts'
import { type EventName, type EventPayload, type Events, events } from '../../../contract/events.ts'
import {
  type Answer,
  type MethodName,
  type Methods,
  methods,
  type Params,
} from '../../../contract/methods.ts'
import type { ConnectToHost, HostConnection } from './connect.ts'

/** What features use to talk to the core. `call` never rejects. */
export interface CoreClient {
  call<Name extends MethodName>(name: Name, params: Params<Name>): Promise<Result<Answer<Name>>>
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): Disposable
}

/**
 * All terminals of this window. Frames posted while the connection is away are
 * dropped: after `onReconnect` every terminal attaches anew and gets its screen
 * from the core.
 */
export interface ByteLink {
  post(frame: ByteFrame): void
  onFrame(listener: (frame: ByteFrame) => void): Disposable
  /** A fresh byte channel is in place; nothing is attached on it yet. */
  onReconnect(listener: () => void): Disposable
}

export type LinkState =
  | { status: 'connecting' }
  | { status: 'connected' }
  | { status: 'lost'; retryAt: number; attempt: number }

/** First retry soon, because a sleeping computer wakes with a dead socket; then back off to spare a host that is gone. */
const retryDelaysInMilliseconds = [250, 1000, 2000, 4000, 8000]

export interface CoreLink extends CoreClient, Disposable {
  readonly bytes: ByteLink
  readonly state: StoreApi<LinkState>
  /** Called on every connection, the one that stands too: time to read the whole state again. */
  onConnected(listener: () => void): Disposable
  /** Tries now instead of at `retryAt`. */
  retryNow(): void
}

export interface Clock {
  now(): number
  /** Calls back after `milliseconds`; dispose to cancel. */
  after(milliseconds: number, callback: () => void): Disposable
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}

function frameOf(message: ChannelMessage): ByteFrame | undefined {
  if (typeof message === 'string') return undefined
  try {
    return decodeByteFrame(message)
  } catch {
    return undefined
  }
}

class Listeners<Payload> {
  readonly #set = new Set<(payload: Payload) => void>()

  add(listener: (payload: Payload) => void): Disposable {
    this.#set.add(listener)
    return { [Symbol.dispose]: () => void this.#set.delete(listener) }
  }

  tell(payload: Payload): void {
    for (const listener of [...this.#set]) listener(payload)
  }
}

/**
 * Keeps the window connected: one link for the life of the page, over as many
 * connections as it takes. Starts connecting at once.
 */
export function createCoreLink(connect: ConnectToHost, clock: Clock = systemClock): CoreLink {
  const state = createStore<LinkState>(() => ({ status: 'connecting' }))
  const connectedListeners = new Listeners<void>()
  const reconnectListeners = new Listeners<void>()
  const frameListeners = new Listeners<ByteFrame>()
  const eventListeners = new Map<EventName, Listeners<never>>()
  let connection: HostConnection | undefined
  let rpc: RpcClient<Methods, Events> | undefined
  const waiting: (() => void)[] = []
  let retry: Disposable | undefined
  let attempt = 0
  let disposed = false

  const drop = () => {
    const dropped = connection
    connection = undefined
    rpc = undefined
    dropped?.rpc.close()
    dropped?.bytes.close()
  }

  const retryLater = () => {
    if (disposed) return
    const delay = retryDelaysInMilliseconds[Math.min(attempt, retryDelaysInMilliseconds.length - 1)] ?? 0
    attempt += 1
    state.setState({ status: 'lost', retryAt: clock.now() + delay, attempt }, true)
    for (const resume of waiting.splice(0)) resume()
    retry = clock.after(delay, () => void open())
  }

  // Half a connection is none: whichever channel ends first takes the other along.
  const loseIfCurrent = (ended: HostConnection) => {
    if (connection !== ended) return
    drop()
    retryLater()
  }

  const adopt = (next: HostConnection) => {
    connection = next
    rpc = createRpcClient({ channel: next.rpc, methods, events })
    for (const [name, listeners] of eventListeners)
      rpc.on(name, (payload) => listeners.tell(payload as never))
    next.bytes.onMessage((message) => {
      const frame = frameOf(message)
      // A peer that does not speak frames is broken or hostile; nothing after that can be trusted.
      if (frame === undefined) next.bytes.close()
      else frameListeners.tell(frame)
    })
    next.rpc.onClose(() => loseIfCurrent(next))
    next.bytes.onClose(() => loseIfCurrent(next))
    attempt = 0
    state.setState({ status: 'connected' }, true)
    for (const resume of waiting.splice(0)) resume()
    connectedListeners.tell()
    reconnectListeners.tell()
  }

  const open = async () => {
    retry?.[Symbol.dispose]()
    retry = undefined
    try {
      const next = await connect()
      if (disposed) {
        next.rpc.close()
        next.bytes.close()
      } else adopt(next)
    } catch {
      retryLater()
    }
  }
  void open()

  const listenersOf = (name: EventName): Listeners<never> => {
    const known = eventListeners.get(name)
    if (known !== undefined) return known
    const created = new Listeners<never>()
    eventListeners.set(name, created)
    rpc?.on(name, (payload) => created.tell(payload as never))
    return created
  }

  return {
    state,
    bytes: {
      post: (frame) => connection?.bytes.post(encodeByteFrame(frame)),
      onFrame: (listener) => frameListeners.add(listener),
      onReconnect: (listener) => reconnectListeners.add(listener),
    },
    async call(name, params) {
      // The first connection is worth waiting for; a lost one is told at once.
      if (rpc === undefined && state.getState().status === 'connecting')
        await new Promise<void>((resume) => waiting.push(resume))
      if (rpc === undefined)
        return {
          ok: false,
          error: {
            code: 'CONNECTION_LOST',
            message: 'The window lost its connection to Porthole.',
            action: 'It connects again by itself.',
            retryable: true,
          },
        }
      return rpc.call(name, params)
    },
    on: (name, listener) => listenersOf(name).add(listener as (payload: never) => void),
    onConnected(listener) {
      if (state.getState().status === 'connected') listener()
      return connectedListeners.add(listener)
    },
    retryNow() {
      if (state.getState().status === 'lost') void open()
    },
    [Symbol.dispose]() {
      disposed = true
      retry?.[Symbol.dispose]()
      drop()
    },
  }
}
