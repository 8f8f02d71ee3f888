import { createHash, type Hash } from 'node:crypto'
import { errorCode } from '../../files/error-code.ts'
import type { RecordingReader, RecordingStore } from '../recording/recording-store.ts'
import type { Findings } from './findings.ts'
import type { ProvenStretch, ToldRecording } from './recordings-told.ts'

/** Large enough to be quick, small enough that a recording which is written meanwhile is not held up. */
const readBytes = 256 * 1024

/** A header is shorter: command and title are cut. */
const headerBytes = 64 * 1024

export interface RecordingCheckParts {
  store: RecordingStore
  hasKeys: boolean
  findings: Findings
  /** Called with bytes that were read; what it returns is awaited. */
  onRead: (bytes: number) => Promise<void>
  signal?: AbortSignal | undefined
}

/** Reads one recording through and compares it with what the ledger vouches for. */
export async function checkRecording(parts: RecordingCheckParts, told: ToldRecording): Promise<void> {
  const { store, findings } = parts
  const { sessionId } = told
  try {
    await using reader = await store.openStored(sessionId)
    await compare(parts, told, reader)
  } catch (thrown) {
    // Asked to stop, which is nothing that was found.
    parts.signal?.throwIfAborted()
    const isMissing = errorCode(thrown) === 'ENOENT'
    if (isMissing && told.isShredded) return
    // Begun and never written, or not yet.
    if (isMissing && (told.whole?.bytes ?? 0) === 0 && told.chunks.length === 0) return
    const message = isMissing
      ? 'The recording of this session is missing.'
      : `The recording of this session cannot be read: ${String(thrown)}`
    findings.add({ kind: 'recording-missing', message, sessionId })
  }
}

async function compare(
  parts: RecordingCheckParts,
  told: ToldRecording,
  reader: RecordingReader,
): Promise<void> {
  const { findings } = parts
  const { sessionId, whole } = told
  const length = whole?.bytes ?? endOf(told.chunks)
  const bad = await firstBadStretch(parts, told, reader, length)
  if (bad !== undefined) {
    findings.add({
      kind: 'recording',
      message: `The recording differs from what was written, at ${placeText(bad)}.${await otherOwner(reader, sessionId)}`,
      sessionId,
      ...bad,
    })
  } else if (whole !== undefined && reader.byteLength > whole.bytes) {
    const bytes = reader.byteLength - whole.bytes
    const message = `${bytes} bytes were added to the end of the recording.`
    findings.add({ kind: 'recording', message, sessionId, offset: whole.bytes, bytes })
  } else if (parts.hasKeys && (whole?.bytes ?? 0) > 0) {
    await checkKey(parts, sessionId)
  } else if (length === 0) {
    const message = await otherOwner(reader, sessionId)
    if (message !== '') findings.add({ kind: 'recording', message: message.trim(), sessionId, offset: 0 })
  }
}

/** Whoever takes away a key takes away a recording and leaves its bytes as they are. */
async function checkKey({ store, findings }: RecordingCheckParts, sessionId: string): Promise<void> {
  try {
    await using reader = await store.open(sessionId)
    await reader.read(0, 1)
  } catch {
    // Destroyed on purpose at this very moment.
    if ((await store.stat(sessionId)) === undefined) return
    const message =
      'The key of this recording is gone or is another one: its bytes are as written and cannot be read.'
    findings.add({ kind: 'recording', message, sessionId })
  }
}

/**
 * The first stretch whose digest is another one. Chunks are proven one by one;
 * what follows the last of them is proven by the digest of the whole.
 */
async function firstBadStretch(
  parts: RecordingCheckParts,
  { chunks, whole }: ToldRecording,
  reader: RecordingReader,
  length: number,
): Promise<{ offset: number; bytes: number } | undefined> {
  const total = createHash('sha256')
  let offset = 0
  for (const chunk of chunks) {
    // A gap between chunks is nothing that we write; it belongs to the chunk behind it.
    if (chunk.offset > offset) await feed(parts, reader, { offset, bytes: chunk.offset - offset }, [total])
    const own = createHash('sha256')
    const isWhole = await feed(parts, reader, chunk, [total, own])
    if (!isWhole || own.digest('hex') !== chunk.sha256) return { offset: chunk.offset, bytes: chunk.bytes }
    offset = chunk.offset + chunk.bytes
  }
  if (whole === undefined) return undefined
  const rest = { offset, bytes: Math.max(0, length - offset) }
  const isWhole = await feed(parts, reader, rest, [total])
  return isWhole && total.digest('hex') === whole.sha256 ? undefined : rest
}

/** @returns whether all of it was there */
async function feed(
  { onRead }: RecordingCheckParts,
  reader: RecordingReader,
  { offset, bytes }: Pick<ProvenStretch, 'offset' | 'bytes'>,
  hashes: Hash[],
): Promise<boolean> {
  const end = offset + bytes
  for (let at = offset; at < end; ) {
    const part = await reader.read(at, Math.min(readBytes, end - at))
    if (part.byteLength === 0) return false
    for (const hash of hashes) hash.update(part)
    at += part.byteLength
    await onRead(part.byteLength)
  }
  return true
}

/** Says so when the file is another session's recording, moved here. */
async function otherOwner(reader: RecordingReader, sessionId: string): Promise<string> {
  const [line = ''] = Buffer.from(await reader.read(0, headerBytes))
    .toString('utf8')
    .split('\n', 1)
  const owner = ownerOf(line)
  return owner === undefined || owner === sessionId ? '' : ` It is the one of session ${owner}.`
}

function ownerOf(header: string): string | undefined {
  try {
    const { porthole } = JSON.parse(header) as { porthole?: { sessionId?: unknown } }
    return typeof porthole?.sessionId === 'string' ? porthole.sessionId : undefined
  } catch {
    return undefined
  }
}

function endOf(chunks: ProvenStretch[]): number {
  const last = chunks.at(-1)
  return last === undefined ? 0 : last.offset + last.bytes
}

function placeText({ offset, bytes }: { offset: number; bytes: number }): string {
  return bytes === 0 ? `byte ${offset}` : `bytes ${offset} to ${offset + bytes}`
}
