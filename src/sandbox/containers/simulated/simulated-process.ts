import type { ContainerProcess } from '../container-runtime.ts'
import { LineEditor } from './line-editor.ts'
import type { ShellState } from './simulated-commands.ts'
import { runLine } from './simulated-shell.ts'

type Exit = { code: number; signal?: string }

const banner =
  'This shell is simulated: this system cannot run real containers. Files are in memory; `help` lists the commands.\r\n'

/** A simulated program on a simulated terminal: a shell, or one command line that ends at once. */
export class SimulatedProcess implements ContainerProcess {
  readonly #state: ShellState
  readonly #editor: LineEditor
  #waiting: Uint8Array[] = []
  #outputListener: ((bytes: Uint8Array) => void) | undefined
  #exitListener: ((exit: Exit) => void) | undefined
  #exit: Exit | undefined
  #exitTold = false
  #paused = false

  /** Resolves when it is over, whether or not anybody listens. */
  readonly ended: Promise<void>
  readonly #ended = Promise.withResolvers<void>()

  private constructor(state: ShellState) {
    this.#state = state
    this.ended = this.#ended.promise
    this.#editor = new LineEditor({
      show: (text) => this.#show(text),
      line: (line) => this.#run(line),
      interrupt: () => this.#prompt(),
      endOfInput: () => this.#end({ code: 0 }),
      clear: () => {
        this.#show('\x1b[H\x1b[2J')
        this.#prompt()
      },
    })
  }

  static shell(state: ShellState): SimulatedProcess {
    const process = new SimulatedProcess(state)
    process.#show(banner)
    process.#prompt()
    return process
  }

  static command(state: ShellState, line: string): SimulatedProcess {
    const process = new SimulatedProcess(state)
    const { output, code } = runLine(line, state)
    process.#show(onTerminal(output))
    process.#end({ code: state.exitCode ?? code })
    return process
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#outputListener = listener
    this.#deliver()
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exitListener = listener
    this.#deliver()
  }

  write(bytes: Uint8Array): void {
    if (!this.#exit) this.#editor.write(bytes)
  }

  /** Nothing here looks at the size. */
  resize(): void {}

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  kill(): void {
    // Nobody may be left to take the rest.
    this.#waiting = []
    this.#end({ code: 129, signal: 'SIGHUP' })
  }

  #run(line: string): void {
    const { output } = runLine(line, this.#state)
    this.#show(onTerminal(output))
    if (this.#state.exitCode === undefined) this.#prompt()
    else this.#end({ code: this.#state.exitCode })
  }

  #prompt(): void {
    const { hostname, folder } = this.#state
    this.#show(`root@${hostname.split('.')[0]}:${folder}# `)
  }

  #show(text: string): void {
    if (text !== '') this.#waiting.push(new TextEncoder().encode(text))
    this.#deliver()
  }

  #end(exit: Exit): void {
    this.#exit ??= exit
    this.#ended.resolve()
    this.#deliver()
  }

  #deliver(): void {
    while (this.#outputListener && !this.#paused) {
      const bytes = this.#waiting.shift()
      if (!bytes) break
      this.#outputListener(bytes)
    }
    if (this.#exit && this.#exitListener && this.#waiting.length === 0 && !this.#exitTold) {
      this.#exitTold = true
      this.#exitListener(this.#exit)
    }
  }
}

/** What a terminal's line discipline does to output. */
function onTerminal(text: string): string {
  return text.replaceAll('\n', '\r\n')
}
