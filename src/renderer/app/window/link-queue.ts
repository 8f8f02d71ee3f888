import type { Link } from '../../../contract/link.ts'

/** Links that somebody wants to follow in this window, for whoever follows them. */
export interface LinkQueue {
  follow(link: Link): void
  onFollow(listener: (link: Link) => void): Disposable
}

export function createLinkQueue(): LinkQueue {
  const listeners = new Set<(link: Link) => void>()
  return {
    follow(link) {
      for (const listener of listeners) listener(link)
    },
    onFollow(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}
