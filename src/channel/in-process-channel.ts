import type { Channel, ChannelMessage } from './channel.ts'
import { Inbox } from './inbox.ts'

/**
 * Two ends of a channel inside one process. Delivery waits for a microtask, so
 * that code cannot come to rely on answers inside `post`, which no other
 * carrier gives.
 */
export function createChannelPair(): [Channel, Channel] {
  const left = new Inbox()
  const right = new Inbox()
  return [endOf(left, right), endOf(right, left)]
}

function endOf(own: Inbox, peer: Inbox): Channel {
  return {
    post(message: ChannelMessage) {
      if (own.closed) return
      const copy = typeof message === 'string' ? message : message.slice()
      queueMicrotask(() => peer.deliver(copy))
    },
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close() {
      own.markClosed()
      queueMicrotask(() => peer.markClosed())
    },
    pendingBytes: 0,
  }
}
