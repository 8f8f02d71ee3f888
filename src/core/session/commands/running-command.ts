import type { CommandMarker, CommandSource } from '../../../contract/command-marker.ts'
import { redact } from '../../audit/redaction/redact.ts'

/** Longest command that is kept: what a screen can hold of one. */
const longestCommand = 4096

/** The command that runs, and what the recording is told of it: without secrets. */
export class RunningCommand {
  readonly #mark: (marker: CommandMarker) => void
  #open: { source: CommandSource; startedAt: number } | undefined

  constructor(mark: (marker: CommandMarker) => void) {
    this.#mark = mark
  }

  /** Undefined while none runs. */
  get source(): CommandSource | undefined {
    return this.#open?.source
  }

  /** Ends the one before; a text of nothing but blanks begins none. */
  begin(source: CommandSource, text: string, startedAt: number): void {
    const trimmed = text.trim().slice(0, longestCommand)
    this.finish(startedAt)
    if (trimmed === '') return
    this.#open = { source, startedAt }
    this.#mark({ kind: 'begin', source, text: redact(trimmed).text })
  }

  /** A further line of its text. */
  goOn(text: string): void {
    if (this.#open === undefined || text.trim() === '') return
    this.#mark({ kind: 'continue', text: redact(text.trimEnd().slice(0, longestCommand)).text })
  }

  finish(at: number, exitCode?: number): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    const milliseconds = Math.max(0, at - open.startedAt)
    this.#mark({ kind: 'end', milliseconds, ...(exitCode !== undefined && { exitCode }) })
  }
}
