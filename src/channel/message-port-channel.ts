import type { Channel, ChannelMessage } from './channel.ts'
import { Inbox } from './inbox.ts'

/** The part of a message port that DOM, Node and Electron have in common. */
interface PortBase {
  postMessage(message: unknown): void
  /** DOM and Electron queue until it is called; Node has it and does not need it. */
  start?(): void
  close?(): void
  /** A Node `Worker` has this instead of `close`. */
  terminate?(): unknown
}

interface EventTargetPort extends PortBase {
  // biome-ignore lint/suspicious/noExplicitAny: the listener's parameter differs per runtime and is checked in `messageOf`
  addEventListener(type: 'message' | 'close', listener: (event: any) => void): void
}

interface EmitterPort extends PortBase {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  on(type: 'message' | 'close' | 'exit', listener: (event: any) => void): unknown
}

export type PortLike = EventTargetPort | EmitterPort

/**
 * Said before a port is closed: Electron's ports and older DOM ports do not
 * tell the other end. No channel message is ever `null`.
 */
const goodbye = null

/**
 * A channel over a DOM MessagePort, a worker_threads MessagePort or Worker, or
 * an Electron MessagePortMain. The channel owns the port and closes it; a
 * Worker is only said goodbye to, because its owner decides when it ends.
 */
export function createMessagePortChannel(port: PortLike): Channel {
  const inbox = new Inbox()

  const receive = (event: unknown) => {
    const message = messageOf(event)
    if (message === goodbye) {
      inbox.markClosed()
      port.close?.()
    } else if (message !== undefined) inbox.deliver(message)
  }
  if ('on' in port) {
    port.on('message', receive)
    port.on('close', () => inbox.markClosed())
    port.on('exit', () => inbox.markClosed())
  } else {
    port.addEventListener('message', receive)
    port.addEventListener('close', () => inbox.markClosed())
  }
  port.start?.()

  return {
    post(message: ChannelMessage) {
      if (!inbox.closed) port.postMessage(typeof message === 'string' ? message : detached(message))
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      if (inbox.closed) return
      port.postMessage(goodbye)
      inbox.markClosed()
      port.close?.()
    },
    pendingBytes: 0,
  }
}

/**
 * Structured clone copies the whole buffer behind a view; a small view on a
 * large pool (every Node Buffer is one) would drag the pool along.
 */
function detached(bytes: Uint8Array): Uint8Array {
  const wholeBuffer = bytes.byteLength === bytes.buffer.byteLength && bytes.constructor === Uint8Array
  return wholeBuffer ? bytes : new Uint8Array(bytes)
}

/** Node hands over the message itself; DOM and Electron wrap it in an event. Foreign things become `undefined`. */
function messageOf(event: unknown): ChannelMessage | typeof goodbye | undefined {
  const isEvent =
    typeof event === 'object' && event !== null && !(event instanceof Uint8Array) && 'data' in event
  const message = isEvent ? event.data : event
  if (typeof message === 'string' || message instanceof Uint8Array || message === goodbye) return message
  return undefined
}
