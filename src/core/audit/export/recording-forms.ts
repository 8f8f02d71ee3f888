import type { RecordingForm } from '../../../contract/export.ts'
import { readRecordingPage } from '../recording/recording-pages.ts'
import type { RecordingReader } from '../recording/recording-store.ts'
import { PlainText } from '../redaction/plain-text.ts'
import { addCounts, type RedactionCounts, RedactionStream } from '../redaction/redact.ts'
import { type CastLine, redactedCast, versionTwo } from './cast-forms.ts'

/** Pages are read whole lines at a time; this is how much of a file as it lies there is read at once. */
const readBytes = 256 * 1024

/** A recording that is damaged from some place on. */
export class IllegibleRecording extends Error {
  override readonly name = 'IllegibleRecording'
}

/** So that what is wrong with a recording is not taken for something wrong with the place it is exported to. */
export function legible(reader: RecordingReader): RecordingReader {
  return {
    byteLength: reader.byteLength,
    async read(offset, byteLength) {
      try {
        return await reader.read(offset, byteLength)
      } catch (cause) {
        throw new IllegibleRecording(`It cannot be read at byte ${offset}: ${String(cause)}`, { cause })
      }
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}

/** A recording as the one file that somebody asked for; `counts` gets the secrets that were taken out. */
export function recordingAs(
  form: RecordingForm,
  reader: RecordingReader,
  counts: RedactionCounts | undefined,
): AsyncIterable<Uint8Array> {
  if (form === 'text') return counts === undefined ? plainText(reader) : redactedText(reader, counts)
  if (form === 'asciicast-v2') return asciicastV2(reader, counts)
  return counts === undefined ? allBytes(reader) : jsonLines(redactedCast(castLines(reader), counts))
}

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
  addCounts(counts, stream.counts)
}

/** asciicast v2, for players that know no newer one. */
export function asciicastV2(reader: RecordingReader, counts?: RedactionCounts): AsyncIterable<Uint8Array> {
  const lines = castLines(reader)
  return jsonLines(versionTwo(counts === undefined ? lines : redactedCast(lines, counts)))
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

async function* castLines(reader: RecordingReader): AsyncIterable<CastLine> {
  for await (const line of linesOf(reader)) {
    const value = parse(line)
    if (isCastLine(value)) yield value
  }
}

/** What somebody changed behind our back may be anything. */
function isCastLine(value: unknown): value is CastLine {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null
  const [interval, code, data] = value as unknown[]
  return typeof interval === 'number' && typeof code === 'string' && typeof data === 'string'
}

async function* jsonLines(values: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`, 'utf8')
}
