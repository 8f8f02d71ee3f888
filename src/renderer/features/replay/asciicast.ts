import { type TerminalSize, terminalSizeSchema } from '../../../contract/session.ts'
import {
  CastError,
  type CastHeader,
  parseJson,
  readCastHeader,
  refuseEndlessHeader,
} from './asciicast-header.ts'

/**
 * Reads asciicast v2 and v3: one JSON value per line, a header and then events
 * `[time, code, data]`. Times of version 2 count from the beginning, those of
 * version 3 from the event before.
 * https://docs.asciinema.org/manual/asciicast/v3/
 * Nothing in a recording is trusted: a program in a container decided what
 * stands in it, or whoever wrote the file, and it may be torn.
 */

/** `at` is in milliseconds since the recording began. */
export type CastEvent =
  | { kind: 'output'; at: number; text: string }
  | { kind: 'resize'; at: number; size: TerminalSize }
  | { kind: 'marker'; at: number; label: string }
  | { kind: 'exit'; at: number; status: string }

/** How much of a recording is taken that nobody has bounded before. */
export interface CastLimits {
  /** More end the reading. */
  events: number
  /** What comes after them is played without. */
  markers: number
  /** Of one marker's label; the rest of it is left out. */
  labelCharacters: number
}

const noLimits: CastLimits = {
  events: Number.POSITIVE_INFINITY,
  markers: Number.POSITIVE_INFINITY,
  labelCharacters: Number.POSITIVE_INFINITY,
}

/** A session ends after 20 minutes without input; a pause of a month is no pause but a broken number. */
const longestPauseMilliseconds = 30 * 24 * 60 * 60 * 1000

/** Recorders write what they read at once, 64 KiB at most; a file that is one endless line must not fill the memory. */
const longestLineCharacters = 16 * 1024 * 1024

/** One write to the screen. xterm.js yields only between writes, so nobody's event may be longer. */
const longestOutputCharacters = 64 * 1024

/** As far as version 1 is looked for: its `version` stands before the output. */
const beginningCharacters = 64 * 1024

/** Takes the text of a recording piece by piece and gives its events. */
export class CastParser {
  /** Absent until the first line is whole. */
  header: CastHeader | undefined
  /** Lines that are neither an event nor a comment. They are left out of the replay. */
  unreadableLines = 0
  /** The number of the first of them, from 1. */
  firstUnreadableLine: number | undefined
  readonly #limits: CastLimits
  /** The line whose end has not come yet: it may be torn, or still being written. */
  #pieces: string[] = []
  #pieceCharacters = 0
  #beginning = ''
  #line = 0
  #elapsed = 0
  #events = 0
  #markers = 0

  constructor(limits: CastLimits = noLimits) {
    this.#limits = limits
  }

  /** @throws {CastError} when the first line is no header that can be read, or a limit is passed */
  push(text: string): CastEvent[] {
    const events: CastEvent[] = []
    if (this.header === undefined) this.#beginning = (this.#beginning + text).slice(0, beginningCharacters)
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#hold(text.slice(from, end))
      this.#readLine(this.#pieces.join(''), events)
      this.#pieces = []
      this.#pieceCharacters = 0
      from = end + 1
    }
    this.#hold(text.slice(from))
    return events
  }

  #hold(piece: string): void {
    if (piece === '') return
    this.#pieces.push(piece)
    this.#pieceCharacters += piece.length
    if (this.#pieceCharacters <= longestLineCharacters) return
    if (this.header === undefined) refuseEndlessHeader(this.#beginning)
    throw new CastError(
      `Line ${this.#line + 1} of the recording is longer than any recorder writes. What stands before it can be played.`,
      { action: 'Take that line out to see what comes after it.' },
    )
  }

  #readLine(line: string, events: CastEvent[]): void {
    this.#line += 1
    if (this.header === undefined) {
      this.header = readCastHeader(line, this.#beginning)
      this.#beginning = ''
    } else if (!line.startsWith('#') && line.trim() !== '') {
      if (this.#readEvent(line, this.header.version, events)) return
      this.unreadableLines += 1
      this.firstUnreadableLine ??= this.#line
    }
  }

  /** @returns whether the line is an event, be it one that comes to nothing */
  #readEvent(line: string, version: 2 | 3, events: CastEvent[]): boolean {
    const value = parseJson(line)
    if (!Array.isArray(value)) return false
    const [time, code, data]: unknown[] = value
    const at = this.#timeOf(time, version)
    if (at === undefined) return false
    this.#elapsed = at
    if (!isKnownCode(code)) return true
    return typeof data === 'string' && this.#add(code, data, at, events)
  }

  /** Never back in time: what a clock did there happened after what stands above it. */
  #timeOf(seconds: unknown, version: 2 | 3): number | undefined {
    if (typeof seconds !== 'number' || !(seconds >= 0)) return undefined
    const time = seconds * 1000
    const pause = version === 3 ? time : Math.max(0, time - this.#elapsed)
    if (pause > longestPauseMilliseconds) return undefined
    return version === 3 ? this.#elapsed + time : Math.max(this.#elapsed, time)
  }

  #add(code: KnownCode, data: string, at: number, events: CastEvent[]): boolean {
    if (code === 'o') {
      for (let from = 0; from < data.length; from += longestOutputCharacters)
        this.#keep({ kind: 'output', at, text: data.slice(from, from + longestOutputCharacters) }, events)
    } else if (code === 'm') {
      this.#markers += 1
      if (this.#markers <= this.#limits.markers)
        this.#keep({ kind: 'marker', at, label: data.slice(0, this.#limits.labelCharacters) }, events)
    } else if (code === 'x') this.#keep({ kind: 'exit', at, status: data }, events)
    else {
      const size = sizeOf(data)
      if (size === undefined) return false
      this.#keep({ kind: 'resize', at, size }, events)
    }
    return true
  }

  #keep(event: CastEvent, events: CastEvent[]): void {
    this.#events += 1
    if (this.#events > this.#limits.events)
      throw new CastError(
        `The recording has more than ${this.#limits.events.toLocaleString('en')} events. What came before can be played.`,
        { action: 'Cut it into shorter recordings to see the rest.' },
      )
    events.push(event)
  }
}

type KnownCode = 'o' | 'm' | 'x' | 'r'

/** Readers are asked to ignore all others. Input is one of those: it holds what no screen showed. */
function isKnownCode(code: unknown): code is KnownCode {
  return code === 'o' || code === 'm' || code === 'x' || code === 'r'
}

function sizeOf(data: string): TerminalSize | undefined {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(data) ?? []
  const parsed = terminalSizeSchema.safeParse({ cols: Number(cols), rows: Number(rows) })
  return parsed.success ? parsed.data : undefined
}
