import type { CommandMarker, CommandSource } from '../../../contract/command-marker.ts'
import { redact } from '../../audit/redaction/redact.ts'
import type { Clock } from '../../clock.ts'
import { CommandAllowance } from './command-allowance.ts'
import { startsShell } from './prompts.ts'

/** Longest command that is kept: what a screen can hold of one. */
const longestCommand = 4096

/** What no shell takes in a line and some screen may obey; line feeds and tabs are left. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are control characters
const controlCharacters = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

interface Running {
  source: CommandSource
  startedAt: number
  startsShell: boolean
}

/**
 * The command that runs, what was typed into the shell that it may have started
 * (`su -`, `ssh`), and what the recording is told of both: without secrets.
 */
export class RunningCommand {
  readonly #clock: Clock
  readonly #mark: (marker: CommandMarker) => void
  readonly #allowance: CommandAllowance
  #outer: Running | undefined
  #inner: Running | undefined
  #toldOfLimit = false

  constructor(clock: Clock, mark: (marker: CommandMarker) => void) {
    this.#clock = clock
    this.#mark = mark
    this.#allowance = new CommandAllowance(clock.now())
  }

  /** Of the outer one; undefined while none runs. */
  get source(): CommandSource | undefined {
    return this.#outer?.source
  }

  get startsShell(): boolean {
    return this.#outer?.startsShell === true
  }

  /** Whether another command would be listed; when not, the recording is told, and its text need not be read. */
  admits(): boolean {
    const isLeft = this.#allowance.isLeft(this.#clock.now())
    if (!isLeft) this.#tellOfLimit()
    return isLeft
  }

  /** Ends all before; a text of nothing but blanks begins none. */
  begin(source: CommandSource, text: string, startedAt = this.#clock.now()): void {
    this.finish(startedAt)
    this.#outer = this.#begun(source, text, startedAt)
  }

  /** The running command's shell was given a command. */
  beginInside(text: string): void {
    const now = this.#clock.now()
    this.finishInside(now)
    this.#inner = this.#begun('echo', text, now)
  }

  /** A further line of its text. */
  goOn(text: string): void {
    if ((this.#inner ?? this.#outer) === undefined || text.trim() === '') return
    this.#mark({ kind: 'continue', text: keptText(text.trimEnd()) })
  }

  finishInside(at: number): void {
    this.#ended(this.#inner, at)
    this.#inner = undefined
  }

  finish(at = this.#clock.now(), exitCode?: number): void {
    this.finishInside(at)
    this.#ended(this.#outer, at, exitCode)
    this.#outer = undefined
  }

  #begun(source: CommandSource, text: string, startedAt: number): Running | undefined {
    const trimmed = text.trim()
    if (trimmed === '') return undefined
    if (!this.#allowance.take(this.#clock.now())) {
      this.#tellOfLimit()
      return undefined
    }
    this.#toldOfLimit = false
    this.#mark({ kind: 'begin', source, text: keptText(trimmed) })
    return { source, startedAt, startsShell: startsShell(trimmed.slice(0, longestCommand)) }
  }

  #ended(running: Running | undefined, at: number, exitCode?: number): void {
    if (running === undefined) return
    const milliseconds = Math.max(0, at - running.startedAt)
    this.#mark({ kind: 'end', milliseconds, ...(exitCode !== undefined && { exitCode }) })
  }

  /** That some are missing must be seen. */
  #tellOfLimit(): void {
    if (this.#toldOfLimit) return
    this.#toldOfLimit = true
    this.#mark({ kind: 'unlisted' })
  }
}

function keptText(text: string): string {
  return redact(text.slice(0, longestCommand).replace(controlCharacters, '\ufffd')).text
}
