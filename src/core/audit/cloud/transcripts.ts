import { createHash } from 'node:crypto'
import type { Transcript } from '../../../contract/cloud-audit.ts'
import { PortholeError } from '../../../contract/errors.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import { createLogCalls } from '../../logs/log-calls.ts'
import { createSingleFlight } from '../../single-flight.ts'
import { plainTextOf } from '../redaction/plain-text.ts'
import type { LedgerSnapshot } from '../task-snapshot.ts'
import type { CloudStore, StoredTranscript } from './cloud-store.ts'
import { type EndOfSession, whyMissing } from './missing-transcript.ts'
import { findTranscriptPlace, type TranscriptOwner, type TranscriptPlace } from './transcript-place.ts'

/** A flood in a shell fills no disk here; what a person reads fits in many times over. */
const longestTranscriptBytes = 4 * 1024 * 1024
/** Characters of an answer: small enough to leave a terminal's bytes room between two. */
const pageLength = 128 * 1024

export interface TranscriptRequest extends TranscriptOwner {
  awsSessionId: string
  /** In characters of the plain text. */
  offset: number
}

export interface TranscriptsParts {
  clients: AwsClients
  clock: Clock
  store: () => CloudStore
  snapshotOf: (taskArn: string) => Promise<LedgerSnapshot | undefined>
}

/** The text that AWS logged of sessions, fetched once each and kept with its digest. */
export class Transcripts {
  readonly #parts: TranscriptsParts
  readonly #logs: ReturnType<typeof createLogCalls>
  readonly #flights = createSingleFlight<StoredTranscript | Extract<Transcript, { state: 'missing' }>>()
  /** Of the transcript that is being read page by page. */
  #plain: { sha256: string; text: string } | undefined

  constructor(parts: TranscriptsParts) {
    this.#parts = parts
    this.#logs = createLogCalls(parts.clients)
  }

  /** @throws {PortholeError} those of `AwsClients.call` */
  async page(request: TranscriptRequest, end: EndOfSession): Promise<Transcript> {
    const found = await this.#flights.run(request.awsSessionId, () => this.#find(request, end))
    if ('state' in found) return found
    const { sha256, bytes, logGroup, fetchedAt, cut } = found
    const text = this.#plainOf(found)
    const to = request.offset + pageLength
    return {
      state: 'found',
      text: text.slice(request.offset, to),
      ...(to < text.length && { nextOffset: to }),
      sha256,
      bytes,
      logGroup,
      fetchedAt,
      cut,
    }
  }

  async #find(request: TranscriptRequest, end: EndOfSession) {
    const { clients, clock, store, snapshotOf } = this.#parts
    const kept = store().transcript(request.awsSessionId)
    // What was changed on this disk is no transcript any more.
    if (kept !== undefined && sha256Of(kept.text) === kept.sha256) return kept
    const place = await findTranscriptPlace(clients, snapshotOf, request)
    if (place.kind !== 'log-group') return missing(whyMissing(place, end, clock.now()))
    try {
      const fetched = await this.#fetch(request, place)
      if (fetched === undefined) return missing(whyMissing(place, end, clock.now()))
      store().keepTranscript(fetched)
      return fetched
    } catch (thrown) {
      if (!(thrown instanceof PortholeError) || thrown.value.code !== 'NOT_FOUND') throw thrown
      const groupMissing = /log group/i.test(thrown.value.detail ?? '')
      return missing(whyMissing(place, end, clock.now(), groupMissing))
    }
  }

  /** The end of a stream is a token that comes back; pages before it may be empty. */
  async #fetch(
    { scope, awsSessionId }: TranscriptRequest,
    { name, region }: Extract<TranscriptPlace, { kind: 'log-group' }>,
  ): Promise<StoredTranscript | undefined> {
    const place = { logGroupName: name, logStreamName: awsSessionId, startFromHead: true }
    const pieces: string[] = []
    let bytes = 0
    let token: string | undefined
    while (bytes <= longestTranscriptBytes) {
      const answer = await this.#logs.getLogEvents(
        { ...scope, region: region ?? scope.region },
        { ...place, ...(token !== undefined && { nextToken: token }) },
      )
      for (const { message = '' } of answer.events ?? []) {
        pieces.push(message)
        bytes += Buffer.byteLength(message)
      }
      if (answer.nextForwardToken === undefined || answer.nextForwardToken === token) break
      token = answer.nextForwardToken
    }
    if (bytes === 0) return undefined
    const whole = pieces.join('')
    const cut = bytes > longestTranscriptBytes
    const text = cut ? Buffer.from(whole).subarray(0, longestTranscriptBytes).toString('utf8') : whole
    return {
      awsSessionId,
      text,
      sha256: sha256Of(text),
      bytes: Buffer.byteLength(text),
      logGroup: name,
      fetchedAt: this.#parts.clock.now(),
      cut,
    }
  }

  #plainOf({ sha256, text }: StoredTranscript): string {
    if (this.#plain?.sha256 !== sha256) this.#plain = { sha256, text: plainTextOf(text) }
    return this.#plain.text
  }
}

function missing(why: Omit<Extract<Transcript, { state: 'missing' }>, 'state'>) {
  return { state: 'missing' as const, ...why }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
