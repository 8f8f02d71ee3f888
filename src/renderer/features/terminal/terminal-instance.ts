import { FitAddon } from '@xterm/addon-fit'
import { type ISearchOptions, SearchAddon } from '@xterm/addon-search'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { AckCounter } from '../../../channel/flow-control.ts'
import type { TerminalSize } from '../../../contract/session.ts'
import type { ByteLink } from '../../app/core/core-link.ts'
import { keyboardAttribute } from '../../app/documents/workspace.ts'
import { setCharacterWidths } from './character-widths.ts'
import { CommandMarks } from './command-marks/command-marks.ts'
import { type Divider, writeDivider } from './divider.ts'
import { openLink } from './open-link.ts'
import { harmlessPaste } from './paste-guard.ts'
import {
  readHighlightColour,
  readMatchColours,
  readTerminalFont,
  readTerminalTheme,
} from './terminal-theme.ts'
import { WebglRenderer } from './webgl-renderer.ts'

/** 19 px rows at the default 12.5 px, as the interface asks; JetBrains Mono is 1.32 em high by itself. */
const lineHeight = 1.12

/** A dragged window edge resizes many times a second; the shell needs only where it stops. */
const resizeDelayInMilliseconds = 60

/** Input per frame: far under what a host accepts as one message, and a paste stays interruptible. */
const inputFrameBytes = 32 * 1024

/** Keys and pastes kept for a session that is on its way. */
const mostTypedAhead = 1000

/** What a session in a hidden or not yet measured tab starts with. */
const firstSize: TerminalSize = { cols: 80, rows: 24 }

export interface TerminalOptions {
  fontSize: number
  scrollback: number
}

/**
 * One xterm.js terminal and its end of a byte stream. Lives outside React, so
 * that moving, hiding or re-rendering its tab never touches what it shows.
 */
export class TerminalInstance implements Disposable {
  readonly terminal: Terminal
  readonly search = new SearchAddon()
  readonly commands: CommandMarks
  /** What a tab shows; moved from place to place with the terminal inside. */
  readonly element = document.createElement('div')
  /** Looks at what is about to be pasted; true when it asks first, and calls `paste` again or not. */
  guardPaste: ((text: string) => boolean) | undefined
  readonly #fit = new FitAddon()
  readonly #webgl: WebglRenderer
  readonly #bytes: ByteLink
  readonly #encoder = new TextEncoder()
  readonly #acks: AckCounter
  readonly #resizeObserver: ResizeObserver
  #resizeTimer: ReturnType<typeof setTimeout> | undefined
  #stream: number | undefined
  /** Typed since another session was asked for; undefined when none is on its way. */
  #typeAhead: Uint8Array[] | undefined
  /** Whether the current stream has shown something here before: its next snapshot replaces that. */
  #streamShown = false
  #drawnBytes = 0
  #focusWanted = false

  constructor(bytes: ByteLink, options: TerminalOptions) {
    this.#bytes = bytes
    this.terminal = new Terminal({
      ...firstSize,
      allowProposedApi: true,
      cursorInactiveStyle: 'outline',
      fontFamily: readTerminalFont(),
      fontSize: options.fontSize,
      lineHeight,
      scrollback: options.scrollback,
      minimumContrastRatio: 4.5,
      theme: readTerminalTheme(),
      // What a program prints is no reason to leave the app: links need a modifier and a known scheme.
      linkHandler: { activate: openLink, allowNonHttpProtocols: false },
    })
    this.terminal.loadAddon(this.#fit)
    this.terminal.loadAddon(this.search)
    this.terminal.loadAddon(new WebLinksAddon(openLink))
    setCharacterWidths(this.terminal)
    this.#webgl = new WebglRenderer(this.terminal)
    this.commands = new CommandMarks(this.terminal, readHighlightColour)

    this.#acks = new AckCounter((byteCount) => this.#post({ kind: 'ack', byteCount }))
    this.terminal.onData((text) => {
      this.commands.typed(text)
      this.#type(this.#encoder.encode(text))
    })
    this.terminal.onBinary((text) =>
      this.#type(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    )
    this.terminal.onResize((size) =>
      this.#post({ kind: 'resize', size: { cols: size.cols, rows: size.rows } }),
    )

    // Before the terminal hears of it, which would take any paste as it is.
    this.element.addEventListener('paste', (event) => this.#takePaste(event), { capture: true })
    this.element.dataset.terminal = ''
    this.#resizeObserver = new ResizeObserver(() => this.#fitSoon())
  }

  get size(): TerminalSize {
    return { cols: this.terminal.cols, rows: this.terminal.rows }
  }

  get stream(): number | undefined {
    return this.#stream
  }

  /** Puts the terminal on screen inside `parent`, and the keyboard into it when asked. */
  show(parent: HTMLElement): void {
    parent.append(this.element)
    if (this.terminal.element === undefined) {
      this.terminal.open(this.element)
      this.terminal.textarea?.setAttribute('aria-label', 'Terminal')
      this.terminal.textarea?.setAttribute(keyboardAttribute, '')
    }
    if (this.#focusWanted) this.focus()
    this.#resizeObserver.observe(this.element)
    this.#fitNow()
    this.#webgl.show()
  }

  /** Takes it off screen; it goes on receiving. */
  hide(): void {
    this.#resizeObserver.disconnect()
    this.#webgl.hide()
    this.element.remove()
    this.#focusWanted = false
  }

  /** Another session is on its way: what is typed from now on is for it. */
  awaitStream(): void {
    if (this.#stream !== undefined) this.#post({ kind: 'detach' })
    this.#stream = undefined
    this.#typeAhead = []
  }

  /** No session comes, so nobody is there for what was typed. */
  forgetTypeAhead(): void {
    this.#typeAhead = undefined
  }

  /** Shows a session's stream from now on: first its screen so far, then what follows. */
  attach(stream: number): void {
    if (this.#stream !== stream) this.#streamShown = false
    this.#stream = stream
    this.#acks.reset()
    this.#post({ kind: 'attach' })
    this.#post({ kind: 'resize', size: this.size })
    const typed = this.#typeAhead ?? []
    this.#typeAhead = undefined
    for (const bytes of typed) this.#type(bytes)
  }

  /** A fresh connection knows nothing of what was attached on the one before. */
  reattach(): void {
    if (this.#stream !== undefined) this.attach(this.#stream)
  }

  receiveSnapshot(screen: Uint8Array): void {
    // The first snapshot of a new session is empty; what the session before left stays above it.
    if (this.#streamShown || (screen.byteLength > 0 && this.#drawnBytes === 0)) this.terminal.reset()
    this.#streamShown = true
    this.terminal.write(screen)
  }

  receiveOutput(bytes: Uint8Array): void {
    this.terminal.write(bytes, () => {
      this.#drawnBytes += bytes.byteLength
      this.#acks.drawn(bytes.byteLength)
      // For tests and for the curious: how much of a flood has arrived.
      this.element.dataset.drawnBytes = String(this.#drawnBytes)
    })
  }

  divide(text: string): Divider {
    return writeDivider(this.terminal, text)
  }

  applyTheme(): void {
    this.terminal.options.theme = readTerminalTheme()
    this.#webgl.redraw()
  }

  applyOptions(options: TerminalOptions): void {
    this.terminal.options.scrollback = options.scrollback
    if (this.terminal.options.fontSize === options.fontSize) return
    this.terminal.options.fontSize = options.fontSize
    this.#fitNow()
  }

  redraw(): void {
    this.#webgl.redraw()
  }

  /** Takes the keyboard, now or as soon as it is on screen. */
  focus(): void {
    this.#focusWanted = !this.element.isConnected
    this.terminal.focus()
  }

  /** Whether the program inside takes a paste as one thing and runs nothing of it by itself. */
  get takesBracketedPaste(): boolean {
    return this.terminal.modes.bracketedPasteMode
  }

  /** @param agreed somebody was asked already */
  paste(text: string, agreed = false): void {
    if (!agreed && this.guardPaste?.(text) === true) return
    this.terminal.paste(harmlessPaste(text, this.takesBracketedPaste))
  }

  get searchOptions(): ISearchOptions {
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

  [Symbol.dispose](): void {
    clearTimeout(this.#resizeTimer)
    if (this.#stream !== undefined) this.#post({ kind: 'detach' })
    this.hide()
    this.#webgl[Symbol.dispose]()
    this.commands[Symbol.dispose]()
    this.terminal.dispose()
  }

  #takePaste(event: ClipboardEvent): void {
    event.preventDefault()
    event.stopPropagation()
    this.paste(event.clipboardData?.getData('text/plain') ?? '')
  }

  #type(bytes: Uint8Array): void {
    // A person types a line ahead; the moment until a session has a stream is short.
    if (this.#stream === undefined && (this.#typeAhead?.length ?? mostTypedAhead) < mostTypedAhead)
      this.#typeAhead?.push(bytes)
    for (let from = 0; from < bytes.byteLength; from += inputFrameBytes)
      this.#post({ kind: 'input', bytes: bytes.subarray(from, from + inputFrameBytes) })
  }

  #post(frame: OutgoingFrame): void {
    if (this.#stream !== undefined) this.#bytes.post({ ...frame, stream: this.#stream })
  }

  #fitSoon(): void {
    clearTimeout(this.#resizeTimer)
    this.#resizeTimer = setTimeout(() => this.#fitNow(), resizeDelayInMilliseconds)
  }

  #fitNow(): void {
    // A tab that is being dragged or hidden has no size; fitting to it would leave one column.
    if (this.element.clientWidth > 0 && this.element.clientHeight > 0) this.#fit.fit()
  }
}

type OutgoingFrame =
  | { kind: 'input'; bytes: Uint8Array }
  | { kind: 'ack'; byteCount: number }
  | { kind: 'resize'; size: TerminalSize }
  | { kind: 'attach' | 'detach' }
