import type headless from '@xterm/headless'
import { logicalLine, textBeforeCursor, textOfRows } from './logical-line.ts'
import { asksAfterSecret, continuationOf, keptSecret, LearnedPrompts } from './prompts.ts'

/**
 * `marked`: the shell itself said where its prompt ends. `seen`: it looks like
 * a shell's. `secret`: it asks for something that is not echoed. `other`: it
 * looks like one of a program within a command that the shell has marked.
 */
export type PromptKind = 'marked' | 'seen' | 'secret' | 'other'

interface Line {
  kind: PromptKind
  prompt: string
  /** Where the prompt begins; gone when the screen no longer holds it. */
  row: headless.IMarker | undefined
}

/** What was typed on a line. */
export interface TypedText {
  whole: string
  /** The last of several lines of a command, when it is one. */
  continued?: string
}

/** The line that a prompt waits on, and the prompts of late. */
export class PromptLine {
  readonly #prompts = new LearnedPrompts()
  #line: Line | undefined

  get kind(): PromptKind | undefined {
    return this.#line?.kind
  }

  /** Whether this is the whole of a prompt that stood there before. */
  isKnownPrompt(text: string): boolean {
    return this.#prompts.strip(text) === ''
  }

  /** A prompt ends at the cursor. */
  place(terminal: headless.Terminal, kind: PromptKind): void {
    const buffer = terminal.buffer.active
    const { text, firstRow } = textBeforeCursor(buffer)
    this.#line?.row?.dispose()
    const row = terminal.registerMarker(firstRow - buffer.baseY - buffer.cursorY)
    this.#line = { kind, prompt: text, row }
    if (kind === 'seen') this.#prompts.learn(text)
  }

  /** What was typed on the line that ends with `row`; undefined when that was no prompt's. */
  typedText(buffer: headless.IBuffer, row: number): TypedText | undefined {
    const line = logicalLine(buffer, row)
    const known = this.#line
    if (known !== undefined && line.startsWith(known.prompt))
      return { whole: line.slice(known.prompt.length) }
    const start = known?.row?.line ?? -1
    const all = start === -1 || known === undefined ? '' : textOfRows(buffer, start, row)
    const continued = continuationOf(line)
    const isOne = known?.kind === 'marked' || continued !== undefined || !all.includes('\n')
    if (known !== undefined && all.startsWith(known.prompt) && isOne) {
      const whole = all.slice(known.prompt.length).replace(/\n> /g, '\n')
      return continued === undefined ? { whole } : { whole, continued }
    }
    const learned = this.#prompts.strip(line)
    return learned === undefined ? undefined : { whole: learned }
  }

  /** Whether the next one asks on the row of the prompt for a secret, up to the cursor. */
  asksAfterSecret(text: string): boolean {
    return this.#line?.kind === 'secret' && asksAfterSecret(this.#line.prompt, text)
  }

  /** What was typed at a known prompt on the row of the prompt for a secret, before anybody saw it there. */
  typedAfterSecret(buffer: headless.IBuffer, row: number): string | undefined {
    const line = logicalLine(buffer, row)
    const asked = this.#line?.prompt.trimEnd()
    if (asked === undefined || !line.startsWith(asked)) return undefined
    return this.#prompts.strip(line.slice(asked.length).trimStart())
  }

  forget(): void {
    this.#line = undefined
  }

  /** Forgets the prompt for a secret. @returns whether its row shows nothing of what was typed */
  keptSecret(buffer: headless.IBuffer): boolean {
    const line = this.#line
    if (line === undefined) return false
    this.#line = undefined
    const row = line.row?.line ?? -1
    const shown = row === -1 ? '' : (buffer.getLine(row)?.translateToString(true) ?? '')
    return keptSecret(line.prompt, shown)
  }
}
