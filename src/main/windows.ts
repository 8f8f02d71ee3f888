import { type BrowserWindow, nativeTheme } from 'electron'
import { toErrorValue } from '../contract/errors.ts'
import { parseLink } from '../contract/link.ts'
import type { ArrivedLink } from '../contract/window.ts'
import { AppWindow } from './app-window.ts'

/** A page that crashes this often in this time will crash again; reloading on would only flicker. */
const mostCrashes = 3
const crashesCountedForMilliseconds = 60_000

export interface WindowsOptions {
  preloadFile: string
  platform: NodeJS.Platform
  development: boolean
  /** Whether a window may go now; else the answer, once the person was asked about its shells. */
  mayClose: (window: AppWindow) => true | Promise<boolean>
  onClosed: (window: AppWindow) => void
  /** A page crashed too often to be brought back. */
  onHopeless: () => void
  log: (message: string) => void
}

/** The windows that are open, and the links that wait for one. */
export class Windows {
  readonly #options: WindowsOptions
  readonly #open = new Map<number, AppWindow>()
  #waitingLinks: ArrivedLink[] = []

  constructor(options: WindowsOptions) {
    this.#options = options
  }

  get all(): AppWindow[] {
    return [...this.#open.values()]
  }

  byContentsId(contentsId: number): AppWindow | undefined {
    return this.#open.get(contentsId)
  }

  openWindow(): AppWindow {
    const { preloadFile, platform, development, log } = this.#options
    const window = new AppWindow({
      name: this.#freeName(),
      preloadFile,
      platform,
      development,
      dark: nativeTheme.shouldUseDarkColors,
      openAnother: () => this.openWindow(),
    })
    const { browserWindow } = window
    const contentsId = browserWindow.webContents.id
    this.#open.set(contentsId, window)
    this.#askBeforeClosing(window, browserWindow)
    this.#reloadAfterCrashes(browserWindow)
    browserWindow.once('closed', () => {
      this.#open.delete(contentsId)
      this.#options.onClosed(window)
    })
    window.load().catch((thrown) => log(`The page did not load: ${String(thrown)}`))
    for (const link of this.#waitingLinks.splice(0)) window.arrive(link)
    return window
  }

  /** To the front, or open one. */
  show(): void {
    const window = this.#front()
    if (window === undefined) this.openWindow()
    else window.focus()
  }

  /** Follows links into the window in front; those that come before there is one wait for it. */
  follow(links: readonly string[]): void {
    for (const text of links) this.arrive(readLink(text))
  }

  /** Something came from outside, for the window in front or the first one to be. */
  arrive(arrived: ArrivedLink): void {
    const window = this.#front()
    if (window === undefined) this.#waitingLinks.push(arrived)
    else window.arrive(arrived)
  }

  #freeName(): string {
    const taken = new Set(this.all.map(({ name }) => name))
    let number = 1
    while (taken.has(`window-${number}`)) number++
    return `window-${number}`
  }

  #front(): AppWindow | undefined {
    return this.all.find(({ browserWindow }) => browserWindow.isFocused()) ?? this.all.at(-1)
  }

  #askBeforeClosing(window: AppWindow, browserWindow: BrowserWindow): void {
    let asking = false
    browserWindow.on('close', (event) => {
      // The question is on the screen already.
      if (asking) return event.preventDefault()
      const answer = this.#options.mayClose(window)
      // Prevented, it would keep the app from quitting.
      if (answer === true) return
      event.preventDefault()
      asking = true
      answer
        .then((may) => {
          // Not `close`, which would ask again.
          if (may && !browserWindow.isDestroyed()) browserWindow.destroy()
        })
        .catch((thrown) => this.#options.log(`Closing a window: ${String(thrown)}`))
        .finally(() => {
          asking = false
        })
    })
  }

  /** The core and its shells live on; a fresh page finds them. */
  #reloadAfterCrashes(browserWindow: BrowserWindow): void {
    let crashes: number[] = []
    browserWindow.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || browserWindow.isDestroyed()) return
      this.#options.log(`The page of a window ended: ${reason}.`)
      const now = Date.now()
      crashes = [...crashes.filter((at) => now - at < crashesCountedForMilliseconds), now]
      if (crashes.length > mostCrashes) this.#options.onHopeless()
      else browserWindow.webContents.reload()
    })
  }
}

function readLink(text: string): ArrivedLink {
  try {
    return { link: parseLink(text) }
  } catch (thrown) {
    return { refused: toErrorValue(thrown) }
  }
}
