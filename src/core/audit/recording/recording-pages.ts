import type { RecordingPage } from '../../../contract/audit.ts'
import { PortholeError } from '../../../contract/errors.ts'
import type { RecordingReader } from './recording-store.ts'

/** A page is about this long: quick to parse, few round trips. */
const pageBytes = 256 * 1024

const lineBreak = 0x0a

/**
 * Whole lines from `offset` on. A torn or still unfinished last line is left
 * out; without a whole line the text is empty and there is no `nextOffset`.
 * @throws {PortholeError} INVALID_REQUEST when no line begins at `offset`
 */
export async function readRecordingPage(
  reader: RecordingReader,
  offset: number,
): Promise<Omit<RecordingPage, 'live'>> {
  await refuseMidLine(reader, offset)
  const lines = await readWholeLines(reader, offset)
  if (lines.byteLength === 0) return { text: '' }
  return { text: new TextDecoder().decode(lines), nextOffset: offset + lines.byteLength }
}

/** Where the last whole line ends. */
export async function endOfLastLine(reader: RecordingReader): Promise<number> {
  for (let end = reader.byteLength; end > 0; ) {
    const start = Math.max(0, end - pageBytes)
    const at = (await reader.read(start, end - start)).lastIndexOf(lineBreak)
    if (at !== -1) return start + at + 1
    end = start
  }
  return 0
}

async function readWholeLines(reader: RecordingReader, offset: number): Promise<Uint8Array> {
  for (let length = pageBytes; ; length *= 2) {
    const bytes = await reader.read(offset, length)
    const end = bytes.lastIndexOf(lineBreak) + 1
    // Our lines are shorter than a page, but a line of somebody else's recorder may not be.
    if (end > 0 || bytes.byteLength < length) return bytes.subarray(0, end)
  }
}

async function refuseMidLine(reader: RecordingReader, offset: number): Promise<void> {
  if (offset === 0) return
  const [before] = await reader.read(offset - 1, 1)
  if (before === lineBreak) return
  throw new PortholeError({
    code: 'INVALID_REQUEST',
    message: `No line of the recording begins at byte ${offset}.`,
    action: 'Read on from the nextOffset of the page before.',
  })
}
