import type { Page } from '@playwright/test'

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

declare global {
  interface Window {
    rowsChanged: Promise<number>
  }
}
