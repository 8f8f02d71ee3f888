import type { IDecoration, Terminal } from '@xterm/xterm'
import { type CommandLine, CommandLines } from './command-lines.ts'

/** Rows left above a command that was gone to, so that one sees where one is. */
const rowsAbove = 1

/** Draws a mark beside each command of a terminal, and goes from one to the next. */
export class CommandMarks implements Disposable {
  readonly #terminal: Terminal
  readonly #lines: CommandLines
  readonly #elements = new WeakMap<CommandLine, HTMLElement>()
  readonly #highlightColour: () => string
  /** The command that was gone to, until somebody types. */
  #current: { line: CommandLine; highlight: IDecoration | undefined } | undefined

  /** @param highlightColour of the row that was gone to, as #rrggbb */
  constructor(terminal: Terminal, highlightColour: () => string) {
    this.#terminal = terminal
    this.#highlightColour = highlightColour
    this.#lines = new CommandLines(terminal, (line) => this.#draw(line))
  }

  /** Call with what goes to the shell, before it goes. */
  typed(text: string): void {
    this.#leave()
    this.#lines.typed(text)
  }

  get any(): boolean {
    return this.#lines.all.length > 0
  }

  /** Goes to the command before: the one above where one is, or above the cursor. */
  previous(): void {
    const { baseY, cursorY } = this.#terminal.buffer.normal
    const from = this.#current?.line.marker.line ?? baseY + cursorY
    const line = this.#lines.before(from)
    if (line !== undefined) this.#goTo(line)
  }

  /** Goes to the command after, and from the last one to the end. */
  next(): void {
    const line = this.#current && this.#lines.after(this.#current.line.marker.line)
    if (line === undefined) {
      this.#leave()
      this.#terminal.scrollToBottom()
    } else this.#goTo(line)
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]()
  }

  #goTo(line: CommandLine): void {
    this.#leave()
    this.#terminal.scrollToLine(Math.max(0, line.marker.line - rowsAbove))
    const highlight = this.#terminal.registerDecoration({
      marker: line.marker,
      width: this.#terminal.cols,
      backgroundColor: this.#highlightColour(),
    })
    this.#current = { line, highlight }
  }

  #leave(): void {
    this.#current?.highlight?.dispose()
    this.#current = undefined
  }

  #draw(line: CommandLine): void {
    const known = this.#elements.get(line)
    if (known !== undefined) {
      describe(known, line)
      return
    }
    const decoration = this.#terminal.registerDecoration({ marker: line.marker, layer: 'top' })
    // Within the element: xterm sets the element's own place at every draw.
    const mark = document.createElement('i')
    mark.className = 'command-mark'
    describe(mark, line)
    this.#elements.set(line, mark)
    decoration?.onRender((element) => {
      if (mark.parentElement !== element) element.append(mark)
    })
  }
}

function describe(mark: HTMLElement, { outcome, exitCode }: CommandLine): void {
  mark.dataset.outcome = outcome
  if (outcome === 'failed') mark.title = `Failed with exit code ${exitCode}`
  else if (outcome === 'succeeded') mark.title = 'Exit code 0'
}
