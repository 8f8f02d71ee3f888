import type { ChannelMessage } from './channel.ts'

/**
 * The receiving half that every carrier shares: keeps messages until somebody
 * listens, and remembers that the channel closed for those who ask late.
 */
export class Inbox {
  #waiting: ChannelMessage[] = []
  #messageListeners = new Set<(message: ChannelMessage) => void>()
  #closeListeners = new Set<() => void>()
  #closed = false

  get closed(): boolean {
    return this.#closed
  }

  deliver(message: ChannelMessage): void {
    if (this.#closed) return
    if (this.#messageListeners.size === 0 || this.#waiting.length > 0) this.#waiting.push(message)
    else this.#tell(message)
  }

  onMessage(listener: (message: ChannelMessage) => void): Disposable {
    this.#messageListeners.add(listener)
    // Later, so that all who subscribe in one go get what was kept: RPC and
    // bytes may share a channel, each taking its own kind of message.
    if (this.#waiting.length > 0) queueMicrotask(() => this.#tellWaiting())
    return { [Symbol.dispose]: () => void this.#messageListeners.delete(listener) }
  }

  #tellWaiting(): void {
    while (this.#waiting.length > 0 && this.#messageListeners.size > 0) {
      const message = this.#waiting.shift()
      if (message !== undefined) this.#tell(message)
    }
  }

  #tell(message: ChannelMessage): void {
    for (const listener of [...this.#messageListeners]) listener(message)
  }

  onClose(listener: () => void): Disposable {
    if (this.#closed) {
      queueMicrotask(listener)
      return { [Symbol.dispose]: () => {} }
    }
    this.#closeListeners.add(listener)
    return { [Symbol.dispose]: () => void this.#closeListeners.delete(listener) }
  }

  /** Later calls do nothing, so carriers may call it from every path that ends them. */
  markClosed(): void {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = []
    const listeners = [...this.#closeListeners]
    this.#closeListeners.clear()
    this.#messageListeners.clear()
    for (const listener of listeners) listener()
  }
}
