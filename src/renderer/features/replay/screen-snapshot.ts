import type { SerializeAddon } from '@xterm/addon-serialize'
import type { Terminal } from '@xterm/xterm'

type Parsed = Pick<Terminal, 'buffer' | 'parser'>

/**
 * Takes snapshots of a terminal that bring a blank one to the same state. The
 * serialize addon knows cells and most modes; what it does not know is watched
 * here: the cursor's visibility is added, and a state that no text can bring
 * back (margins, line drawing, the alternate screen) gives no snapshot.
 */
export class ScreenSnapshots implements Disposable {
  readonly #terminal: Parsed
  readonly #serializer: SerializeAddon
  readonly #watching: { dispose(): void }[]
  #cursorHidden = false
  #marginsSet = false
  #lineDrawing = false

  constructor(terminal: Parsed, serializer: SerializeAddon) {
    this.#terminal = terminal
    this.#serializer = serializer
    const { parser } = terminal
    // Each answers "not handled", so the terminal acts on it too.
    this.#watching = [
      parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => this.#noteCursor(params, false)),
      parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => this.#noteCursor(params, true)),
      parser.registerCsiHandler({ final: 'r' }, (params) => {
        this.#marginsSet = params.some((param) => param !== 0)
        return false
      }),
      parser.registerCsiHandler({ intermediates: '!', final: 'p' }, () => this.#forget()),
      parser.registerEscHandler({ final: 'c' }, () => this.#forget()),
      parser.registerEscHandler({ intermediates: '(', final: '0' }, () => this.#noteLineDrawing(true)),
      parser.registerEscHandler({ intermediates: '(', final: 'B' }, () => this.#noteLineDrawing(false)),
    ]
  }

  /** @param scrollback lines above the screen to keep */
  take(scrollback: number): string | undefined {
    const isAlternate = this.#terminal.buffer.active.type === 'alternate'
    if (isAlternate || this.#marginsSet || this.#lineDrawing) return undefined
    return this.#serializer.serialize({ scrollback }) + (this.#cursorHidden ? '\x1b[?25l' : '')
  }

  [Symbol.dispose](): void {
    for (const watching of this.#watching) watching.dispose()
  }

  #noteCursor(params: readonly (number | number[])[], hidden: boolean): false {
    if (params.includes(25)) this.#cursorHidden = hidden
    return false
  }

  #noteLineDrawing(on: boolean): false {
    this.#lineDrawing = on
    return false
  }

  /** Full and soft reset. */
  #forget(): false {
    this.#cursorHidden = false
    this.#marginsSet = false
    this.#lineDrawing = false
    return false
  }
}
