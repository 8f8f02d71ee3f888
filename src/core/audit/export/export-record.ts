import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { ExportRequest, ExportSummary } from '../../../contract/export.ts'
import type { IntegrityReport } from '../../../contract/integrity.ts'
import { errorCode } from '../../files/error-code.ts'
import { keyFingerprint, publicKeyText } from '../integrity/checkpoint-keeper.ts'
import { type AuditEvent, readAuditEvent } from '../ledger/audit-events.ts'
import type { EventRow, LedgerRows } from '../ledger/ledger-rows.ts'
import type { RecordingReader, RecordingStore } from '../recording/recording-store.ts'
import { type RedactionCounts, redactionCount } from '../redaction/redact.ts'
import type { ExportSteps } from './export-progress.ts'
import { ChosenEvents } from './export-selection.ts'
import type { ExportedFile, ExportSink, FileContent } from './export-sink.ts'
import { readmeText } from './readme-text.ts'
import {
  allBytes,
  asciicastV2,
  IllegibleRecording,
  legible,
  plainText,
  redactedText,
} from './recording-forms.ts'
import { redactedEvent } from './redacted-event.ts'

/** So many events at a time, then whoever records gets a turn. */
const eventsAtOnce = 250

const signatureDomain = 'porthole/export/v1'

export interface ExportParts {
  installId: string
  rows: LedgerRows
  store: RecordingStore
  signingKey: KeyObject
  /** What a check of the record found just now. */
  verification: IntegrityReport
  /** The latest event that comes along. */
  lastSeq: number
  request: ExportRequest
  steps: ExportSteps
  signal: AbortSignal
  /** Who exports, as the ledger names them. */
  by: { userName: string; principal?: string | undefined }
  version: string
  /** Text of the standalone verifier, which goes along. */
  verifier: string
  /** Epoch milliseconds. */
  at: number
}

/**
 * Writes part of a record so that anybody can check it without Porthole: bodies
 * only of what was chosen, the hashes of everything.
 */
export function exportRecord(
  parts: ExportParts,
  sink: ExportSink,
): Promise<Omit<ExportSummary, 'path' | 'bytes'>> {
  return new RecordExport(parts, sink).write()
}

class RecordExport {
  readonly #parts: ExportParts
  readonly #sink: ExportSink
  readonly #files: ExportedFile[] = []
  readonly #counts: RedactionCounts = {}
  readonly #recordings = new Set<string>()
  readonly #publicKeys: { seq: number; publicKey: string }[] = []
  /** What opens the recordings as stored, base64, by session. */
  readonly #keys: Record<string, string> = {}
  /** Sessions whose recording is there no more. */
  readonly #gone: string[] = []
  /** Sessions whose recording could be opened up to some place only: damaged, and found so by the check. */
  readonly #torn = new Set<string>()
  #events = 0
  #chainLength = 0
  #head = ''

  constructor(parts: ExportParts, sink: ExportSink) {
    this.#parts = parts
    this.#sink = sink
  }

  async write(): Promise<Omit<ExportSummary, 'path' | 'bytes'>> {
    const { request, rows, verification, verifier } = this.#parts
    const chosen = await ChosenEvents.find(request.selection, this.#allEvents())
    await this.#add('chain.jsonl', this.#chainLines(chosen))
    await this.#add('events.jsonl', this.#eventLines(chosen))
    await this.#add('checkpoints.jsonl', checkpointLines(rows, this.#parts))
    const recordings = await this.#addRecordings()
    if (Object.keys(this.#keys).length > 0)
      await this.#add('keys.json', lines(`${JSON.stringify(this.#keys, undefined, 2)}\n`))
    await this.#add('verify.mjs', lines(verifier))
    await this.#add('README.txt', lines(readmeText(this.#parts)))
    const keyFingerprint = await this.#sign(recordings)
    return {
      events: this.#events,
      recordings,
      ...(request.redacted && { redactions: redactionCount(this.#counts) }),
      findings: verification.findingCount,
      keyFingerprint,
    }
  }

  async #add(name: string, content: FileContent): Promise<void> {
    this.#files.push(await this.#sink.add(name, content))
  }

  async *#allEvents(): AsyncIterable<AuditEvent> {
    for await (const stretch of this.#stretches())
      for (const row of stretch) {
        const event = readAuditEvent(row.body)
        if (event !== undefined) yield event
      }
  }

  async *#stretches(): AsyncIterable<EventRow[]> {
    const { rows, lastSeq, signal } = this.#parts
    for (let after: number | undefined; ; ) {
      signal.throwIfAborted()
      const stretch = rows.someEvents(after, eventsAtOnce).filter(({ seq }) => seq <= lastSeq)
      yield stretch
      if (stretch.length < eventsAtOnce) return
      after = stretch.at(-1)?.seq
      await breathe()
    }
  }

  async *#chainLines(chosen: ChosenEvents): AsyncIterable<Uint8Array> {
    for await (const stretch of this.#stretches())
      yield Buffer.from(stretch.map((row) => this.#chainLine(row, chosen)).join(''))
  }

  #chainLine(row: EventRow, chosen: ChosenEvents): string {
    const event = readAuditEvent(row.body)
    const isChosen = event !== undefined && chosen.has(event)
    if (isChosen) this.#hear(row.seq, event)
    this.#chainLength += 1
    this.#head = row.hash.toString('hex')
    const body = createHash('sha256').update(row.body).digest('hex')
    const line = isChosen && !this.#parts.request.redacted ? { line: this.#events } : {}
    return `${JSON.stringify({ seq: row.seq, body, hash: this.#head, ...line })}\n`
  }

  #hear(seq: number, event: AuditEvent): void {
    this.#events += 1
    if (event.type === 'recording.start') this.#recordings.add(event.sessionId)
    if ('publicKey' in event && event.publicKey !== undefined)
      this.#publicKeys.push({ seq, publicKey: event.publicKey })
  }

  async *#eventLines(chosen: ChosenEvents): AsyncIterable<Uint8Array> {
    for await (const stretch of this.#stretches())
      for (const row of stretch) {
        const event = readAuditEvent(row.body)
        if (event === undefined || !chosen.has(event)) continue
        yield this.#parts.request.redacted ? Buffer.from(redactedEvent(event, this.#counts)) : row.body
        yield Buffer.from('\n')
      }
  }

  /** @returns how many there were; a recording that is gone is left to the verifier to complain of */
  async #addRecordings(): Promise<number> {
    const { steps, store } = this.#parts
    const bytesOf = async (sessionId: string) =>
      ((await store.stat(sessionId))?.byteLength ?? 0) * this.#passes
    let total = 0
    for (const sessionId of this.#recordings) total += await bytesOf(sessionId)
    steps.expect(this.#recordings.size, total)
    let count = 0
    for (const sessionId of this.#recordings) {
      steps.begins(await bytesOf(sessionId))
      if (await this.#addRecording(sessionId)) count += 1
      else this.#gone.push(sessionId)
      steps.ends()
    }
    return count
  }

  /** How often a recording is read. */
  get #passes(): number {
    const { redacted, text, asciicastV2 } = this.#parts.request
    return redacted ? 1 : 2 + Number(text) + Number(asciicastV2)
  }

  /** @returns whether it is there */
  async #addRecording(sessionId: string): Promise<boolean> {
    await using opened = await this.#open(sessionId)
    if (opened === undefined) return false
    const { reader, stored, key } = opened
    const { request } = this.#parts
    if (key !== undefined) this.#keys[sessionId] = Buffer.from(key).toString('base64')
    const forms: [boolean, string, (source: RecordingReader) => FileContent][] = [
      [!request.redacted, `recordings/${sessionId}.cast`, allBytes],
      [key !== undefined, `sealed/${sessionId}.sealed`, () => allBytes(stored)],
      [request.text && !request.redacted, `text/${sessionId}.txt`, plainText],
      [request.redacted, `text/${sessionId}.txt`, (source) => redactedText(source, this.#counts)],
      [request.asciicastV2 && !request.redacted, `asciicast-v2/${sessionId}.cast`, asciicastV2],
    ]
    for (const [isWanted, name, content] of forms)
      if (isWanted) await this.#add(name, this.#untilTorn(sessionId, content(reader)))
    return true
  }

  async #open(sessionId: string) {
    const { store, request, steps } = this.#parts
    await using resources = new AsyncDisposableStack()
    try {
      const stored = steps.counted(legible(resources.use(await store.openStored(sessionId))))
      const reader = steps.counted(legible(resources.use(await store.open(sessionId))))
      const key = request.redacted ? undefined : await store.keyOf(sessionId)
      const owned = resources.move()
      return { reader, stored, key, [Symbol.asyncDispose]: () => owned.disposeAsync() }
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined
      throw thrown
    }
  }

  /** A damaged recording is evidence too: as far as it can be read, and the manifest says that it is no more. */
  async *#untilTorn(sessionId: string, content: FileContent): FileContent {
    try {
      yield* content
    } catch (thrown) {
      if (!(thrown instanceof IllegibleRecording)) throw thrown
      this.#torn.add(sessionId)
    }
  }

  /** What somebody who expects everything would look for in vain. */
  #leftOut(): object {
    const { redacted } = this.#parts.request
    return {
      events: this.#chainLength - this.#events,
      recordingsGone: this.#gone,
      ...(this.#torn.size > 0 && { recordingsTorn: [...this.#torn] }),
      ...(redacted && { byRedaction: ['recordings', 'what AWS said of the tasks', 'secrets, as counted'] }),
    }
  }

  /** The manifest names every other file; its signature is what all of it hangs on. */
  async #sign(recordings: number): Promise<string> {
    const { installId, request, by, version, at, verification, signingKey } = this.#parts
    const manifest = {
      format: signatureDomain,
      portholeVersion: version,
      exportedAt: new Date(at).toISOString(),
      exportedBy: by,
      installId,
      selection: request.selection,
      redacted: request.redacted,
      redactions: this.#counts,
      chain: { events: this.#chainLength, head: this.#head },
      events: this.#events,
      recordings,
      leftOut: this.#leftOut(),
      publicKeys: this.#publicKeys,
      verification,
      files: this.#files,
    }
    const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`, 'utf8')
    const signature = sign(null, Buffer.concat([Buffer.from(`${signatureDomain}\0`), bytes]), signingKey)
    const publicKey = createPublicKey(signingKey)
    await this.#sink.add('manifest.json', [bytes])
    await this.#sink.add('manifest.sig', lines(`${signature.toString('base64')}\n`))
    await this.#sink.add('public-key.pem', lines(publicKey.export({ type: 'spki', format: 'pem' }) as string))
    return keyFingerprint(publicKeyText(signingKey))
  }
}

function lines(text: string): FileContent {
  return [Buffer.from(text, 'utf8')]
}

function checkpointLines(rows: LedgerRows, { installId, lastSeq }: ExportParts): FileContent {
  const found = rows.checkpoints().filter(({ seq }) => seq <= lastSeq)
  return lines(
    found
      .map(({ number, seq, at, hash, signature }) => {
        const facts = { installId, number, seq, hash: hash.toString('hex'), at }
        return `${JSON.stringify({ ...facts, signature: signature.toString('base64') })}\n`
      })
      .join(''),
  )
}
