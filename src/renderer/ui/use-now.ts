import { useSyncExternalStore } from 'react'

interface Ticker {
  subscribe(listener: () => void): () => void
  read(): number
}

/** One timer per pace for the whole page, running only while someone looks. */
function createTicker(interval: number): Ticker {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let now = Date.now()
  return {
    subscribe(listener) {
      listeners.add(listener)
      now = Date.now()
      timer ??= setInterval(() => {
        now = Date.now()
        for (const tell of [...listeners]) tell()
      }, interval)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    read: () => (timer === undefined ? roundedNow(interval) : now),
  }
}

/** Stable between two reads of one render, as React asks of a snapshot. */
function roundedNow(interval: number): number {
  return Math.floor(Date.now() / interval) * interval
}

const tickers = { second: createTicker(1000), minute: createTicker(30_000) }

/** The time, renewed at the given pace; for ages and countdowns. */
export function useNow(pace: keyof typeof tickers = 'second'): number {
  const ticker = tickers[pace]
  return useSyncExternalStore(ticker.subscribe, ticker.read)
}
