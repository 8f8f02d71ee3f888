import type { Clock } from '../clock.ts'
import { errorCode } from '../files/error-code.ts'
import { storageProblem } from '../files/storage-problem.ts'
import type { AuditEventOf } from './ledger/audit-events.ts'
import type { Ledger } from './ledger/ledger.ts'
import { endOfLastLine, readRecordingPage } from './recording/recording-pages.ts'
import { emptyDigest, type RecordingStore } from './recording/recording-store.ts'
import type { SessionIndex, Unfinished } from './session-index/session-index.ts'

interface RecoveryParts {
  ledger: Ledger
  index: SessionIndex
  store: RecordingStore
  clock: Clock
}

/**
 * Settles what a crash left open: recordings are cut back to their last whole
 * line, compared with the chunks that the ledger vouches for and noted; sessions
 * without an end get one. To be called once, before any session opens.
 *
 * @returns the tasks whose history changed, and the sessions that had no end
 * @throws {PortholeError} when the ledger cannot be written
 */
export async function recoverFromCrash(
  parts: RecoveryParts,
): Promise<{ tasks: Set<string>; interrupted: string[] }> {
  const tasks = new Set<string>()
  // Asked for first: recovery itself would pass for a sign of life.
  const sessions = parts.index.unendedSessions()
  const lastMoments = new Map<string, number>()
  for (const recording of parts.index.unfinishedRecordings()) {
    tasks.add(recording.taskArn)
    lastMoments.set(recording.sessionId, await recoverRecording(parts, recording))
  }
  for (const { sessionId, taskArn, seenAt } of sessions) {
    tasks.add(taskArn)
    const at = Math.max(seenAt, lastMoments.get(sessionId) ?? 0)
    parts.ledger.append({ type: 'session.interrupted', sessionId, taskArn, at })
  }
  return { tasks, interrupted: sessions.map(({ sessionId }) => sessionId) }
}

/** @returns when the recording's last event happened, epoch milliseconds */
async function recoverRecording(parts: RecoveryParts, recording: Unfinished): Promise<number> {
  const { ledger, store, clock } = parts
  const place = { sessionId: recording.sessionId, taskArn: recording.taskArn, at: clock.now() }
  try {
    const cutBytes = await cutTornEnd(parts, recording.sessionId)
    const replay = await measure(store, recording.sessionId)
    ledger.append({
      type: 'recording.recovered',
      ...place,
      bytes: (await store.stat(recording.sessionId))?.byteLength ?? 0,
      outputBytes: replay.outputBytes,
      sha256: await store.digest(recording.sessionId),
      cutBytes,
      firstBadChunk: await firstBadChunk(parts, recording.sessionId),
    })
    return replay.endedAt
  } catch (thrown) {
    if (errorCode(thrown) === undefined) throw thrown
    const error = storageProblem(thrown, 'The recording', 'the audit folder').value
    ledger.append({ type: 'recording.failed', ...place, ...emptyDigest, outputBytes: 0, error })
    return recording.seenAt
  }
}

/** @returns how many bytes that were stored are gone */
async function cutTornEnd({ ledger, store }: RecoveryParts, sessionId: string): Promise<number> {
  const storedBytes = async () => (await store.stat(sessionId))?.byteLength ?? 0
  const before = await storedBytes()
  const vouched = chunksOf(ledger, sessionId).map(({ offset, bytes }) => offset + bytes)
  await store.cutTorn(sessionId, Math.max(0, ...vouched))
  let end: number
  {
    await using reader = await store.open(sessionId)
    end = await endOfLastLine(reader)
  }
  await store.truncate(sessionId, end)
  return before - (await storedBytes())
}

interface Measured {
  outputBytes: number
  /** Epoch milliseconds. */
  endedAt: number
}

/** Reads a recording through, line by line; lines that are no events count for nothing. */
async function measure(store: RecordingStore, sessionId: string): Promise<Measured> {
  await using reader = await store.open(sessionId)
  const measured: Measured = { outputBytes: 0, endedAt: 0 }
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page: { text: string; nextOffset?: number } = await readRecordingPage(reader, offset)
    for (const line of page.text.split('\n')) measureLine(measured, line)
    offset = page.nextOffset
  }
  return measured
}

function measureLine(measured: Measured, line: string): void {
  const value = parseLine(line)
  if (Array.isArray(value)) {
    const [interval, code, data] = value as unknown[]
    if (typeof interval === 'number') measured.endedAt += Math.round(interval * 1000)
    if (code === 'o' && typeof data === 'string') measured.outputBytes += Buffer.byteLength(data)
  } else if (typeof value === 'object' && value !== null && 'porthole' in value) {
    const own = value.porthole as { startedAt?: unknown } | null
    if (typeof own?.startedAt === 'number') measured.endedAt = own.startedAt
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Offset of the first chunk that the file no longer holds as the ledger knows it. */
async function firstBadChunk(parts: RecoveryParts, sessionId: string): Promise<number | undefined> {
  for (const chunk of chunksOf(parts.ledger, sessionId)) {
    if ((await parts.store.digest(sessionId, chunk)) !== chunk.sha256) return chunk.offset
  }
  return undefined
}

function chunksOf(ledger: Ledger, sessionId: string): AuditEventOf<'recording.chunk'>[] {
  const chunks: AuditEventOf<'recording.chunk'>[] = []
  for (const { event } of ledger.entriesOf(sessionId))
    if (event.type === 'recording.chunk') chunks.push(event)
  return chunks
}
