import { existsSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { ReadStream } from 'node:tty'
import type { ProcessExit, TerminalSize } from './agent-frames.ts'

/**
 * The native half of node-pty. Its JavaScript half is not used: 200 ms after
 * the program's exit it drops what nobody has read yet, which loses output as
 * soon as the reader pauses.
 */
interface PtyModule {
  fork(
    file: string,
    args: string[],
    environment: string[],
    folder: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helper: string,
    onExit: (code: number, signal: number) => void,
  ): { fd: number; pid: number; pty: string }
  resize(fd: number, cols: number, rows: number): void
}

/** Linux gives at most a page of a terminal's output at a time. */
const readLength = 4096
/** forkpty's child keeps the user it has. */
const sameUser = -1
/** A shell that ignores the hang-up still ends; this long is enough for one that writes its history. */
const hangUpGraceMilliseconds = 1000

const pty: PtyModule = createRequire(import.meta.url)('./pty.node')

/**
 * Closes what forkpty hands down (the other sessions' terminals: node-pty does
 * not mark them close-on-exec), then becomes the program.
 */
const closeInheritedFiles =
  'cd /proc/self/fd; for number in *; do [ "$number" -gt 2 ] && eval "exec $number>&-"; done; ' +
  'cd /; unset OLDPWD; exec "$@"'
const launcher = '/bin/bash'

export interface PseudoTerminalEvents {
  output(bytes: Uint8Array): void
  /** After the last output. */
  exit(exit: ProcessExit): void
}

/** A program on a pty of its own, with the pty as its controlling terminal. */
export class PseudoTerminal {
  readonly #fd: number
  readonly #pid: number
  readonly #stream: ReadStream
  readonly #events: PseudoTerminalEvents
  #exit: ProcessExit | undefined
  #closed = false
  #paused = false
  #killTimer: NodeJS.Timeout | undefined

  constructor(
    program: string,
    args: string[],
    environment: Record<string, string>,
    size: TerminalSize,
    events: PseudoTerminalEvents,
  ) {
    this.#events = events
    const [file, ...fileArguments] = existsSync(launcher)
      ? [launcher, '-c', closeInheritedFiles, launcher, program, ...args]
      : [program, ...args]
    const terminal = pty.fork(
      file ?? program,
      fileArguments,
      Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      '/',
      size.cols,
      size.rows,
      sameUser,
      sameUser,
      true,
      '',
      (code, signal) => this.#exited(code, signal),
    )
    this.#fd = terminal.fd
    this.#pid = terminal.pid
    this.#stream = new ReadStream(terminal.fd)
    this.#stream.on('data', (bytes: Uint8Array) => events.output(bytes))
    // EIO is how Linux says that the last program has left the terminal; `close` follows.
    this.#stream.on('error', () => this.#stream.destroy())
    this.#stream.on('close', () => this.#streamClosed())
  }

  write(bytes: Uint8Array): void {
    if (!this.#closed) this.#stream.write(bytes)
  }

  resize(size: TerminalSize): void {
    if (!this.#closed) pty.resize(this.#fd, size.cols, size.rows)
  }

  pause(): void {
    this.#paused = true
    this.#stream.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#exit) this.#takeRest()
    else this.#stream.resume()
  }

  /** Hangs up, as closing a terminal window does. */
  kill(): void {
    this.#stream.destroy()
    this.#signal('SIGHUP')
    this.#killTimer ??= setTimeout(() => this.#signal('SIGKILL'), hangUpGraceMilliseconds)
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#exit) return
    try {
      process.kill(this.#pid, name)
    } catch {
      // It went by itself in this instant; its exit is on the way.
    }
  }

  #exited(code: number, signal: number): void {
    clearTimeout(this.#killTimer)
    // A shell passes the hang-up on to its background jobs, unless it ignores it or was killed before it came to that.
    if (this.#killTimer) hangUpSession(this.#pid)
    this.#exit = signal === 0 ? { code } : { code, signal: signalName(signal) }
    if (!this.#paused) this.#takeRest()
    this.#finish()
  }

  /**
   * The program's end has hung up its terminal: nothing more will be written,
   * and the kernel holds what has been. There may be no end of file, as a
   * program left in the background can keep the terminal open.
   */
  #takeRest(): void {
    if (this.#closed || this.#stream.destroyed) return
    this.#stream.pause()
    const buffered: Uint8Array | null = this.#stream.read()
    if (buffered) this.#events.output(buffered)
    for (let bytes = this.#readNow(); bytes; bytes = this.#readNow()) this.#events.output(bytes)
    this.#stream.destroy()
  }

  /** Undefined when the terminal has nothing: EAGAIN, or EIO once nobody holds it. */
  #readNow(): Uint8Array | undefined {
    const bytes = new Uint8Array(readLength)
    try {
      const length = readSync(this.#fd, bytes)
      return length > 0 ? bytes.subarray(0, length) : undefined
    } catch {
      return undefined
    }
  }

  #streamClosed(): void {
    this.#closed = true
    this.#finish()
  }

  #finish(): void {
    if (this.#exit && this.#closed) this.#events.exit(this.#exit)
  }
}

/** Sends SIGHUP to every process of a session; one that has left it with setsid stays, as after a lost line. */
function hangUpSession(session: number): void {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    try {
      if (sessionOf(readFileSync(`/proc/${name}/stat`, 'latin1')) === session) process.kill(pid, 'SIGHUP')
    } catch {
      // It went between the listing and the signal.
    }
  }
}

/** The sixth field of proc(5)'s stat; the second, the program's name in brackets, may hold spaces and brackets. */
function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
