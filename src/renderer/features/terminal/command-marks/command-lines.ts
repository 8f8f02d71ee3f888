import type { IMarker, Terminal } from '@xterm/xterm'

/** Commands that can be found again; older ones have usually left the scrollback by then. */
const mostCommands = 500

/** How prompts of shells and clients end. Not `> ` alone: that asks for the rest of a command. */
const promptEnd = /(?:[$#%❯➜»]|[^\s>]>) ?$/

/** What the shell says of itself: `OSC 133` and, with more letters, `OSC 633`. */
const markIdentifiers = [133, 633]
const markPattern = /^([BCD])(?:;(\d{1,3}))?(?:;|$)/

const enter = '\r'
const rubout = '\x7f'
/** Ctrl-C, Ctrl-D and Ctrl-U leave nothing of what was typed on the line. */
const discarding = ['\x03', '\x04', '\x15']

/** Where a command was entered, and how it ended as far as the shell tells. */
export interface CommandLine {
  /** The row of its prompt; disposed with it. */
  readonly marker: IMarker
  outcome: 'unknown' | 'succeeded' | 'failed'
  exitCode?: number
}

/** What of xterm.js is needed here, so that a terminal without a page will do. */
export type CommandScreen = Pick<Terminal, 'parser' | 'buffer' | 'registerMarker'>

interface Prompt {
  readonly marker: IMarker
  /** Where what is typed begins. */
  readonly column: number
  /** The shell announced it, so the shell also tells how the command ends. */
  readonly marked: boolean
  typed: boolean
}

/**
 * Finds the rows on which commands were entered: where the shell marks them, by
 * its marks and with exit codes; else where Enter was pressed behind something
 * that ends as prompts do. Only for finding one's way on the screen. What counts
 * as a command in the history is decided in the core, which reads more.
 */
export class CommandLines implements Disposable {
  readonly #screen: CommandScreen
  readonly #changed: (line: CommandLine) => void
  readonly #handlers: Disposable[]
  #lines: CommandLine[] = []
  #prompt: Prompt | undefined
  /** The command whose end the shell will tell. */
  #running: CommandLine | undefined

  /** @param changed told of every new line, and again when its outcome is known */
  constructor(screen: CommandScreen, changed: (line: CommandLine) => void) {
    this.#screen = screen
    this.#changed = changed
    this.#handlers = markIdentifiers.map((identifier) => {
      const handler = screen.parser.registerOscHandler(identifier, (data) => this.#mark(data))
      return { [Symbol.dispose]: () => handler.dispose() }
    })
  }

  /** Oldest first. */
  get all(): readonly CommandLine[] {
    return this.#lines
  }

  /** Call with what goes to the shell, before it goes. */
  typed(text: string): void {
    if (this.#isAlternate()) return
    if (this.#prompt === undefined || !this.#isOnLineOf(this.#prompt)) this.#lookForPrompt()
    const prompt = this.#prompt
    if (prompt === undefined) return
    if (discarding.some((key) => text.includes(key))) prompt.typed = false
    // Arrows, and the terminal's own answers, are escape sequences.
    else if (text >= ' ' && text !== rubout) prompt.typed = true
    if (text.includes(enter)) this.#entered(prompt)
  }

  /** The last command above a row of the buffer. */
  before(row: number): CommandLine | undefined {
    return this.#lines.findLast(({ marker }) => marker.line < row)
  }

  /** The first command below a row of the buffer. */
  after(row: number): CommandLine | undefined {
    return this.#lines.find(({ marker }) => marker.line > row)
  }

  [Symbol.dispose](): void {
    for (const handler of this.#handlers) handler[Symbol.dispose]()
    for (const { marker } of [...this.#lines]) marker.dispose()
    this.#setPrompt(undefined)
  }

  #mark(data: string): boolean {
    const [, letter, code] = markPattern.exec(data) ?? []
    if (letter === undefined || this.#isAlternate()) return true
    if (letter === 'B') this.#setPrompt({ ...this.#placeOfCursor(0), marked: true, typed: false })
    else if (letter === 'C') this.#begun()
    else this.#ended(code === undefined ? undefined : Number(code))
    return true
  }

  #begun(): void {
    if (this.#prompt?.marked === true) this.#add(this.#prompt)
  }

  /** Also the first word of a command where the shell has no mark for its beginning. */
  #ended(exitCode: number | undefined): void {
    if (this.#prompt?.marked === true && this.#hasText(this.#prompt)) this.#add(this.#prompt)
    this.#setPrompt(undefined)
    const line = this.#running
    this.#running = undefined
    if (line === undefined || exitCode === undefined) return
    line.exitCode = exitCode
    line.outcome = exitCode === 0 ? 'succeeded' : 'failed'
    this.#changed(line)
  }

  #entered(prompt: Prompt): void {
    if (prompt.typed || this.#hasText(prompt)) this.#add(prompt)
    // A shell that marks has the same prompt still, for the further lines of the command.
    else if (!prompt.marked) this.#setPrompt(undefined)
  }

  #add(prompt: Prompt): void {
    this.#prompt = undefined
    const { marker, marked } = prompt
    const last = this.#lines.at(-1)
    // Enter again before the far end has answered the first one: the same row. Who types as soon as the
    // prompt is drawn may be ahead of its mark, and then the shell tells the end of this one.
    if (marker.isDisposed || last?.marker.line === marker.line) {
      if (marked && !marker.isDisposed) this.#running = last
      marker.dispose()
      return
    }
    const line: CommandLine = { marker, outcome: 'unknown' }
    this.#lines.push(line)
    if (marked) this.#running = line
    marker.onDispose(() => {
      this.#lines = this.#lines.filter((other) => other !== line)
    })
    if (this.#lines.length > mostCommands) this.#lines[0]?.marker.dispose()
    this.#changed(line)
  }

  #lookForPrompt(): void {
    const { cursorX } = this.#buffer
    const before = this.#buffer.getLine(this.#cursorRow)?.translateToString(false, 0, cursorX) ?? ''
    const found = promptEnd.test(before)
      ? { ...this.#placeOfCursor(cursorX), marked: false, typed: false }
      : undefined
    this.#setPrompt(found)
  }

  #placeOfCursor(column: number): { marker: IMarker; column: number } {
    return { marker: this.#screen.registerMarker(0), column: column === 0 ? this.#buffer.cursorX : column }
  }

  #setPrompt(prompt: Prompt | undefined): void {
    this.#prompt?.marker.dispose()
    this.#prompt = prompt
  }

  /** Whether the cursor is on the row of a prompt, or on one that goes on from it. */
  #isOnLineOf({ marker, marked }: Prompt): boolean {
    if (marker.isDisposed) return false
    // What is behind a mark is for that prompt until the shell says more.
    if (marked) return true
    let row = this.#cursorRow
    while (row > marker.line && this.#buffer.getLine(row)?.isWrapped === true) row--
    return row === marker.line
  }

  #hasText({ marker, column }: Prompt): boolean {
    const line = marker.isDisposed ? undefined : this.#buffer.getLine(marker.line)
    return line !== undefined && line.translateToString(true, column).trim() !== ''
  }

  #isAlternate(): boolean {
    return this.#buffer.type === 'alternate'
  }

  get #buffer() {
    return this.#screen.buffer.active
  }

  get #cursorRow(): number {
    return this.#buffer.baseY + this.#buffer.cursorY
  }
}
