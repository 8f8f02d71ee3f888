import { SearchAddon } from '@xterm/addon-search'
import { SerializeAddon } from '@xterm/addon-serialize'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { type ITheme, Terminal } from '@xterm/xterm'
import type { TerminalSize } from '../../../contract/session.ts'
import { setCharacterWidths } from '../terminal/character-widths.ts'
import { openLink } from '../terminal/open-link.ts'
import { readMatchColours, readTerminalFont, readTerminalTheme } from '../terminal/terminal-theme.ts'
import { WebglRenderer } from '../terminal/webgl-renderer.ts'
import { type CellShape, fitText } from './fit-text.ts'
import type { SearchableScreen } from './screen-driver.ts'
import { ScreenSnapshots } from './screen-snapshot.ts'

/** Enough to scroll up to the command that began it; every keyframe holds a copy. */
const scrollbackLines = 1000

/** DEC private modes with which a program asks for the mouse. */
const mouseModes = new Set([9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016])

/** Steps back through hits in one piece of output; further down in a flood the screen no longer has them. */
const mostStepsToHit = 200

/**
 * The xterm.js of a replay: the same looks as a live terminal and none of its
 * effects. Nothing listens to its bell, title, clipboard or answers, and it
 * takes no input; links need a modifier.
 */
export class ReplayTerminal implements SearchableScreen {
  readonly terminal: Terminal
  readonly element = document.createElement('div')
  readonly #search = new SearchAddon()
  readonly #snapshots: ScreenSnapshots
  readonly #webgl: WebglRenderer
  readonly #resizeObserver: ResizeObserver
  #wantedFontSize: number
  #query = ''

  constructor(fontSize: number) {
    this.#wantedFontSize = fontSize
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorInactiveStyle: 'outline',
      disableStdin: true,
      fontFamily: readTerminalFont(),
      fontSize,
      scrollback: scrollbackLines,
      minimumContrastRatio: 4.5,
      theme: readTerminalTheme(),
      linkHandler: { activate: openLink, allowNonHttpProtocols: false },
    })
    const serializer = new SerializeAddon()
    this.terminal.loadAddon(serializer)
    this.terminal.loadAddon(this.#search)
    this.terminal.loadAddon(new WebLinksAddon(openLink))
    setCharacterWidths(this.terminal)
    this.#snapshots = new ScreenSnapshots(this.terminal, serializer)
    this.#webgl = new WebglRenderer(this.terminal)
    // A recorded program must not take the mouse: here it selects text.
    this.terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) =>
      params.every((param) => typeof param === 'number' && mouseModes.has(param)),
    )
    // xterm.js draws no cursor until it had the keyboard or a program left the alternate screen.
    this.terminal.write('\x1b[?1047l')
    this.#resizeObserver = new ResizeObserver(() => this.#fit())
    this.terminal.onRender(() => this.#keepCursorInSight())
    // Not at once: the terminal is in the midst of what it reads.
    this.terminal.buffer.onBufferChange(() => requestAnimationFrame(() => this.#fit()))
  }

  show(parent: HTMLElement): void {
    parent.append(this.element)
    if (this.terminal.element === undefined) {
      this.terminal.open(this.element)
      this.terminal.textarea?.setAttribute('aria-label', 'Recorded screen')
    }
    this.#resizeObserver.observe(parent)
    this.#fit()
    this.#webgl.show()
  }

  hide(): void {
    this.#resizeObserver.disconnect()
    this.#webgl.hide()
    this.element.remove()
  }

  resize({ cols, rows }: TerminalSize): void {
    this.terminal.resize(cols, rows)
    this.#fit()
  }

  write(text: string, done: () => void): void {
    this.terminal.write(text, done)
  }

  snapshot(): string | undefined {
    return this.#snapshots.take(scrollbackLines)
  }

  applyTheme(): void {
    this.terminal.options.theme = this.#theme()
    this.#webgl.redraw()
  }

  applyFontSize(fontSize: number): void {
    this.#wantedFontSize = fontSize
    this.#fit()
  }

  /** What is on the screen now, without the blanks at the ends of lines. */
  screenText(): string {
    const { active } = this.terminal.buffer
    const lines: string[] = []
    for (let row = 0; row < this.terminal.rows; row += 1)
      lines.push(active.getLine(active.baseY + row)?.translateToString(true) ?? '')
    return lines.join('\n').trimEnd()
  }

  /** Highlights a text wherever it is on the screen and above; empty for none. */
  highlight(query: string): void {
    const isNew = (query === '') !== (this.#query === '')
    this.#query = query
    if (isNew) this.applyTheme()
    if (query === '') {
      this.#search.clearDecorations()
      this.terminal.clearSelection()
    } else this.#search.findPrevious(query, this.#searchOptions())
  }

  /** Marks one hit: the last one on the screen, or so many above it. */
  markHit(above: number): void {
    if (this.#query === '') return
    this.terminal.clearSelection()
    this.terminal.scrollToBottom()
    for (let step = 0; step <= Math.min(above, mostStepsToHit); step += 1)
      this.#search.findPrevious(this.#query, this.#searchOptions())
  }

  [Symbol.dispose](): void {
    this.hide()
    this.#snapshots[Symbol.dispose]()
    this.#webgl[Symbol.dispose]()
    this.terminal.dispose()
  }

  /** The search addon selects the hit it is at, and a selection covers the colour of a mark. */
  #theme(): ITheme {
    const theme = readTerminalTheme()
    return this.#query === '' ? theme : { ...theme, selectionBackground: readMatchColours().current }
  }

  #searchOptions() {
    const colours = readMatchColours()
    return {
      decorations: {
        matchBackground: colours.match,
        matchOverviewRuler: colours.match,
        activeMatchBackground: colours.current,
        activeMatchColorOverviewRuler: colours.current,
      },
    }
  }

  #fit(): void {
    const place = this.element.parentElement
    if (place === null || place.clientWidth === 0 || place.clientHeight === 0) return
    const room = { width: place.clientWidth - scrollBarWidth, height: place.clientHeight }
    const content = this.terminal.buffer.active.type === 'alternate' ? 'fullScreen' : 'flowing'
    const { fontSize, lineHeight } = fitText(this.terminal, room, cellShape(), this.#wantedFontSize, content)
    if (this.terminal.options.fontSize !== fontSize) this.terminal.options.fontSize = fontSize
    if (this.terminal.options.lineHeight !== lineHeight) this.terminal.options.lineHeight = lineHeight
    // xterm.js takes its new size with the next frame.
    requestAnimationFrame(() => this.#keepCursorInSight())
  }

  /** A recording larger than its place scrolls by whole rows; what happens is where the cursor is. */
  #keepCursorInSight(): void {
    const place = this.element.parentElement
    const screen = this.element.querySelector<HTMLElement>('.xterm-screen')
    if (place === null || screen === null) return
    const rowHeight = screen.offsetHeight / this.terminal.rows
    const fits = screen.offsetHeight <= place.clientHeight
    // Room below the last row, so that the first one is not cut when scrolled to the end.
    this.element.style.paddingBottom = fits ? '' : `${place.clientHeight % rowHeight}px`
    if (fits || rowHeight === 0) return
    const rowsInSight = Math.floor(place.clientHeight / rowHeight)
    const firstRow = Math.round(place.scrollTop / rowHeight)
    const { cursorY } = this.terminal.buffer.active
    if (cursorY >= firstRow + rowsInSight) place.scrollTop = (cursorY - rowsInSight + 1) * rowHeight
    else if (cursorY < firstRow) place.scrollTop = cursorY * rowHeight
  }
}

/** xterm.js keeps this much free at the right of its cells. */
const scrollBarWidth = 14

let measured: CellShape | undefined

/** Cell of the terminal's font in em, as xterm.js measures it. */
function cellShape(): CellShape {
  if (measured !== undefined) return measured
  const context = document.createElement('canvas').getContext('2d')
  // Without a canvas there is no terminal either; JetBrains Mono's own shape.
  if (context === null) return { width: 0.6, height: 1.32 }
  const size = 100
  context.font = `${size}px ${readTerminalFont()}`
  const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText('W')
  measured = { width: width / size, height: (fontBoundingBoxAscent + fontBoundingBoxDescent) / size }
  return measured
}
