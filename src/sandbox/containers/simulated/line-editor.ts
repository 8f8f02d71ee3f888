/** What a line editor tells its owner. */
export interface LineEditorEvents {
  /** Text for the terminal. */
  show(text: string): void
  /** Enter: the line without its end. */
  line(text: string): void
  /** Ctrl-C. */
  interrupt(): void
  /** Ctrl-D on an empty line. */
  endOfInput(): void
  /** Ctrl-L: the owner clears the screen and shows its prompt; the line follows. */
  clear(): void
}

/**
 * Typing on one line at its end: backspace, Ctrl-U, Ctrl-C, Ctrl-D, Ctrl-L and
 * history with the arrow keys. Other escape sequences are swallowed whole.
 */
export class LineEditor {
  readonly #events: LineEditorEvents
  readonly #decoder = new TextDecoder()
  readonly #history: string[] = []
  #characters: string[] = []
  #historyIndex = 0
  #pending = ''

  constructor(events: LineEditorEvents) {
    this.#events = events
  }

  write(bytes: Uint8Array): void {
    this.#pending += this.#decoder.decode(bytes, { stream: true })
    while (this.#pending !== '') {
      const key = takeKey(this.#pending)
      if (key === undefined) return
      this.#pending = this.#pending.slice(key.length)
      this.#press(key)
    }
  }

  #press(key: string): void {
    switch (key) {
      case '\r':
      case '\n':
        this.#enter()
        break
      case '\x7f':
      case '\b':
        if (this.#characters.pop() !== undefined) this.#events.show('\b \b')
        break
      case '\x15':
        this.#replace('')
        break
      case '\x03':
        this.#characters = []
        this.#events.show('^C\r\n')
        this.#events.interrupt()
        break
      case '\x04':
        if (this.#characters.length === 0) this.#events.endOfInput()
        break
      case '\x0c':
        this.#events.clear()
        this.#events.show(this.#characters.join(''))
        break
      case '\x1b[A':
      case '\x1bOA':
        this.#recall(this.#historyIndex - 1)
        break
      case '\x1b[B':
      case '\x1bOB':
        this.#recall(this.#historyIndex + 1)
        break
      default:
        if (key >= ' ') this.#insert(key)
    }
  }

  #insert(character: string): void {
    this.#characters.push(character)
    this.#events.show(character)
  }

  #enter(): void {
    const line = this.#characters.join('')
    this.#characters = []
    if (line.trim() !== '') this.#history.push(line)
    this.#historyIndex = this.#history.length
    this.#events.show('\r\n')
    this.#events.line(line)
  }

  #recall(index: number): void {
    if (index < 0 || index > this.#history.length) return
    this.#historyIndex = index
    this.#replace(this.#history[index] ?? '')
  }

  #replace(text: string): void {
    this.#events.show('\b \b'.repeat(this.#characters.length) + text)
    this.#characters = [...text]
  }
}

/** The first key of the text: a character or an escape sequence; undefined while the latter is not complete. */
function takeKey(text: string): string | undefined {
  if (!text.startsWith('\x1b')) return String.fromCodePoint(text.codePointAt(0) ?? 0)
  if (text.length === 1) return undefined
  const introducer = text.charAt(1)
  if (introducer === 'O') return text.length < 3 ? undefined : text.slice(0, 3)
  if (introducer !== '[') return text.slice(0, 2)
  for (let index = 2; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // The final byte of a control sequence, ECMA-48 section 5.4.
    if (code >= 0x40 && code <= 0x7e) return text.slice(0, index + 1)
  }
  return undefined
}
