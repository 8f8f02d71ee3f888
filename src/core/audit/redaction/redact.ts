import { PlainText } from './plain-text.ts'
import { count, type RedactionCounts, redactLine, replacement } from './redact-line.ts'

export type { RedactionCounts } from './redact-line.ts'
export type { SecretKind } from './secret-rules.ts'

export interface Redacted {
  /** Plain text: without escape sequences, lines separated by \n. */
  text: string
  counts: RedactionCounts
}

/**
 * Takes secrets out of terminal output or a command. Escape sequences go first,
 * so that colour in the middle of a secret does not hide it. Each secret becomes
 * `‹redacted:kind:length›`. For what is derived from recordings, never for recordings.
 */
export function redact(text: string): Redacted {
  const stream = new RedactionStream()
  const redacted = stream.push(text) + stream.flush()
  return { text: redacted, counts: stream.counts }
}

/** Adds what was taken out of one thing to what was taken out of others. */
export function addCounts(sum: RedactionCounts, more: RedactionCounts): void {
  for (const [kind, count] of Object.entries(more) as [keyof RedactionCounts, number][])
    sum[kind] = (sum[kind] ?? 0) + count
}

/** How many were taken out, of any kind. */
export function redactionCount(counts: RedactionCounts): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0)
}

/**
 * The longest line that is held until its end is known. Longer ones are cut at
 * a space, where a secret that needs the words before it may be missed.
 */
export const longestLineLength = 16 * 1024

/** Lines of a PEM block: base64, or a header such as `Proc-Type: 4,ENCRYPTED`. */
const pemBegin = /-----BEGIN [A-Z0-9 ]{1,40}-----\s*$/
const pemEnd = /^\s*-----END /
const pemBody = /^\s*(?:[A-Za-z0-9+/=]+|[A-Za-z-]+: .*|)\s*$/

/**
 * `redact` for output that comes in pieces: what it returns is safe to store,
 * and all of it together is what `redact` makes of all pieces together.
 */
export class RedactionStream {
  readonly counts: RedactionCounts = {}
  readonly #plain = new PlainText()
  #line = ''
  #inPem = false

  /** @returns whole lines, each with its \n; what is not a whole line yet stays here */
  push(output: string): string {
    return this.#take(this.#plain.push(output))
  }

  /** The end of the output, or of a stretch whose last line must not wait. */
  flush(): string {
    const lines = this.#take(this.#plain.flush())
    const rest = this.#line
    this.#line = ''
    return lines + this.#redactLine(rest)
  }

  #take(text: string): string {
    if (text === '') return ''
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    let redacted = ''
    for (const line of lines) redacted += `${this.#redactLong(line)}\n`
    if (this.#line.length > longestLineLength) redacted += this.#cutLine()
    return redacted
  }

  #redactLong(line: string): string {
    let redacted = ''
    let rest = line
    while (rest.length > longestLineLength) {
      const end = cutBefore(rest)
      redacted += this.#redactLine(rest.slice(0, end))
      rest = rest.slice(end)
    }
    return redacted + this.#redactLine(rest)
  }

  #cutLine(): string {
    let redacted = ''
    while (this.#line.length > longestLineLength) {
      const end = cutBefore(this.#line)
      redacted += this.#redactLine(this.#line.slice(0, end))
      this.#line = this.#line.slice(end)
    }
    return redacted
  }

  #redactLine(line: string): string {
    if (this.#inPem) {
      if (!pemEnd.test(line) && pemBody.test(line)) return this.#redactPemLine(line)
      this.#inPem = false
    }
    if (pemBegin.test(line)) {
      this.#inPem = true
      count(this.counts, 'pem')
    }
    return redactLine(line, this.counts)
  }

  #redactPemLine(line: string): string {
    const body = line.trim()
    return body === '' ? line : line.replace(body, replacement('pem', body.length))
  }
}

/** The last space within the longest length, or that length when there is none. */
function cutBefore(line: string): number {
  const space = line.lastIndexOf(' ', longestLineLength - 1)
  return space > 0 ? space + 1 : longestLineLength
}
