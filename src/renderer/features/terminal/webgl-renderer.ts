import { WebglAddon } from '@xterm/addon-webgl'
import type { Terminal } from '@xterm/xterm'

/**
 * Chromium gives a page 16 WebGL contexts and takes the oldest away after that;
 * half of them leaves room for whatever else draws.
 */
const mostContexts = 8

let contextsInUse = 0
let suitable: boolean | undefined

/**
 * Draws a terminal with the graphics card while it is on screen. xterm's DOM
 * renderer takes over whenever that is not possible, so nothing here can fail.
 */
export class WebglRenderer implements Disposable {
  readonly #terminal: Terminal
  #addon: WebglAddon | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(): void {
    if (this.#addon !== undefined || contextsInUse >= mostContexts || !isSuitable()) return
    const addon = new WebglAddon()
    try {
      this.#terminal.loadAddon(addon)
    } catch {
      // One refusal is enough: a card that fails now fails for the next terminal too.
      suitable = false
      addon.dispose()
      return
    }
    contextsInUse += 1
    this.#addon = addon
    addon.onContextLoss(() => {
      this.hide()
      // The DOM renderer draws only rows that change; everything is new to it.
      this.#terminal.refresh(0, this.#terminal.rows - 1)
    })
  }

  /** Gives the context back; a hidden terminal needs none. */
  hide(): void {
    if (this.#addon === undefined) return
    const addon = this.#addon
    this.#addon = undefined
    contextsInUse -= 1
    addon.dispose()
  }

  /** Throws cached glyphs away, which go wrong when a graphics card sleeps or the display changes. */
  redraw(): void {
    this.#addon?.clearTextureAtlas()
    this.#terminal.refresh(0, this.#terminal.rows - 1)
  }

  [Symbol.dispose](): void {
    this.hide()
  }
}

/** Without a real graphics card the DOM renderer is as fast, and opens ten times sooner. */
function isSuitable(): boolean {
  suitable ??= hasGraphicsCard()
  return suitable
}

function hasGraphicsCard(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  if (context === null) return false
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const name = String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return !/swiftshader|llvmpipe|software|basic render/i.test(name)
}
