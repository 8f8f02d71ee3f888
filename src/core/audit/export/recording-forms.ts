import { readRecordingPage } from '../recording-pages.ts'
import type { RecordingReader } from '../recording-store.ts'
import { PlainText } from '../redaction/plain-text.ts'
import { type RedactionCounts, RedactionStream } from '../redaction/redact.ts'

/** Pages are read whole lines at a time; this is how much of a file as it lies there is read at once. */
const readBytes = 256 * 1024

/** All of it, as the reader gives it. */
export async function* allBytes(reader: RecordingReader): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < reader.byteLength; ) {
    const part = await reader.read(offset, readBytes)
    if (part.byteLength === 0) return
    offset += part.byteLength
    yield part
  }
}

/** What the screen showed, as text without escape sequences. */
export async function* plainText(reader: RecordingReader): AsyncIterable<Uint8Array> {
  const plain = new PlainText()
  for await (const line of linesOf(reader)) yield Buffer.from(plain.push(outputOf(line)), 'utf8')
  yield Buffer.from(plain.flush(), 'utf8')
}

/** The same with secrets taken out; `counts` gets how many of each kind. */
export async function* redactedText(
  reader: RecordingReader,
  counts: RedactionCounts,
): AsyncIterable<Uint8Array> {
  const stream = new RedactionStream()
  for await (const line of linesOf(reader)) yield Buffer.from(stream.push(outputOf(line)), 'utf8')
  yield Buffer.from(stream.flush(), 'utf8')
  for (const [kind, count] of Object.entries(stream.counts) as [keyof RedactionCounts, number][])
    counts[kind] = (counts[kind] ?? 0) + count
}

/** asciicast v2: another header, and times from the beginning instead of from the event before. */
export async function* asciicastV2(reader: RecordingReader): AsyncIterable<Uint8Array> {
  let elapsed = 0
  for await (const line of linesOf(reader)) {
    const value = parse(line)
    if (Array.isArray(value)) {
      const [interval, code, data] = value as [number, string, unknown]
      elapsed += Number(interval)
      // What ends a recording has no code there.
      if (code !== 'x') yield jsonLine([Number(elapsed.toFixed(3)), code, data])
    } else if (typeof value === 'object' && value !== null) yield jsonLine(headerV2(value as HeaderV3))
  }
}

interface HeaderV3 {
  term?: { cols?: number; rows?: number; type?: string }
  timestamp?: number
  command?: string
  title?: string
}

function headerV2({ term, timestamp, command, title }: HeaderV3): object {
  return {
    version: 2,
    width: term?.cols ?? 80,
    height: term?.rows ?? 24,
    timestamp,
    command,
    title,
    env: { TERM: term?.type },
  }
}

async function* linesOf(reader: RecordingReader): AsyncIterable<string> {
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page: { text: string; nextOffset?: number } = await readRecordingPage(reader, offset)
    for (const line of page.text.split('\n')) if (line !== '') yield line
    offset = page.nextOffset
  }
}

function outputOf(line: string): string {
  const value = parse(line)
  if (!Array.isArray(value)) return ''
  const [, code, data] = value as unknown[]
  return code === 'o' && typeof data === 'string' ? data : ''
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function jsonLine(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8')
}
