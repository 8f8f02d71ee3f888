import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MessageChannel as NodeMessageChannel } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import { createChannelPair } from '../../../src/channel/in-process-channel.ts'
import { createMessagePortChannel, type PortLike } from '../../../src/channel/message-port-channel.ts'
import { createWebSocketChannel, type WebSocketLike } from '../../../src/channel/web-socket-channel.ts'
import { describeChannelConformance } from './conformance.ts'

describeChannelConformance({
  name: 'the inside of a process',
  open: async () => {
    const ends = createChannelPair()
    return { ends, dispose: () => ends[0].close() }
  },
})

describeChannelConformance({
  name: 'Node message ports',
  open: async () => {
    const { port1, port2 } = new NodeMessageChannel()
    const ends: Parameters<typeof pair> = [port1, port2]
    return pair(...ends)
  },
})

describeChannelConformance({
  name: 'event-target message ports, as in a page',
  open: async () => {
    const { port1, port2 } = new NodeMessageChannel()
    return pair(asEventTarget(port1), asEventTarget(port2))
  },
})

describeChannelConformance({
  name: 'a WebSocket',
  open: async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const [accepted] = (await once(server, 'connection')) as [WebSocket]
    return {
      ends: [
        createWebSocketChannel(client as WebSocketLike),
        createWebSocketChannel(accepted as WebSocketLike),
      ],
      dispose: async () => {
        client.terminate()
        accepted.terminate()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
})

function pair(left: PortLike, right: PortLike) {
  const ends: [ReturnType<typeof createMessagePortChannel>, ReturnType<typeof createMessagePortChannel>] = [
    createMessagePortChannel(left),
    createMessagePortChannel(right),
  ]
  return { ends, dispose: () => ends[0].close() }
}

/** Hides Node's `on`, so that the carrier meets what a page gives it. */
function asEventTarget(port: import('node:worker_threads').MessagePort): PortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    close: () => port.close(),
    start: () => port.start(),
    addEventListener: (type, listener) => port.addEventListener(type, listener),
  }
}
