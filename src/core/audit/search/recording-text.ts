import { type CommandEntry, CommandList } from '../../../contract/command-marker.ts'
import { RedactionStream } from '../redaction/redact.ts'

/** Output of one moment on: searchable by itself, small enough to be near what is found in it. */
const pieceCharacters = 2 * 1024

/** Of one command no more is searched: a log that was printed whole would crowd out all else. */
const mostCharactersPerCommand = 256 * 1024

export interface OutputPiece {
  /** Milliseconds since the recording began, when all of it stood on the screen. */
  at: number
  text: string
}

// As our own recorder writes an event; what does not fit is skipped.
const eventLine = /^\[([\d.]+), "([a-z])", (".*")\]$/

/**
 * What can be searched in a recording: its commands, and its output without
 * escape sequences and secrets. Takes whole lines of asciicast v3, in order,
 * so that a live recording and a rebuilt index go the same way.
 */
export class RecordingText {
  readonly commands = new CommandList()
  readonly #redaction = new RedactionStream()
  readonly #pieces: OutputPiece[] = []
  #elapsed = 0
  #piece = ''
  #pieceAt = 0
  #charactersOfCommand = 0

  push(lines: string): void {
    for (const line of lines.split('\n')) {
      const event = eventLine.exec(line)
      if (event !== null) this.#take(event)
    }
  }

  /** The end of the recording. */
  finish(): void {
    this.#piece += this.#redaction.flush()
    this.#cut()
  }

  get entries(): readonly CommandEntry[] {
    return this.commands.entries
  }

  /** Pieces that are complete since the last call. */
  takePieces(): OutputPiece[] {
    return this.#pieces.splice(0)
  }

  #take([, interval, code, data = '']: RegExpExecArray): void {
    this.#elapsed += Math.round(Number(interval) * 1000)
    if (code === 'o') this.#output(data)
    else if (code === 'm') this.#marker(textOf(data))
  }

  #output(data: string): void {
    if (this.#charactersOfCommand > mostCharactersPerCommand) return
    this.#charactersOfCommand += data.length
    this.#pieceAt = this.#elapsed
    this.#piece += this.#redaction.push(textOf(data))
    if (this.#piece.length >= pieceCharacters) this.#cut()
  }

  #marker(label: string): void {
    const marker = this.commands.add(this.#elapsed, label)
    if (marker?.kind !== 'begin') return
    this.#charactersOfCommand = 0
    if (marker.source !== 'api') this.#piece = withoutEcho(this.#piece, marker.text)
    this.#cut()
  }

  #cut(): void {
    if (this.#piece.trim() !== '') this.#pieces.push({ at: this.#pieceAt, text: this.#piece })
    this.#piece = ''
  }
}

/** The command is found as a command; the line on which it was typed would only be found beside it. */
function withoutEcho(output: string, command: string): string {
  const lines = output.split('\n')
  const echo = lines.findLastIndex((line) => line.trimEnd().endsWith(command))
  return echo === -1 ? output : lines.toSpliced(echo, 1).join('\n')
}

function textOf(data: string): string {
  try {
    const text: unknown = JSON.parse(data)
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}
