import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { ExportRequest, ExportSummary } from '../../../contract/export.ts'
import type { IntegrityReport } from '../../../contract/integrity.ts'
import { errorCode } from '../../files/error-code.ts'
import { type AuditEvent, readAuditEvent } from '../audit-events.ts'
import { keyFingerprint, publicKeyText } from '../integrity/checkpoint-keeper.ts'
import type { EventRow, LedgerRows } from '../ledger-rows.ts'
import type { RecordingReader, RecordingStore } from '../recording-store.ts'
import { type RedactionCounts, redactionCount } from '../redaction/redact.ts'
import { ChosenEvents } from './export-selection.ts'
import { type ExportedFile, type ExportSink, type FileContent, openExportSink } from './export-sink.ts'
import { readmeText } from './readme-text.ts'
import { allBytes, asciicastV2, plainText, redactedText } from './recording-forms.ts'
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
  /** Absolute path; `.zip` makes an archive, anything else a folder. */
  target: string
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
export async function exportRecord(parts: ExportParts): Promise<ExportSummary> {
  const sink = await openExportSink(parts.target)
  try {
    return await new RecordExport(parts, sink).write()
  } catch (thrown) {
    await sink.abandon()
    throw thrown
  }
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
  #events = 0
  #chainLength = 0
  #head = ''

  constructor(parts: ExportParts, sink: ExportSink) {
    this.#parts = parts
    this.#sink = sink
  }

  async write(): Promise<ExportSummary> {
    const { request, rows, verification, verifier, target } = this.#parts
    const chosen = new ChosenEvents(request.selection, this.#allEvents())
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
      path: target,
      bytes: await this.#sink.finish(),
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

  *#allEvents(): Iterable<AuditEvent> {
    for (const row of this.#parts.rows.events(undefined)) {
      const event = readAuditEvent(row.body)
      if (event !== undefined) yield event
    }
  }

  async *#stretches(): AsyncIterable<EventRow[]> {
    const { rows, lastSeq } = this.#parts
    for (let after: number | undefined; ; ) {
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
    let count = 0
    for (const sessionId of this.#recordings) {
      try {
        await this.#addRecording(sessionId)
        count += 1
      } catch (thrown) {
        if (errorCode(thrown) !== 'ENOENT') throw thrown
        this.#gone.push(sessionId)
      }
    }
    return count
  }

  async #addRecording(sessionId: string): Promise<void> {
    const { store, request } = this.#parts
    await using stored = await store.openStored(sessionId)
    await using reader = await store.open(sessionId)
    const key = request.redacted ? undefined : await store.keyOf(sessionId)
    if (key !== undefined) this.#keys[sessionId] = Buffer.from(key).toString('base64')
    const forms: [boolean, string, (source: RecordingReader) => FileContent][] = [
      [!request.redacted, `recordings/${sessionId}.cast`, allBytes],
      [key !== undefined, `sealed/${sessionId}.sealed`, () => allBytes(stored)],
      [request.text && !request.redacted, `text/${sessionId}.txt`, plainText],
      [request.redacted, `text/${sessionId}.txt`, (source) => redactedText(source, this.#counts)],
      [request.asciicastV2 && !request.redacted, `asciicast-v2/${sessionId}.cast`, asciicastV2],
    ]
    for (const [isWanted, name, content] of forms) if (isWanted) await this.#add(name, content(reader))
  }

  /** What somebody who expects everything would look for in vain. */
  #leftOut(): object {
    const { redacted } = this.#parts.request
    return {
      events: this.#chainLength - this.#events,
      recordingsGone: this.#gone,
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
