import type { Channel, ChannelMessage } from './channel.ts'
import { Inbox } from './inbox.ts'

/** What a browser's WebSocket and the one of the `ws` package have in common. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(message: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  // biome-ignore lint/suspicious/noExplicitAny: event classes differ per runtime; only `data` is read, and checked
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: any) => void): void
}

const webSocketConnecting = 0
const webSocketOpen = 1

/** A channel over a WebSocket that is open or still connecting. The channel owns the socket. */
export function createWebSocketChannel(socket: WebSocketLike): Channel {
  const inbox = new Inbox()
  let waitingForOpen: ChannelMessage[] = []
  socket.binaryType = 'arraybuffer'

  const send = (message: ChannelMessage) =>
    socket.send(typeof message === 'string' ? message : (message as Uint8Array<ArrayBuffer>))

  socket.addEventListener('open', () => {
    for (const message of waitingForOpen) send(message)
    waitingForOpen = []
  })
  socket.addEventListener('message', (event: { data: unknown }) => {
    if (typeof event.data === 'string') inbox.deliver(event.data)
    else if (event.data instanceof ArrayBuffer) inbox.deliver(new Uint8Array(event.data))
  })
  socket.addEventListener('close', () => inbox.markClosed())
  // A close always follows; without a listener `ws` would throw.
  socket.addEventListener('error', () => {})

  return {
    post(message: ChannelMessage) {
      if (inbox.closed) return
      if (socket.readyState === webSocketOpen) send(message)
      else if (socket.readyState === webSocketConnecting)
        waitingForOpen.push(typeof message === 'string' ? message : message.slice())
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      inbox.markClosed()
      socket.close()
    },
    get pendingBytes() {
      return socket.bufferedAmount
    },
  }
}
