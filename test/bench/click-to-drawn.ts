import type { Page } from '@playwright/test'

/** What must be there, by a name: so many elements of a selector at least. */
export type Drawing<Name extends string> = Record<Name, { selector: string; atLeast: number }>

/** Far beyond any budget; for a part that never comes. */
const drawnLimitMilliseconds = 60_000

/** Milliseconds from a click, or a key, to the end of the frame that shows each part for the first time. */
export async function clickToDrawn<Name extends string>(
  page: Page,
  act: () => Promise<void>,
  parts: Drawing<Name>,
  begins: 'click' | 'keydown' = 'click',
): Promise<Record<Name, number>> {
  const order: { parts: Drawing<string>; limit: number; begins: 'click' | 'keydown' } = {
    parts,
    limit: drawnLimitMilliseconds,
    begins,
  }
  await page.evaluate(({ parts, limit, begins }) => {
    const { promise, resolve } = Promise.withResolvers<Record<string, number | undefined>>()
    window.partsDrawn = promise
    const isThere = (name: string) => {
      const { selector, atLeast } = parts[name] ?? { selector: ':not(*)', atLeast: 1 }
      return document.querySelectorAll(selector).length >= atLeast
    }
    const watch = ({ timeStamp: clickedAt }: Event) => {
      const drawn: Record<string, number> = {}
      requestAnimationFrame(function frame() {
        const fresh = Object.keys(parts).filter((name) => drawn[name] === undefined && isThere(name))
        for (const name of fresh) drawn[name] = Number.NaN
        // A message that a frame sends arrives when the frame was laid out and painted.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => {
          for (const name of fresh) drawn[name] = performance.now() - clickedAt
          const late = performance.now() - clickedAt > limit
          if (late || Object.keys(drawn).length === Object.keys(parts).length) resolve(drawn)
          else requestAnimationFrame(frame)
        }
        port2.postMessage(undefined)
      })
    }
    addEventListener(begins, watch, { capture: true, once: true })
  }, order)
  await act()
  const drawn = await page.evaluate(() => window.partsDrawn)
  const missing = Object.keys(parts).filter((name) => drawn[name] === undefined)
  if (missing.length > 0) throw new Error(`Never drawn: ${missing.join(', ')}`)
  return drawn as Record<Name, number>
}

declare global {
  interface Window {
    partsDrawn: Promise<Record<string, number | undefined>>
  }
}
