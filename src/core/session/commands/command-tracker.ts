import type headless from '@xterm/headless'
import type { CommandMarker } from '../../../contract/command-marker.ts'
import type { Clock } from '../../clock.ts'
import { textBeforeCursor } from './logical-line.ts'
import { MarkDetector } from './mark-detector.ts'
import { PendingEnters } from './pending-enters.ts'
import { PromptAllowance } from './prompt-allowance.ts'
import { type PromptKind, PromptLine, type TypedText } from './prompt-line.ts'
import { isContinuationPrompt, isInnerShellPrompt, isSecretPrompt, isShellPrompt } from './prompts.ts'
import { RunningCommand } from './running-command.ts'
import { parseShellMark } from './shell-marks.ts'
import { hasInterrupt, isReport } from './typed-keys.ts'

/** A program that asks without echo need not answer Enter with a new line; this much later the row tells. */
const secretAfterMilliseconds = 300

export interface CommandTrackerOptions {
  clock: Clock
  /** Parses what was written to the screen until now, then calls back. */
  inspect: (then: (terminal: headless.Terminal) => void) => void
  mark: (marker: CommandMarker) => void
  /** The one command of a session that runs no shell. */
  onlyCommand?: string
}

/**
 * Finds the commands of a session: from marks of the shell's integration, else
 * from what the screen shows when Enter is answered with a new line. History,
 * completion and editing need no understanding that way, and what is not
 * echoed is never seen. Keys only say when to look; they are not kept.
 *
 * A shell that marks may be left for one that does not (`su -`, `ssh`, `exec
 * bash`): where its command goes on without a mark and another shell's prompt
 * shows, the echo is read until marks come again.
 *
 * Works on the screen replica, after bytes have gone on their way.
 */
export class CommandTracker {
  readonly #options: CommandTrackerOptions
  readonly #detector = new MarkDetector()
  readonly #enters = new PendingEnters()
  readonly #line = new PromptLine()
  readonly #promptMarks = new PromptAllowance()
  readonly #running: RunningCommand
  /** Keys that were sent while what came before them is still being parsed. */
  #keysUnderway = 0
  /** The next key is the first on its line: what stands there then is the prompt. */
  #awaitsKey = true
  #lastOutputAt: number
  /** A line that was sent off in a shell with marks: the next mark says whether it runs. */
  #sentOff: { text: string; at: number } | undefined
  #announcedText: string | undefined
  /** Whether the shell marks where commands begin; POSIX shells have no way to. */
  #announcesStart: boolean | undefined
  /** Whether Enter was answered since the command began. */
  #fedSinceBegin = false
  #secretTimer: Disposable | undefined
  #ended = false

  constructor(options: CommandTrackerOptions) {
    this.#options = options
    this.#running = new RunningCommand(options.clock, options.mark)
    this.#lastOutputAt = options.clock.now()
    if (options.onlyCommand !== undefined) this.#running.begin('api', options.onlyCommand)
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
    this.#enters.output(bytes.byteLength)
    if (marks || this.#enters.any || this.#keysUnderway > 0)
      this.#options.inspect((terminal) => this.#leaveFullScreen(terminal))
    if (this.#enters.isFlooded) this.#giveUpEnters()
  }

  /** After the bytes were sent. */
  typed(bytes: Uint8Array): void {
    if (this.#ended || isReport(bytes)) return
    const now = this.#options.clock.now()
    const enters = this.#enters.countIn(bytes)
    const interrupts = hasInterrupt(bytes)
    if (enters === 0 && !interrupts && !this.#watchesKeys) return
    const outputAt = this.#lastOutputAt
    // What the screen says to a key is known only when all before it has been parsed.
    this.#keysUnderway += 1
    this.#options.inspect((terminal) => {
      this.#keysUnderway -= 1
      if (this.#enters.isTooOld(now)) this.#giveUpEnters()
      this.#readPrompt(terminal, outputAt)
      if (interrupts) this.#interrupted()
      else if (enters > 0) this.#sentOffLines(enters, now)
    })
  }

  /** A key may be the first on its line. */
  get #watchesKeys(): boolean {
    return this.#awaitsKey || this.#enters.any || this.#keysUnderway > 0
  }

  #sentOffLines(enters: number, now: number): void {
    this.#enters.typed(enters, now)
    this.#checkSecretLater()
  }

  /** The session is over: so is what ran in it. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#secretTimer?.[Symbol.dispose]()
    this.#running.finish()
  }

  /** Also throws the lines away that were to be a command, which a shell that marks beginnings has not begun. */
  #interrupted(): void {
    this.#giveUpEnters()
    if (this.#announcesStart === true) this.#sentOff = undefined
  }

  /** Enter in an editor sends no line off. */
  #leaveFullScreen(terminal: headless.Terminal): void {
    if (this.#enters.any && terminal.buffer.active.type === 'alternate') this.#giveUpEnters()
  }

  #giveUpEnters(): void {
    this.#enters.giveUp()
    this.#awaitsKey = true
  }

  #readPrompt(terminal: headless.Terminal, outputAt: number): void {
    const buffer = terminal.buffer.active
    if (buffer.type === 'alternate' || !(this.#awaitsKey || this.#enters.any)) return
    const { text } = textBeforeCursor(buffer)
    const isSecret = isSecretPrompt(text)
    if (this.#enters.any && this.#line.asksAfterSecret(text)) this.#sawSecret(terminal)
    if (this.#enters.any) {
      // An Enter that was typed ahead went to somebody else, if what asks now is answered by this very key.
      if (!isSecret && !this.#line.isKnownPrompt(text)) return
      this.#giveUpEnters()
    }
    if (isSecret) this.#placePrompt(terminal, 'secret')
    else if (this.#running.source !== 'api' && isShellPrompt(text) && !isContinuationPrompt(text))
      this.#placePrompt(terminal, this.#shellAsks(text, outputAt))
    else if (isContinuationPrompt(text)) this.#awaitsKey = false
  }

  #placePrompt(terminal: headless.Terminal, kind: PromptKind): void {
    this.#awaitsKey = false
    this.#line.place(terminal, kind)
  }

  /** What looks like a shell's prompt ends what ran until then, unless that is a command with marks. */
  #shellAsks(prompt: string, outputAt: number): PromptKind {
    if (this.#running.source !== 'marks' && this.#sentOff === undefined) {
      this.#running.finish(outputAt)
      return 'seen'
    }
    if (!isInnerShellPrompt(prompt, this.#running)) return 'other'
    // Of a shell that has no way to say that a command begins: it did, as its successor shows.
    this.#beginSentOff()
    this.#running.finishInside(outputAt)
    return 'seen'
  }

  #lineFed(terminal: headless.Terminal): void {
    const buffer = terminal.buffer.active
    if (!this.#enters.any || this.#ended || buffer.type === 'alternate') return
    this.#fedSinceBegin = true
    const left = buffer.baseY + buffer.cursorY - 1
    if (this.#line.kind === 'secret') this.#secretFed(terminal, left)
    else if (this.#running.source === 'api') this.#resolved()
    else this.#readLine(buffer, left)
  }

  #secretFed(terminal: headless.Terminal, left: number): void {
    const typed = this.#line.typedAfterSecret(terminal.buffer.active, left)
    if (typed === undefined) this.#sawSecret(terminal)
    else this.#knowSecret()
    // A shell that marks says by itself what it runs.
    if (typed !== undefined && this.#running.source !== 'marks') this.#sentOffWithoutMarks({ whole: typed })
  }

  #readLine(buffer: headless.IBuffer, left: number): void {
    const text = this.#line.typedText(buffer, left)
    if (text === undefined) return
    this.#resolved()
    if (this.#line.kind === 'marked') this.#sentOffWithMarks(text)
    else if (this.#line.kind === 'seen') this.#sentOffWithoutMarks(text)
  }

  #sentOffWithoutMarks({ whole, continued }: TypedText): void {
    if (continued !== undefined) this.#running.goOn(continued)
    else if (this.#running.source === 'marks') this.#running.beginInside(whole)
    else this.#running.begin('echo', whole)
    this.#fedSinceBegin = false
  }

  #resolved(): void {
    this.#enters.answered()
    if (!this.#enters.any) this.#awaitsKey = true
  }

  #sentOffWithMarks({ whole, continued }: TypedText): void {
    const runs = this.#running.source !== undefined
    if (this.#announcesStart === false) {
      if (!runs) this.#running.begin('marks', whole)
      else if (continued !== undefined) this.#running.goOn(continued)
    } else if (!runs) this.#sentOff = { text: whole, at: this.#sentOff?.at ?? this.#options.clock.now() }
  }

  #marked(terminal: headless.Terminal, data: string): void {
    // A full-screen program may hold shells of its own.
    if (this.#ended || terminal.buffer.active.type === 'alternate') return
    const mark = parseShellMark(data)
    const asks =
      mark?.kind === 'prompt-begins' || mark?.kind === 'prompt-ends' || mark?.kind === 'command-ends'
    // Who asked for a secret is gone, with its row still open.
    if (asks && this.#enters.any) this.#sawSecret(terminal)
    if (mark?.kind === 'prompt-begins') this.#promptBegins()
    else if (mark?.kind === 'prompt-ends') this.#promptEnds(terminal)
    else if (mark?.kind === 'command-begins') this.#commandBegins(terminal)
    else if (mark?.kind === 'command-ends') this.#commandEnds(mark.exitCode)
    else if (mark?.kind === 'command-text') this.#announcedText = mark.text
  }

  #promptBegins(): void {
    this.#commandEnds(undefined)
  }

  #promptEnds(terminal: headless.Terminal): void {
    if (!this.#promptMarks.take(this.#options.clock.now())) return
    this.#line.place(terminal, 'marked')
    this.#awaitsKey = false
  }

  #commandBegins(terminal: headless.Terminal): void {
    this.#announcesStart = true
    const announced = this.#announcedText
    const sentOff = this.#sentOff
    this.#announcedText = undefined
    this.#sentOff = undefined
    // Two integrations say it twice; without an end before it, it is another one only if Enter was too.
    const isSame = this.#running.source !== undefined && !this.#fedSinceBegin
    if (isSame || this.#running.source === 'api' || !this.#running.admits()) return
    const { active } = terminal.buffer
    const text =
      announced ??
      sentOff?.text ??
      this.#line.typedText(active, active.baseY + active.cursorY - 1)?.whole ??
      ''
    this.#awaitsKey = true
    this.#fedSinceBegin = false
    this.#running.begin('marks', text)
  }

  #commandEnds(exitCode: number | undefined): void {
    if (this.#running.source === undefined) this.#beginSentOff()
    this.#sentOff = undefined
    this.#announcedText = undefined
    if (this.#running.source !== 'api') this.#running.finish(undefined, exitCode)
  }

  /** What was sent off and not announced: it ran in a shell that cannot, or was refused by one that can. */
  #beginSentOff(): void {
    const sentOff = this.#sentOff
    this.#sentOff = undefined
    if (sentOff === undefined || sentOff.text.trim() === '') return
    this.#announcesStart ??= false
    this.#running.begin('marks', sentOff.text, sentOff.at)
  }

  #checkSecretLater(): void {
    this.#secretTimer?.[Symbol.dispose]()
    this.#secretTimer = this.#options.clock.after(secretAfterMilliseconds, () => this.#checkSecret())
  }

  #checkSecret(): void {
    this.#secretTimer = undefined
    // Enter may have been answered meanwhile, and another prompt may wait for its own.
    if (this.#line.kind === 'secret' && this.#enters.any)
      this.#options.inspect((terminal) => this.#sawSecret(terminal))
  }

  #sawSecret(terminal: headless.Terminal): void {
    if (this.#line.kind !== 'secret') return
    this.#enters.giveUp()
    this.#awaitsKey = true
    if (this.#line.keptSecret(terminal.buffer.active)) this.#options.mark({ kind: 'secret-prompt' })
  }

  /** The screen shows a prompt behind the one for a secret, and so nothing of the secret. */
  #knowSecret(): void {
    this.#enters.giveUp()
    this.#awaitsKey = true
    this.#line.forget()
    this.#options.mark({ kind: 'secret-prompt' })
  }
}
