import type headless from '@xterm/headless'
import type { CommandMarker, CommandSource } from '../../../contract/command-marker.ts'
import { redact } from '../../audit/redaction/redact.ts'
import type { Clock } from '../../clock.ts'
import { logicalLine, textBeforeCursor, textOfRows } from './logical-line.ts'
import { MarkDetector } from './mark-detector.ts'
import {
  continuationOf,
  isContinuationPrompt,
  isSecretPrompt,
  isShellPrompt,
  keptSecret,
  LearnedPrompts,
} from './prompts.ts'
import { EnterCounter, hasInterrupt, isReport } from './typed-keys.ts'

/** A program that asks without echo need not answer Enter with a new line; this much later the row tells. */
const secretAfterMilliseconds = 300

/** An Enter that no new line answered for so long, e.g. in a program that reads single keys, sent nothing off. */
const answerMilliseconds = 5000

/** Output after Enter in which its line feed is looked for; a flood need not be parsed for it. */
const mostOutputAfterEnter = 64 * 1024

/** Longest command that is kept: what a screen can hold of one. */
const longestCommand = 4096

export interface CommandTrackerOptions {
  clock: Clock
  /** Parses what was written to the screen until now, then calls back. */
  inspect: (then: (terminal: headless.Terminal) => void) => void
  mark: (marker: CommandMarker) => void
  /** The one command of a session that runs no shell. */
  onlyCommand?: string
}

interface Line {
  prompt: string
  /** Where the prompt begins; gone when the screen no longer holds it. */
  row: headless.IMarker | undefined
  secret: boolean
  /** The shell itself said where its prompt ends. */
  exact: boolean
}

/**
 * Finds the commands of a session: from marks of the shell's integration, else
 * from what the screen shows when Enter is answered with a new line. History,
 * completion and editing need no understanding that way, and what is not
 * echoed is never seen. Keys only say when to look; they are not kept.
 *
 * Works on the screen replica, after bytes have gone on their way.
 */
export class CommandTracker {
  readonly #options: CommandTrackerOptions
  readonly #detector = new MarkDetector()
  readonly #enterCounter = new EnterCounter()
  readonly #prompts = new LearnedPrompts()
  #line: Line | undefined
  /** The next key is the first on its line: what stands there then is the prompt. */
  #awaitsKey = true
  #enters = 0
  #enteredAt = 0
  #outputSinceEnter = 0
  #lastOutputAt: number
  #open: { source: CommandSource; startedAt: number } | undefined
  /** A line that was sent off in a shell with marks: the next mark says whether it runs. */
  #sentOff: { text: string; at: number } | undefined
  #announcedText: string | undefined
  /** Whether the shell marks where commands begin; POSIX shells have no way to. */
  #announcesStart: boolean | undefined
  #secretTimer: Disposable | undefined
  #ended = false

  constructor(options: CommandTrackerOptions) {
    this.#options = options
    this.#lastOutputAt = options.clock.now()
    if (options.onlyCommand !== undefined) this.#begin('api', options.onlyCommand)
  }

  /** To be called with the terminal of the screen, before it parses anything. */
  watch(terminal: headless.Terminal): void {
    terminal.onLineFeed(() => this.#lineFed(terminal))
    // An Enter that nothing on the shell's own screen has answered was for the program that is gone.
    terminal.buffer.onBufferChange(() => this.#giveUpEnters())
    const marked = (data: string) => {
      this.#marked(terminal, data)
      return false
    }
    terminal.parser.registerOscHandler(133, marked)
    terminal.parser.registerOscHandler(633, marked)
  }

  /** After the bytes were written to the screen. */
  output(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#lastOutputAt = this.#options.clock.now()
    const marks = this.#detector.push(bytes)
    if (this.#enters > 0) this.#outputSinceEnter += bytes.byteLength
    if (marks || this.#enters > 0) this.#options.inspect((terminal) => this.#leaveFullScreen(terminal))
    if (this.#outputSinceEnter > mostOutputAfterEnter) this.#giveUpEnters()
  }

  /** After the bytes were sent. */
  typed(bytes: Uint8Array): void {
    if (this.#ended || isReport(bytes)) return
    if (this.#enters > 0 && this.#options.clock.now() - this.#enteredAt > answerMilliseconds)
      this.#giveUpEnters()
    if (this.#awaitsKey && this.#enters === 0) this.#lookAtPrompt()
    const enters = this.#enterCounter.push(bytes)
    if (hasInterrupt(bytes)) this.#giveUpEnters()
    else if (enters > 0) this.#entered(enters)
  }

  #entered(enters: number): void {
    this.#enters += enters
    this.#enteredAt = this.#options.clock.now()
    this.#outputSinceEnter = 0
    this.#secretTimer?.[Symbol.dispose]()
    this.#secretTimer = this.#options.clock.after(secretAfterMilliseconds, () => this.#checkSecret())
  }

  /** The session is over: so is what ran in it. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#secretTimer?.[Symbol.dispose]()
    this.#finish(this.#options.clock.now())
  }

  /** Enter in an editor sends no line off. */
  #leaveFullScreen(terminal: headless.Terminal): void {
    if (this.#enters > 0 && terminal.buffer.active.type === 'alternate') this.#giveUpEnters()
  }

  #giveUpEnters(): void {
    this.#enters = 0
    this.#outputSinceEnter = 0
    this.#awaitsKey = true
  }

  #lookAtPrompt(): void {
    this.#awaitsKey = false
    const outputAt = this.#lastOutputAt
    this.#options.inspect((terminal) => this.#readPrompt(terminal, outputAt))
  }

  #readPrompt(terminal: headless.Terminal, outputAt: number): void {
    const buffer = terminal.buffer.active
    const { text, firstRow } = textBeforeCursor(buffer)
    if (buffer.type === 'alternate') this.#awaitsKey = true
    else if (isSecretPrompt(text)) this.#line = this.#newLine(terminal, text, firstRow, { secret: true })
    else if (!this.#readsEcho() || !isShellPrompt(text)) this.#awaitsKey = true
    else if (!isContinuationPrompt(text)) {
      this.#finish(outputAt)
      this.#prompts.learn(text)
      this.#line = this.#newLine(terminal, text, firstRow, {})
    }
  }

  /** Inside of a command that the shell marks, a prompt is another program's. */
  #readsEcho(): boolean {
    return this.#open === undefined || this.#open.source === 'echo'
  }

  #newLine(
    terminal: headless.Terminal,
    prompt: string,
    firstRow: number,
    { secret = false, exact = false },
  ): Line {
    const buffer = terminal.buffer.active
    this.#line?.row?.dispose()
    const row = terminal.registerMarker(firstRow - buffer.baseY - buffer.cursorY)
    return { prompt, row, secret, exact }
  }

  #lineFed(terminal: headless.Terminal): void {
    const buffer = terminal.buffer.active
    if (this.#enters === 0 || this.#ended || buffer.type === 'alternate') return
    const left = buffer.baseY + buffer.cursorY - 1
    if (this.#line?.secret === true) this.#sawSecret(terminal)
    else if (this.#open?.source === 'api') this.#resolved()
    else this.#readLine(buffer, left)
  }

  #readLine(buffer: headless.IBuffer, left: number): void {
    const text = this.#lineSentOff(buffer, left)
    if (text === undefined) return
    this.#resolved()
    if (this.#line?.exact === true) this.#sentOffWithMarks(text.whole, text.continued)
    else if (!this.#readsEcho()) return
    else if (text.continued !== undefined) this.#goOn(text.continued)
    else this.#begin('echo', text.whole)
  }

  /** What was typed on the line that the cursor has just left; undefined when that was no prompt's. */
  #lineSentOff(buffer: headless.IBuffer, row: number): { whole: string; continued?: string } | undefined {
    const line = logicalLine(buffer, row)
    const known = this.#line
    if (known !== undefined && line.startsWith(known.prompt))
      return { whole: line.slice(known.prompt.length) }
    const start = known?.row?.line ?? -1
    const all = start === -1 || known === undefined ? '' : textOfRows(buffer, start, row)
    const continued = continuationOf(line)
    const isOne = known?.exact === true || continued !== undefined || !all.includes('\n')
    if (known !== undefined && all.startsWith(known.prompt) && isOne) {
      const whole = all.slice(known.prompt.length).replace(/\n> /g, '\n')
      return continued === undefined ? { whole } : { whole, continued }
    }
    const learned = this.#prompts.strip(line)
    return learned === undefined ? undefined : { whole: learned }
  }

  #resolved(): void {
    this.#enters -= 1
    if (this.#enters > 0) return
    this.#outputSinceEnter = 0
    this.#awaitsKey = true
  }

  #sentOffWithMarks(whole: string, continued: string | undefined): void {
    const { clock } = this.#options
    if (this.#announcesStart === false) {
      if (this.#open === undefined) this.#begin('marks', whole)
      else if (continued !== undefined) this.#goOn(continued)
    } else if (this.#open === undefined) this.#sentOff = { text: whole, at: this.#sentOff?.at ?? clock.now() }
  }

  #marked(terminal: headless.Terminal, data: string): boolean {
    // A full-screen program may hold shells of its own.
    if (this.#ended || terminal.buffer.active.type === 'alternate') return true
    const [kind, first = ''] = data.split(';', 2)
    if (kind === 'A') this.#promptBegins()
    else if (kind === 'B') this.#promptEnds(terminal)
    else if (kind === 'C') this.#commandBegins(terminal)
    else if (kind === 'D') this.#commandEnds(/^\d{1,5}$/.test(first) ? Number(first) : undefined)
    else if (kind === 'E') this.#announcedText = unescapeText(first)
    return true
  }

  #promptBegins(): void {
    if (this.#open !== undefined && this.#open.source !== 'api') this.#finish(this.#options.clock.now())
    this.#sentOff = undefined
  }

  #promptEnds(terminal: headless.Terminal): void {
    const { text, firstRow } = textBeforeCursor(terminal.buffer.active)
    this.#line = this.#newLine(terminal, text, firstRow, { exact: true })
    this.#awaitsKey = false
  }

  #commandBegins(terminal: headless.Terminal): void {
    this.#announcesStart = true
    // Two integrations say it twice.
    if (this.#open !== undefined && this.#open.source !== 'echo') return
    const buffer = terminal.buffer.active
    const seen =
      this.#sentOff?.text ?? this.#lineSentOff(buffer, buffer.baseY + buffer.cursorY - 1)?.whole ?? ''
    const text = this.#announcedText ?? seen
    this.#announcedText = undefined
    this.#sentOff = undefined
    this.#awaitsKey = true
    this.#begin('marks', text)
  }

  #commandEnds(exitCode: number | undefined): void {
    const { clock } = this.#options
    const sentOff = this.#sentOff
    this.#sentOff = undefined
    if (this.#open === undefined && sentOff !== undefined && exitCode !== undefined) {
      if (sentOff.text.trim() !== '') this.#announcesStart = false
      this.#begin('marks', sentOff.text, sentOff.at)
    }
    if (this.#open?.source !== 'api') this.#finish(clock.now(), exitCode)
  }

  #begin(source: CommandSource, text: string, startedAt = this.#options.clock.now()): void {
    const trimmed = text.trim().slice(0, longestCommand)
    this.#finish(startedAt)
    if (trimmed === '') return
    this.#open = { source, startedAt }
    this.#options.mark({ kind: 'begin', source, text: redact(trimmed).text })
  }

  #goOn(text: string): void {
    if (this.#open === undefined || text.trim() === '') return
    this.#options.mark({ kind: 'continue', text: redact(text.trimEnd().slice(0, longestCommand)).text })
  }

  #finish(at: number, exitCode?: number): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    const milliseconds = Math.max(0, at - open.startedAt)
    this.#options.mark({ kind: 'end', milliseconds, ...(exitCode !== undefined && { exitCode }) })
  }

  #checkSecret(): void {
    this.#secretTimer = undefined
    // Enter may have been answered meanwhile, and another prompt may wait for its own.
    if (this.#line?.secret === true && this.#enters > 0)
      this.#options.inspect((terminal) => this.#sawSecret(terminal))
  }

  #sawSecret(terminal: headless.Terminal): void {
    const line = this.#line
    if (line?.secret !== true) return
    this.#line = undefined
    this.#enters = 0
    this.#awaitsKey = true
    const buffer = terminal.buffer.active
    const row = line.row?.line ?? -1
    const shown = row === -1 ? '' : (buffer.getLine(row)?.translateToString(true) ?? '')
    if (keptSecret(line.prompt, shown)) this.#options.mark({ kind: 'secret-prompt' })
  }
}

/** As VS Code escapes a command line: `\\` and `\xHH`. */
function unescapeText(text: string): string {
  return text.replace(/\\(?:\\|x([0-9a-fA-F]{2}))/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
