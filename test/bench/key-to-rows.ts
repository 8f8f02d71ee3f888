import type { Page } from '@playwright/test'
import type { BenchResult } from './bench-result.ts'
import { quantile } from './statistics.ts'

/** What a person does not notice. */
const budgetMilliseconds = 50

/**
 * Milliseconds from a key to the frame that shows the last change of the rows it causes.
 *
 * @param list selector of what holds the rows; the whole page when it is not there
 */
export async function keyToRows(page: Page, key: string, list: string): Promise<number> {
  await page.evaluate((selector) => {
    const { promise, resolve } = Promise.withResolvers<number>()
    window.rowsChanged = promise
    /** Frames without a change after which the rows are taken for final. */
    const quietFrames = 6
    const list = document.querySelector(selector) ?? document.body
    const watch = () => {
      const pressedAt = performance.now()
      let paintedAt = pressedAt
      let changed = false
      let quiet = 0
      const observer = new MutationObserver(() => {
        changed = true
      })
      observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true })
      requestAnimationFrame(function frame() {
        if (changed) paintedAt = performance.now()
        quiet = changed ? 0 : quiet + 1
        changed = false
        if (quiet < quietFrames) return requestAnimationFrame(frame)
        observer.disconnect()
        resolve(paintedAt - pressedAt)
      })
    }
    addEventListener('keydown', watch, { capture: true, once: true })
  }, list)
  await page.keyboard.press(key)
  return page.evaluate(() => window.rowsChanged)
}

/** Types texts into the search that is open, each after the other is gone: the p95 of all their keys. */
export async function searchResult(page: Page, name: string, texts: readonly string[]): Promise<BenchResult> {
  const input = page.getByRole('combobox')
  await input.waitFor()
  const times: number[] = []
  for (const text of texts) {
    for (const key of text) times.push(await keyToRows(page, key === ' ' ? 'Space' : key, '[role=listbox]'))
    await input.fill('')
  }
  return keyResult(name, times)
}

export function keyResult(name: string, times: readonly number[]): BenchResult {
  return {
    name,
    value: quantile(times, 0.95),
    unit: 'ms',
    spread: { low: Math.min(...times), high: Math.max(...times) },
    budget: { atMost: budgetMilliseconds },
  }
}

declare global {
  interface Window {
    rowsChanged: Promise<number>
  }
}
