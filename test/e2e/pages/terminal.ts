import { expect, type Locator, type Page } from '@playwright/test'

/** Playwright's own pace slows to one look a second, which then is most of what a test waits for. */
const looksEveryMilliseconds = 60

/** The terminal in front. Without a graphics card xterm.js draws text as text, so the page can be read. */
export class Terminal {
  readonly window: Page

  constructor(window: Page) {
    this.window = window
  }

  get rows(): Locator {
    return this.window.locator('.xterm-rows:visible')
  }

  /** What is on screen, a line per row, without the blanks at line ends. */
  async text(): Promise<string> {
    const rows = await this.rows.locator('> div').allInnerTexts()
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd()
  }

  async waitForText(pattern: RegExp, timeout = 15_000): Promise<void> {
    await expect
      .poll(() => this.text(), {
        timeout,
        intervals: [looksEveryMilliseconds],
        message: `the terminal shows ${pattern}`,
      })
      .toMatch(pattern)
  }

  /** Waits for the cursor first, as a person does after clicking a tab. */
  async focus(): Promise<void> {
    await this.window.locator('.xterm-screen:visible').first().click()
  }

  async type(text: string): Promise<void> {
    // Not whether it is visible: xterm.js gives this field a size only once the cursor moves.
    await expect(this.window.locator('.xterm-helper-textarea:focus')).toBeAttached()
    await this.window.keyboard.type(text)
  }

  /** Types a line and waits until what it printed matches. */
  async run(line: string, printed: RegExp, timeout?: number): Promise<void> {
    await this.type(`${line}\n`)
    await this.waitForText(printed, timeout)
  }

  async press(key: string): Promise<void> {
    await this.window.keyboard.press(key)
  }

  /** As the browser does it for Ctrl+V, with text of any size. */
  async paste(text: string): Promise<void> {
    await this.window.evaluate((pasted) => {
      const data = new DataTransfer()
      data.setData('text/plain', pasted)
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      document.activeElement?.dispatchEvent(event)
    }, text)
  }

  /** Bytes of output that were drawn since the tab was opened. */
  async drawnBytes(): Promise<number> {
    const text = await this.window.locator('[data-drawn-bytes]:visible').getAttribute('data-drawn-bytes')
    return Number(text)
  }
}
