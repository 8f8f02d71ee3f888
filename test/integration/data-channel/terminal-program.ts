import { type IPty, type IPtyForkOptions, spawn } from 'node-pty'

/** Long enough for a loaded machine; a test that gets here has failed. */
const patience = 25_000

/** A program on a terminal of its own: what it showed, and a way to wait for more. */
export class TerminalProgram implements AsyncDisposable {
  readonly #pty: IPty
  readonly #looks = new Set<() => void>()
  readonly exited: Promise<number>
  shown = ''

  constructor(file: string, argv: string[], options: IPtyForkOptions) {
    this.#pty = spawn(file, argv, options)
    this.#pty.onData((data) => {
      this.shown += data
      for (const look of this.#looks) look()
    })
    this.exited = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  /** One write per key, as fingers do: the plugin treats Enter in a longer chunk otherwise. */
  type(text: string): void {
    for (const key of text) this.#pty.write(key)
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows)
  }

  /** Resolves when `part` was shown; rejects when the program ends or time runs out before. */
  async untilShown(part: string | RegExp): Promise<void> {
    const has = () => (typeof part === 'string' ? this.shown.includes(part) : part.test(this.shown))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => {
      if (has()) resolve()
    }
    const fail = (why: string) => reject(new Error(`${why} before ${part}: ${JSON.stringify(this.shown)}`))
    const timer = setTimeout(() => fail('Time ran out'), patience)
    void this.exited.then(() => fail('The program ended'))
    this.#looks.add(look)
    look()
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#looks.delete(look)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#pty.kill('SIGKILL')
    } catch {
      // It has ended by itself.
    }
    await this.exited
  }
}
