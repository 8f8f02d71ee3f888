import headless from '@xterm/headless'
import type { CommandEntry } from '../../../contract/command-marker.ts'
import { RedactionStream, redact } from '../redaction/redact.ts'
import type { OutputPiece } from './recording-text.ts'
import { TranscriptPrompts } from './transcript-prompts.ts'

/** As the pieces of a recording: searchable by itself, small enough to be near what is found in it. */
const pieceCharacters = 2 * 1024

/** A line that goes on for longer is nobody's command; it is read as it comes. */
const longestHeldLine = 64 * 1024

/** Wider than any line that somebody edits: what wrapped there is joined before. */
const editedColumns = 2000

/** Of a piece or command, `at` and `startedAt` are its line, counted from 0. */
export type TranscriptRow = OutputPiece | CommandEntry

/** Where a line ends, as `PlainText` sees it: a carriage return alone writes over a line, which makes a new one. */
const lineEnd = /\r*\n|(?<! )\r+(?![\r\n])/g
/** How line editors wrap a long line. */
const wrap = / \r(?!\r*\n)/g
/** What line editors do to a line that is not simply typed to its end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are control sequences
const edit = /\x08|\x1b\[\d*[CDPK@]/

/**
 * What can be searched in a transcript that AWS wrote: its lines without escape
 * sequences and secrets, in the numbers that the page shows them with, and those
 * among them that look like commands. There is no input beside the output and no
 * mark, so a prompt is all that tells: that they were typed is likely at most.
 */
export class TranscriptText implements Disposable {
  readonly #redaction = new RedactionStream()
  readonly #prompts = new TranscriptPrompts()
  #terminal: headless.Terminal | undefined
  #raw = ''
  #line = 0
  #piece: string[] = []
  #pieceLength = 0
  #rows: TranscriptRow[] = []

  /** @returns what is complete since the last call */
  async push(text: string): Promise<TranscriptRow[]> {
    this.#raw += text
    let position = 0
    for (const { index, 0: end } of this.#raw.matchAll(lineEnd)) {
      // What follows a carriage return decides what it means.
      if (index + end.length === this.#raw.length && !end.endsWith('\n')) break
      await this.#take(this.#raw.slice(position, index), end)
      position = index + end.length
    }
    this.#raw = this.#raw.slice(position)
    if (this.#raw.length > longestHeldLine) {
      this.#addLines(this.#redaction.push(this.#raw))
      this.#raw = ''
    }
    return this.#taken()
  }

  /** The end of the transcript. */
  async finish(): Promise<TranscriptRow[]> {
    this.#addLines(this.#redaction.push(this.#raw) + this.#redaction.flush())
    this.#cut()
    return this.#taken()
  }

  [Symbol.dispose](): void {
    this.#terminal?.dispose()
  }

  async #take(raw: string, end: string): Promise<void> {
    const lines = linesOf(this.#redaction.push(raw + end))
    const last = lines.pop()
    for (const line of lines) this.#addLine(line)
    if (last === undefined) return
    // A carriage return alone waits for what follows: the line that comes may be an earlier one.
    const isEdited = edit.test(raw) && redact(raw).text === last
    this.#addLine(last, isEdited ? await this.#edited(raw) : undefined)
  }

  #addLines(redacted: string): void {
    for (const line of linesOf(redacted)) this.#addLine(line)
  }

  /** @param edited what the line came to, where it was not simply written */
  #addLine(line: string, edited = line): void {
    const number = this.#line++
    const command = this.#prompts.commandOn(edited)
    if (command !== undefined) this.#rows.push(commandOn(number, command))
    // It is found as a command; the piece keeps its place.
    this.#piece.push(command === undefined ? line : '')
    this.#pieceLength += line.length + 1
    if (this.#pieceLength >= pieceCharacters) this.#cut()
  }

  #cut(): void {
    const text = this.#piece.join('\n')
    if (text.trim() !== '') this.#rows.push({ at: this.#line - this.#piece.length, text })
    this.#piece = []
    this.#pieceLength = 0
  }

  #taken(): TranscriptRow[] {
    return this.#rows.splice(0)
  }

  async #edited(raw: string): Promise<string> {
    this.#terminal ??= new headless.Terminal({ cols: editedColumns, rows: 2, allowProposedApi: true })
    const terminal = this.#terminal
    terminal.reset()
    await new Promise<void>((resolve) => terminal.write(raw.replace(wrap, ''), resolve))
    return redact(terminal.buffer.active.getLine(0)?.translateToString(true) ?? '').text
  }
}

/** Whole lines, as the redaction hands them over; the last one may lack its end. */
function linesOf(redacted: string): string[] {
  const lines = redacted.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function commandOn(line: number, text: string): CommandEntry {
  return {
    kind: 'command',
    startedAt: line,
    text,
    redactions: text.match(/‹redacted:/g)?.length ?? 0,
    source: 'echo',
    confidence: 'likely',
  }
}
