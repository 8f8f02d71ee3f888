/** Where a file stops being what it should be. */
export class RecordScanError extends Error {
  override readonly name = 'RecordScanError'
  /** In bytes from the beginning of the unpacked text. */
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

/** CloudTrail's records are 256 KB at most; one that is longer is none, and would stop everything else. */
const longestValueBytes = 1024 * 1024

/** The members under which CloudTrail lists: files in S3, and the answer of LookupEvents. */
const listNames = new Set(['Records', 'Events'])

/**
 * The elements of a CloudTrail file one by one, each parsed by itself: a whole
 * file at once would hold everything up for as long as it is large.
 *
 * @throws {RecordScanError} where it is torn, no JSON, or no list of records
 */
export function* scanRecords(bytes: Uint8Array): Generator<{ position: number; record: unknown }> {
  const scanner = new Scanner(bytes)
  if (scanner.peek() === codes['[']) yield* scanner.elements()
  else yield* listsOf(scanner)
  if (scanner.peek() !== undefined) throw scanner.error('There is something behind its end')
}

function* listsOf(scanner: Scanner): Generator<{ position: number; record: unknown }> {
  let isFound = false
  scanner.take('{')
  for (let first = true; scanner.peek() !== codes['}']; first = false) {
    if (!first) scanner.take(',')
    const name = scanner.parse(scanner.skipValue())
    scanner.take(':')
    if (typeof name === 'string' && listNames.has(name) && scanner.peek() === codes['[']) {
      isFound = true
      yield* scanner.elements()
    } else scanner.skipValue()
  }
  scanner.take('}')
  if (!isFound) throw scanner.error('It has no Records and no Events')
}

const codes = { '{': 0x7b, '}': 0x7d, '[': 0x5b, ']': 0x5d, ',': 0x2c, ':': 0x3a } as const
const quote = 0x22
const backslash = 0x5c
const byteOrderMark = [0xef, 0xbb, 0xbf]

/** Finds where values begin and end; whether they are JSON is for `JSON.parse`. */
class Scanner {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#at = byteOrderMark.every((byte, index) => bytes[index] === byte) ? byteOrderMark.length : 0
  }

  error(message: string, position = this.#at): RecordScanError {
    return new RecordScanError(message, position)
  }

  /** The next byte that is no space; undefined at the end. */
  peek(): number | undefined {
    while (isSpace(this.#bytes[this.#at])) this.#at += 1
    return this.#bytes[this.#at]
  }

  take(expected: keyof typeof codes): void {
    if (this.peek() === undefined) throw this.error('It ends too early')
    if (this.#bytes[this.#at] !== codes[expected]) throw this.error(`There should be a ${expected}`)
    this.#at += 1
  }

  /** Of an array, which is taken to its end. */
  *elements(): Generator<{ position: number; record: unknown }> {
    this.take('[')
    for (let first = true; this.peek() !== codes[']']; first = false) {
      if (!first) this.take(',')
      const span = this.skipValue()
      yield { position: span.start, record: this.parse(span) }
    }
    this.take(']')
  }

  skipValue(): { start: number; end: number } {
    if (this.peek() === undefined) throw this.error('It ends too early')
    const start = this.#at
    const end = this.#endOfValue(start)
    this.#at = end
    return { start, end }
  }

  parse({ start, end }: { start: number; end: number }): unknown {
    try {
      return JSON.parse(Buffer.from(this.#bytes.subarray(start, end)).toString('utf8'))
    } catch {
      throw this.error('This is no JSON', start)
    }
  }

  #endOfValue(start: number): number {
    const limit = Math.min(this.#bytes.length, start + longestValueBytes)
    let depth = 0
    let inText = false
    for (let at = start; at < limit; at += 1) {
      const byte = this.#bytes[at]
      if (inText) {
        if (byte === backslash) at += 1
        else if (byte === quote) inText = false
        if (!inText && depth === 0) return at + 1
      } else if (byte === quote) inText = true
      else if (byte === codes['{'] || byte === codes['[']) depth += 1
      else if (byte === codes['}'] || byte === codes[']']) {
        if (depth === 0) return at
        depth -= 1
        if (depth === 0) return at + 1
      } else if (depth === 0 && (byte === codes[','] || byte === codes[':'] || isSpace(byte))) return at
    }
    if (limit < this.#bytes.length) throw this.error('A value is longer than 1 MB', start)
    throw this.error('It ends too early', this.#bytes.length)
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
