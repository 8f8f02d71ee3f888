import { z } from 'zod'
import type { ErrorValue } from '../../../contract/errors.ts'
import { type TerminalSize, terminalSizeSchema } from '../../../contract/session.ts'

/**
 * Reads asciicast v3: one JSON value per line, a header and then events
 * `[interval, code, data]`. https://docs.asciinema.org/manual/asciicast/v3/
 * Nothing in a recording is trusted: a program in a container decided what
 * stands in it, and the file may be torn.
 */

/** `at` is in milliseconds since the recording began. */
export type CastEvent =
  | { kind: 'output'; at: number; text: string }
  | { kind: 'resize'; at: number; size: TerminalSize }
  | { kind: 'marker'; at: number; label: string }
  | { kind: 'exit'; at: number; status: string }

export interface CastHeader {
  size: TerminalSize
}

const headerSchema = z.object({ version: z.number(), term: terminalSizeSchema.optional() })

/** A session ends after 20 minutes without input; a pause of a month is no pause but a broken number. */
const longestIntervalInSeconds = 30 * 24 * 60 * 60

/** The recording cannot be replayed at all. Carries what the person is told. */
export class CastError extends Error {
  readonly value: ErrorValue

  constructor(message: string, detail?: string) {
    super(message)
    this.name = 'CastError'
    this.value = {
      code: 'INVALID_REQUEST',
      message,
      action: 'The session itself stays in the audit history.',
      retryable: false,
      ...(detail !== undefined && { detail }),
    }
  }
}

/** Takes the text of a recording piece by piece and gives its events. */
export class CastParser {
  /** Absent until the first line is whole. */
  header: CastHeader | undefined
  /** Lines that are neither an event nor a comment. They are left out of the replay. */
  unreadableLines = 0
  #rest = ''
  #elapsed = 0

  /** @throws {CastError} when the first line is no header of asciicast v3 */
  push(text: string): CastEvent[] {
    const lines = (this.#rest + text).split('\n')
    // What follows the last line break may be torn, or still being written.
    this.#rest = lines.pop() ?? ''
    return this.#readLines(lines)
  }

  /** Reads a last line that has no line break; a torn one is left out. @throws {CastError} as `push` */
  finish(): CastEvent[] {
    const last = this.#rest
    this.#rest = ''
    const before = this.unreadableLines
    const events = this.#readLines(last === '' ? [] : [last])
    this.unreadableLines = before
    return events
  }

  #readLines(lines: readonly string[]): CastEvent[] {
    const events: CastEvent[] = []
    for (const line of lines) {
      if (this.header === undefined) {
        this.header = readHeader(line)
        continue
      }
      const event = this.#readEvent(line)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  #readEvent(line: string): CastEvent | undefined {
    if (line.startsWith('#') || line.trim() === '') return undefined
    const value = parseJson(line)
    const interval = Array.isArray(value) ? intervalOf(value[0]) : undefined
    if (!Array.isArray(value) || interval === undefined) {
      this.unreadableLines += 1
      return undefined
    }
    this.#elapsed += interval
    const [, code, data]: unknown[] = value
    const event = typeof data === 'string' ? eventOf(code, data, this.#elapsed) : undefined
    if (event === 'unreadable' || typeof data !== 'string') this.unreadableLines += 1
    return event === 'unreadable' ? undefined : event
  }
}

function readHeader(line: string): CastHeader {
  const parsed = headerSchema.safeParse(parseJson(line))
  if (!parsed.success)
    throw new CastError(
      'The recording has no readable header.',
      line.slice(0, 200) || 'The first line is empty.',
    )
  const { version, term } = parsed.data
  if (version !== 3)
    throw new CastError(`The recording is asciicast version ${version}. Version 3 can be replayed.`)
  if (term === undefined) throw new CastError('The recording does not say how large its terminal was.')
  return { size: { cols: term.cols, rows: term.rows } }
}

/** The event of a code; `undefined` for codes that readers are asked to ignore, input among them. */
function eventOf(code: unknown, data: string, at: number): CastEvent | 'unreadable' | undefined {
  switch (code) {
    case 'o':
      return { kind: 'output', at, text: data }
    case 'm':
      return { kind: 'marker', at, label: data }
    case 'x':
      return { kind: 'exit', at, status: data }
    case 'r': {
      const size = sizeOf(data)
      return size === undefined ? 'unreadable' : { kind: 'resize', at, size }
    }
    default:
      return undefined
  }
}

function intervalOf(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 0) || value > longestIntervalInSeconds) return undefined
  return value * 1000
}

function sizeOf(data: string): TerminalSize | undefined {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(data) ?? []
  const parsed = terminalSizeSchema.safeParse({ cols: Number(cols), rows: Number(rows) })
  return parsed.success ? parsed.data : undefined
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
