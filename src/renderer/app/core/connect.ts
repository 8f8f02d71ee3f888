import type { Channel } from '../../../channel/channel.ts'
import { createMessagePortChannel } from '../../../channel/message-port-channel.ts'
import { createWebSocketChannel } from '../../../channel/web-socket-channel.ts'
import { portsMessage, portsRequest } from '../../../contract/ports.ts'

/** The two channels of a window: calls and events as text, terminals as byte frames. */
export interface HostConnection {
  readonly rpc: Channel
  readonly bytes: Channel
}

export type ConnectToHost = () => Promise<HostConnection>

/** A host that starts is slow at most; one that does not answer for this long is asked again. */
const portsPatienceMilliseconds = 10_000

/**
 * Connects to whatever serves this page. The only place that knows there are
 * two kinds: the browser host is at 127.0.0.1 and nowhere else, and is talked to
 * over WebSockets; any other page has a preload script that hands over message
 * ports.
 */
export const connectToHost: ConnectToHost = () =>
  location.hostname === '127.0.0.1' ? connectSockets() : receivePorts()

async function connectSockets(): Promise<HostConnection> {
  const rpc = openSocket('/rpc')
  const bytes = openSocket('/bytes')
  await Promise.all([opened(rpc), opened(bytes)])
  return { rpc: createWebSocketChannel(rpc), bytes: createWebSocketChannel(bytes) }
}

function openSocket(path: string): WebSocket {
  const url = new URL(path, location.href)
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(url)
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('close', () => reject(new Error('The host closed the connection')), {
      once: true,
    })
  })
}

function receivePorts(): Promise<HostConnection> {
  const nonce = crypto.randomUUID()
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(patience)
      window.removeEventListener('message', receive)
    }
    const receive = (event: MessageEvent) => {
      // Frames cannot reach this window with a message of its own window as source.
      if (event.source !== window || event.data?.type !== portsMessage || event.data.nonce !== nonce) return
      const [rpc, bytes] = event.ports
      if (rpc === undefined || bytes === undefined) return
      settle()
      resolve({ rpc: createMessagePortChannel(rpc), bytes: createMessagePortChannel(bytes) })
    }
    const patience = setTimeout(() => {
      settle()
      reject(new Error('The host did not hand over its ports'))
    }, portsPatienceMilliseconds)
    window.addEventListener('message', receive)
    window.postMessage({ type: portsRequest, nonce }, location.origin)
  })
}
