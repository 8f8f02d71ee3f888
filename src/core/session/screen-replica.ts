// Both packages are CommonJS: Node sees their names only through the default import.
import serialize from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import { batchBytes, joinChunks } from '../../channel/output-batcher.ts'
import { wholePieces } from '../../channel/whole-characters.ts'
import type { TerminalSize } from '../../contract/session.ts'
import { createListeners } from '../listeners.ts'
import { setCharacterWidths } from './character-widths.ts'
import { createScreenModes, type ScreenModes } from './screen-modes.ts'
import { findSkippable } from './skippable-output.ts'

/** Lines above the screen that come back after a reload: 15 ms and 92 KB to serialize, 2.5 MB to hold. */
export const replicaScrollbackLines = 1000

/**
 * Output kept unparsed until somebody asks for the screen. Parsing this much
 * takes under 30 ms at the slowest rate measured (18 MB/s), so a snapshot stays
 * quick, and a session that never floods is never parsed a second time at all.
 */
export const lazyBacklogBytes = 512 * 1024

/**
 * The screen of a session as a terminal would show it, kept where no page is,
 * so that a page can be reloaded. Parses as late as it can, and skips what has
 * scrolled away before anyone looked.
 */
export interface ScreenReplica extends Disposable {
  /** `bytes` are kept and must not change any more; they end with a whole character. */
  write(bytes: Uint8Array): void
  /** Takes effect after all that was written before. */
  resize(size: TerminalSize): void
  /**
   * The screen after all that was written before, as escape sequences for a
   * reset terminal of the same size. Content, cursor and modes only: nothing in
   * it rings, retitles or reaches a clipboard, because only cells are written.
   */
  snapshot(): Promise<Uint8Array>
  /** Parses all that was written before and calls back with the terminal as it is then; never after disposal. */
  inspect(then: (terminal: headless.Terminal) => void): void
  /** Bytes written and not yet parsed; above `lazyBacklogBytes` while parsing falls behind. */
  readonly pendingBytes: number
  onDrained(listener: () => void): Disposable
}

interface Screen {
  terminal: headless.Terminal
  serializer: serialize.SerializeAddon
  modes: ScreenModes
}

/** Called once with the terminal, before it parses anything. */
export type WatchScreen = (terminal: headless.Terminal) => void

export function createScreenReplica(initialSize: TerminalSize, watch?: WatchScreen): ScreenReplica {
  return new LazyScreenReplica(initialSize, watch)
}

class LazyScreenReplica implements ScreenReplica {
  #size: TerminalSize
  #backlog: Uint8Array[] = []
  #backlogBytes = 0
  #parsingBytes = 0
  #screen: Screen | undefined
  #disposed = false
  readonly #drained = createListeners<void>()
  readonly #watch: WatchScreen | undefined

  constructor(size: TerminalSize, watch: WatchScreen | undefined) {
    this.#size = size
    this.#watch = watch
  }

  get pendingBytes(): number {
    return this.#backlogBytes + this.#parsingBytes
  }

  write(bytes: Uint8Array): void {
    if (this.#disposed) return
    this.#backlog.push(bytes)
    this.#backlogBytes += bytes.byteLength
    if (this.#backlogBytes > lazyBacklogBytes) this.#reduceBacklog()
  }

  resize(size: TerminalSize): void {
    if (this.#disposed) return
    this.#size = size
    // Nothing was shown yet: the terminal will be made in the right size.
    if (this.#screen === undefined && this.#backlogBytes === 0) return
    this.#parseAll(({ terminal, modes }) => {
      terminal.resize(size.cols, size.rows)
      modes.resized()
    })
  }

  snapshot(): Promise<Uint8Array> {
    if (this.#disposed || (this.#screen === undefined && this.#backlogBytes === 0))
      return Promise.resolve(new Uint8Array(0))
    return new Promise((resolve) => this.#parseAll((screen) => resolve(serializeScreen(screen))))
  }

  inspect(then: (terminal: headless.Terminal) => void): void {
    if (!this.#disposed) this.#parseAll(({ terminal }) => then(terminal))
  }

  onDrained(listener: () => void): Disposable {
    return this.#drained.add(listener)
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#backlog = []
    this.#backlogBytes = 0
    this.#drained[Symbol.dispose]()
    this.#screen?.modes[Symbol.dispose]()
    this.#screen?.terminal.dispose()
    this.#screen = undefined
  }

  /** Drops what has scrolled away; when it cannot tell, parses. */
  #reduceBacklog(): void {
    const backlog = this.#takeBacklog()
    const skippable = findSkippable(backlog, replicaScrollbackLines + this.#size.rows)
    if (skippable !== undefined) {
      this.#keep(skippable.style)
      // A copy, so that the dropped part's memory is free.
      this.#keep(backlog.slice(skippable.length))
      return
    }
    // Up to the end of a line: an escape sequence cut in two could not be skipped safely later.
    const lineEnd = backlog.lastIndexOf(0x0a) + 1
    this.#parse(backlog.subarray(0, lineEnd === 0 ? backlog.byteLength : lineEnd))
    if (lineEnd !== 0) this.#keep(backlog.slice(lineEnd))
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#backlog.push(bytes)
    this.#backlogBytes += bytes.byteLength
  }

  #takeBacklog(): Uint8Array {
    const backlog = joinChunks(this.#backlog, this.#backlogBytes)
    this.#backlog = []
    this.#backlogBytes = 0
    return backlog
  }

  /** Parses what there is and calls back exactly between it and what comes later. */
  #parseAll(then: (screen: Screen) => void): void {
    if (this.#backlogBytes > 0) this.#parse(this.#takeBacklog())
    const screen = this.#openScreen()
    screen.terminal.write('', () => {
      if (!this.#disposed) then(screen)
    })
  }

  /** In pieces, because xterm lets others run only between two writes. */
  #parse(bytes: Uint8Array): void {
    const { terminal } = this.#openScreen()
    this.#parsingBytes += bytes.byteLength
    for (const piece of wholePieces(bytes, batchBytes))
      terminal.write(piece, () => this.#parsed(piece.byteLength))
  }

  #parsed(byteCount: number): void {
    this.#parsingBytes -= byteCount
    this.#drained.emit()
  }

  #openScreen(): Screen {
    if (this.#screen !== undefined) return this.#screen
    this.#screen = createScreen(this.#size)
    this.#watch?.(this.#screen.terminal)
    return this.#screen
  }
}

function createScreen(size: TerminalSize): Screen {
  const terminal = new headless.Terminal({
    cols: size.cols,
    rows: size.rows,
    scrollback: replicaScrollbackLines,
    // The parser interface and the serializer are "proposed" in xterm 6.
    allowProposedApi: true,
    logLevel: 'off',
  })
  setCharacterWidths(terminal)
  const serializer = new serialize.SerializeAddon()
  // The addon's typings want the browser's Terminal; it reads only what both have.
  serializer.activate(terminal as unknown as Parameters<typeof serializer.activate>[0])
  return { terminal, serializer, modes: createScreenModes(terminal) }
}

/** How the addon enters the alternate screen. */
const enterAlternateScreen = '\x1b[?1049h'
const resetStyle = '\x1b[m'

function serializeScreen({ serializer, modes }: Screen): Uint8Array {
  const normal = serializer.serialize({ excludeAltBuffer: true, excludeModes: true })
  const rest = serializer.serialize().slice(normal.length)
  // The addon writes the alternate screen as if its colours started fresh, and they do not.
  const styled = rest.startsWith(enterAlternateScreen)
    ? enterAlternateScreen + resetStyle + rest.slice(enterAlternateScreen.length)
    : rest
  return new TextEncoder().encode(normal + styled + modes.serialize())
}
