import type { IParser, Terminal } from '@xterm/headless'

/**
 * Screen state that a terminal has and @xterm/addon-serialize 0.14 leaves out:
 * hidden cursor, cursor shape, how the mouse is reported, scroll region.
 */
export interface ScreenModes extends Disposable {
  /** Sequences that put a terminal with the same content into the same modes, cursor included. */
  serialize(): string
  /** A resize makes the scroll region the whole screen again. */
  resized(): void
}

interface ScrollRegion {
  /** 1-based, as in `CSI top ; bottom r`. */
  top: number
  bottom: number
}

const cursorVisibleMode = 25
const mouseEncodingModes = new Set([1006, 1016])
const alternateScreenModes = new Set([47, 1047, 1049])

export function createScreenModes(terminal: Terminal): ScreenModes {
  const parser: IParser = terminal.parser
  let cursorHidden = false
  let cursorShape: number | undefined
  let mouseEncoding: number | undefined
  const regions: { normal?: ScrollRegion; alternate?: ScrollRegion } = {}

  const reset = () => {
    cursorHidden = false
    cursorShape = undefined
    mouseEncoding = undefined
    delete regions.normal
    delete regions.alternate
  }
  const setMode = (mode: number, on: boolean) => {
    if (mode === cursorVisibleMode) cursorHidden = !on
    if (mouseEncodingModes.has(mode)) mouseEncoding = on ? mode : undefined
    if (alternateScreenModes.has(mode)) delete regions.alternate
  }
  const setRegion = (top: number, bottom: number) => {
    const isWhole = top === 1 && bottom === terminal.rows
    if (isWhole || top >= bottom) delete regions[terminal.buffer.active.type]
    else regions[terminal.buffer.active.type] = { top, bottom }
  }

  // Every handler answers false: it only watches, xterm's own handler still runs.
  const handlers = [
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
      for (const mode of modes) if (typeof mode === 'number') setMode(mode, true)
      return false
    }),
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, (modes) => {
      for (const mode of modes) if (typeof mode === 'number') setMode(mode, false)
      return false
    }),
    parser.registerCsiHandler({ final: 'r' }, ([top, bottom]) => {
      const last = typeof bottom === 'number' && bottom > 0 ? Math.min(bottom, terminal.rows) : terminal.rows
      setRegion(typeof top === 'number' && top > 0 ? top : 1, last)
      return false
    }),
    parser.registerCsiHandler({ intermediates: ' ', final: 'q' }, ([shape]) => {
      cursorShape = typeof shape === 'number' && shape > 0 ? shape : undefined
      return false
    }),
    parser.registerCsiHandler({ intermediates: '!', final: 'p' }, () => {
      reset()
      return false
    }),
    parser.registerEscHandler({ final: 'c' }, () => {
      reset()
      return false
    }),
  ]

  /** Setting a region or origin mode moves the cursor home, so it is placed again behind them. */
  const serializeRegion = (): string => {
    const { active } = terminal.buffer
    const region = regions[active.type]
    const { originMode } = terminal.modes
    if (region === undefined && !originMode) return ''
    const margins = region === undefined ? '' : `\x1b[${region.top};${region.bottom}r`
    const firstRow = originMode && region !== undefined ? region.top : 1
    const row = Math.max(1, active.cursorY + 2 - firstRow)
    return `${margins}\x1b[${row};${active.cursorX + 1}H`
  }

  return {
    serialize() {
      const shape = cursorShape === undefined ? '' : `\x1b[${cursorShape} q`
      const mouse = mouseEncoding === undefined ? '' : `\x1b[?${mouseEncoding}h`
      return serializeRegion() + shape + mouse + (cursorHidden ? '\x1b[?25l' : '')
    },
    resized() {
      delete regions.normal
      delete regions.alternate
    },
    [Symbol.dispose]() {
      for (const handler of handlers) handler.dispose()
    },
  }
}
