import { joinChunks, type StartTimer } from '../../channel/output-batcher.ts'

/**
 * session-manager-plugin talks on the same stream as the shell: a line when it
 * starts, one when the session is encrypted, one when it ends. This tells its
 * words from the shell's, in whatever pieces they arrive.
 *
 * Texts read in the plugin's source and verified by running it:
 *   "\nStarting session with SessionId: <id>\n"
 *   "\nThis session is encrypted using AWS KMS.\n"
 *   "\n\nExiting session with sessionId: <id>.\n\n"
 *   "\n\nSessionId: <id> : <why>\n\n"
 *   "Session: <id> timed out.\n"
 */
export interface PluginBannerFilter extends Disposable {
  /** From the plugin's terminal. `bytes` must not change any more. */
  push(bytes: Uint8Array): void
  /** Nothing more will come: what is held back is the shell's after all. */
  finish(): void
  /** What the plugin said about its end; else the last that was printed at all. Untrusted text. */
  readonly lastWords: string
}

export interface PluginBannerEvents {
  /** What the shell printed. */
  output(bytes: Uint8Array): void
  encrypted(): void
  /** The plugin is gone and everything it printed has been delivered. */
  exited(): void
}

/**
 * How long bytes that may be the beginning of a banner wait for the rest. The
 * plugin writes a banner in one piece, so the rest is a read away.
 */
const holdMilliseconds = 50

/** More than this before the first banner is not the plugin that we know; it is shown as it is. */
const longestStartBytes = 4096

/** Longer than any end banner up to its session id. */
const longestEndBytes = 256

/** What is kept of the plugin's last words. */
const lastWordsBytes = 1024

const encryptedText = 'This session is encrypted using AWS KMS.'
const startOfEncrypted = /^(?:\r?\n)*This session is encrypted using AWS KMS\.\r?\n/

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** @param exitMark what our wrapper prints behind the plugin's last byte, after an empty line */
export function createPluginBannerFilter(options: {
  sessionId: string
  exitMark: string
  events: PluginBannerEvents
  startTimer: StartTimer
}): PluginBannerFilter {
  return new BannerFilter(options.sessionId, options.exitMark, options.events, options.startTimer)
}

type Phase = 'before-start' | 'after-start' | 'running' | 'after-end' | 'exited'

class BannerFilter implements PluginBannerFilter {
  readonly #startText: string
  readonly #endTexts: readonly string[]
  readonly #exitMark: string
  readonly #events: PluginBannerEvents
  readonly #startTimer: StartTimer
  #phase: Phase = 'before-start'
  #held: Uint8Array = new Uint8Array(0)
  #holdTimer: Disposable | undefined
  #words = ''
  /** End of what the shell printed: a plugin that dies says why without a banner. */
  #tail: Uint8Array = new Uint8Array(0)

  constructor(sessionId: string, exitMark: string, events: PluginBannerEvents, startTimer: StartTimer) {
    this.#startText = `Starting session with SessionId: ${sessionId}`
    this.#endTexts = [
      `Exiting session with sessionId: ${sessionId}.`,
      `SessionId: ${sessionId} : `,
      `Session: ${sessionId} timed out.`,
      exitMark,
    ]
    this.#exitMark = exitMark
    this.#events = events
    this.#startTimer = startTimer
  }

  get lastWords(): string {
    return this.#words.trim() || asText(this.#tail).trim()
  }

  push(bytes: Uint8Array): void {
    this.#stopHolding()
    const held = this.#held
    this.#held = new Uint8Array(0)
    this.#read(held.byteLength === 0 ? bytes : joinChunks([held, bytes], held.byteLength + bytes.byteLength))
  }

  finish(): void {
    this.#stopHolding()
    this.#giveUpHolding()
  }

  [Symbol.dispose](): void {
    this.#stopHolding()
  }

  #read(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    if (this.#phase === 'before-start') this.#readStart(bytes)
    else if (this.#phase === 'after-start') this.#readGreeting(bytes)
    else if (this.#phase === 'running') this.#readRunning(bytes)
    else if (this.#phase === 'after-end') this.#readEnd(bytes)
  }

  /** Goes on with `bytes` in another phase. */
  #enter(phase: Phase, bytes: Uint8Array): void {
    this.#phase = phase
    this.#read(bytes)
  }

  #readStart(bytes: Uint8Array): void {
    const text = asText(bytes)
    const start = text.indexOf(this.#startText)
    const lineEnd = start === -1 ? -1 : text.indexOf('\n', start)
    if (lineEnd !== -1) this.#enter('after-start', bytes.subarray(lineEnd + 1))
    else if (text.includes(this.#exitMark)) this.#exit(text)
    else if (bytes.byteLength > longestStartBytes) this.#enter('running', bytes)
    else {
      // Without a time limit: before its banner the plugin prints nothing of the shell's.
      this.#held = bytes
      this.#words = text
    }
  }

  #readGreeting(bytes: Uint8Array): void {
    const text = asText(bytes.subarray(0, 2 * encryptedText.length))
    const greeting = startOfEncrypted.exec(text)
    if (greeting !== null) {
      this.#events.encrypted()
      this.#enter('running', bytes.subarray(greeting[0].length))
      return
    }
    const line = text.replace(/^[\r\n]+/, '')
    if (`${encryptedText}\r\n`.startsWith(line)) this.#hold(bytes)
    else this.#enter('running', bytes)
  }

  #readRunning(bytes: Uint8Array): void {
    const end = this.#findEnd(bytes)
    if (end !== -1) {
      this.#emit(bytes.subarray(0, withoutLineEnds(bytes, end)))
      this.#words = ''
      this.#enter('after-end', bytes.subarray(end))
      return
    }
    const heldFrom = this.#startOfPossibleEnd(bytes)
    this.#emit(bytes.subarray(0, heldFrom))
    if (heldFrom < bytes.byteLength) this.#hold(bytes.subarray(heldFrom))
  }

  #readEnd(bytes: Uint8Array): void {
    const text = this.#words + asText(bytes)
    if (text.includes(this.#exitMark)) this.#exit(text)
    else this.#words = text.slice(0, lastWordsBytes)
  }

  #exit(text: string): void {
    this.#words = text.slice(0, text.indexOf(this.#exitMark)).slice(0, lastWordsBytes)
    this.#phase = 'exited'
    this.#events.exited()
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#tail = bytes.subarray(-lastWordsBytes)
    this.#events.output(bytes)
  }

  #findEnd(bytes: Uint8Array): number {
    const buffer = asBuffer(bytes)
    const ends = this.#endTexts.map((text) => buffer.indexOf(text)).filter((position) => position !== -1)
    return ends.length === 0 ? -1 : Math.min(...ends)
  }

  /** Where an empty line begins whose next line may become an end banner; the length when there is none. */
  #startOfPossibleEnd(bytes: Uint8Array): number {
    const lineStart = bytes.lastIndexOf(lineFeed) + 1
    if (lineStart === 0 || bytes.byteLength - lineStart > longestEndBytes) return bytes.byteLength
    const emptyLine = withoutLineEnds(bytes, lineStart)
    if (!this.#isEmptyLine(bytes.subarray(emptyLine, lineStart), emptyLine)) return bytes.byteLength
    const line = asText(bytes.subarray(lineStart))
    return this.#endTexts.some((text) => text.startsWith(line)) ? emptyLine : bytes.byteLength
  }

  /** Two line ends, the first of which may already be on the screen. */
  #isEmptyLine(lineEnds: Uint8Array, position: number): boolean {
    const count = lineEnds.filter((byte) => byte === lineFeed).byteLength
    return count === 2 || (position === 0 && this.#tail.at(-1) === lineFeed)
  }

  #hold(bytes: Uint8Array): void {
    this.#held = bytes
    this.#holdTimer = this.#startTimer(holdMilliseconds, () => this.#giveUpHolding())
  }

  #stopHolding(): void {
    this.#holdTimer?.[Symbol.dispose]()
    this.#holdTimer = undefined
  }

  #giveUpHolding(): void {
    if (this.#phase === 'before-start') return
    const held = this.#held
    this.#held = new Uint8Array(0)
    if (this.#phase === 'after-start' && held.byteLength > 0) this.#phase = 'running'
    this.#emit(held)
  }
}

/** The position before at most two line ends in front of `end`: the empty line that a banner begins with. */
function withoutLineEnds(bytes: Uint8Array, end: number): number {
  let position = end
  for (let count = 0; count < 2 && bytes[position - 1] === lineFeed; count++) {
    position--
    if (bytes[position - 1] === carriageReturn) position--
  }
  return position
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** One character per byte, so that positions agree. The banners are ASCII. */
function asText(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1')
}
