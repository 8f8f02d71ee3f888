import type { Channel } from '../../../channel/channel.ts'
import { createMessagePortChannel } from '../../../channel/message-port-channel.ts'
import { createWebSocketChannel } from '../../../channel/web-socket-channel.ts'

/** The two channels of a window: calls and events as text, terminals as byte frames. */
export interface HostConnection {
  readonly rpc: Channel
  readonly bytes: Channel
}

export type ConnectToHost = () => Promise<HostConnection>

/** Said to the window itself; a preload script answers it with `portsMessage` and two ports. */
export const portsRequest = 'porthole:request-ports'
/** `{ type: portsMessage }`, ports: `[rpc, bytes]`. */
export const portsMessage = 'porthole:ports'

/**
 * Connects to whatever serves this page. The only place that knows there are
 * two kinds: a page that came over HTTP talks back over WebSockets on its own
 * origin, any other page has a preload script that hands over message ports.
 */
export const connectToHost: ConnectToHost = () =>
  location.protocol === 'http:' || location.protocol === 'https:' ? connectSockets() : receivePorts()

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
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      // Frames cannot reach this window with a message of its own window as source.
      if (event.source !== window || event.data?.type !== portsMessage) return
      const [rpc, bytes] = event.ports
      if (rpc === undefined || bytes === undefined) return
      window.removeEventListener('message', receive)
      resolve({ rpc: createMessagePortChannel(rpc), bytes: createMessagePortChannel(bytes) })
    }
    window.addEventListener('message', receive)
    window.postMessage({ type: portsRequest }, location.origin === 'null' ? '*' : location.origin)
  })
}
