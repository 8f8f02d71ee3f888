import type { CloudEvent, Transcript } from '../../../contract/cloud-audit.ts'
import { toErrorValue } from '../../../contract/errors.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import { createLogCalls, type LogCalls } from '../../logs/log-calls.ts'
import { createSingleFlight } from '../../single-flight.ts'
import { plainTextOf } from '../redaction/plain-text.ts'
import type { LedgerSnapshot } from '../session-index/task-snapshot.ts'
import type { FetchedTranscript } from './fetched-transcript.ts'
import { readLoggedTranscript } from './logged-transcript.ts'
import { type Absence, whyMissing, whyNowhere } from './missing-transcript.ts'
import { readStoredTranscript, transcriptKey } from './stored-transcript.ts'
import { findTranscriptPlaces, type TranscriptOwner, type TranscriptPlace } from './transcript-place.ts'
import { type StoredTranscript, sha256Of, type TranscriptVault } from './transcript-vault.ts'

/** Characters of an answer: small enough to leave a terminal's bytes room between two. */
const pageLength = 128 * 1024

export interface TranscriptWanted extends TranscriptOwner {
  event: CloudEvent
  awsSessionId: string
}

export interface TranscriptRequest extends TranscriptWanted {
  /** In characters of the plain text. */
  offset: number
}

export interface TranscriptsParts {
  clients: AwsClients
  clock: Clock
  vault: TranscriptVault
  snapshotOf: (taskArn: string) => Promise<LedgerSnapshot | undefined>
  log: (message: string) => void
}

/** What is kept on this computer of AWS's transcripts. */
export interface KeptTranscripts {
  list: readonly { awsSessionId: string; sha256: string }[]
  /** As AWS had it, escape sequences and all; undefined when it cannot be opened any more. */
  text(awsSessionId: string): Promise<string | undefined>
}

type Missing = Extract<Transcript, { state: 'missing' }>

/** The text that AWS logged of sessions, fetched once each and kept with its digest. */
export class Transcripts {
  readonly #parts: TranscriptsParts
  readonly #logs: LogCalls
  readonly #flights = createSingleFlight<StoredTranscript | Missing>()
  /** Of the transcript that is being read page by page. */
  #plain: { sha256: string; text: string } | undefined

  constructor(parts: TranscriptsParts) {
    this.#parts = parts
    this.#logs = createLogCalls(parts.clients)
  }

  /** @throws {PortholeError} those of `AwsClients.call` */
  async page(request: TranscriptRequest): Promise<Transcript> {
    const found = await this.fetch(request)
    if ('state' in found) return found
    const { sha256, bytes, placeKind, placeName, fetchedAt, cut } = found
    const text = this.#plainOf(found)
    const to = request.offset + pageLength
    return {
      state: 'found',
      text: text.slice(request.offset, to),
      ...(to < text.length && { nextOffset: to }),
      sha256,
      bytes,
      place: { kind: placeKind, name: placeName },
      fetchedAt,
      cut,
    }
  }

  /** As it is kept, fetched where it is not. @throws {PortholeError} those of `AwsClients.call` */
  fetch(request: TranscriptWanted): Promise<StoredTranscript | Missing> {
    return this.#flights.run(request.awsSessionId, () => this.#find(request))
  }

  async #find(request: TranscriptWanted): Promise<StoredTranscript | Missing> {
    const { clients, snapshotOf, vault, log } = this.#parts
    const kept = await vault.read(request.awsSessionId)
    if (kept !== undefined) return kept
    const found = await findTranscriptPlaces(clients, snapshotOf, request)
    if ('nowhere' in found) return { state: 'missing', ...whyNowhere(found.nowhere) }
    const looked = await this.#lookInto(found.places, request)
    if ('state' in looked) return looked
    // It can be read without being kept: from AWS, as long as that has it.
    await vault
      .keep(looked)
      .catch((thrown) => log(`A transcript could not be kept: ${toErrorValue(thrown).message}`))
    return looked
  }

  /** One place after the other; what one of them refuses counts only when no other has it. */
  async #lookInto(
    places: readonly TranscriptPlace[],
    request: TranscriptWanted,
  ): Promise<StoredTranscript | Missing> {
    const absences: Absence[] = []
    const failures: unknown[] = []
    for (const place of places) {
      try {
        const found = await this.#fetch(place, request)
        if (typeof found === 'object') return this.#stored(found, place, request)
        absences.push({ place, because: found })
      } catch (thrown) {
        failures.push(thrown)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { state: 'missing', ...whyMissing(absences, request.event, this.#parts.clock.now()) }
  }

  #fetch(
    place: TranscriptPlace,
    { scope, awsSessionId }: TranscriptWanted,
  ): Promise<FetchedTranscript | Absence['because']> {
    return place.kind === 'bucket'
      ? readStoredTranscript(this.#parts.clients, scope, place, awsSessionId)
      : readLoggedTranscript(this.#logs, scope, place, awsSessionId)
  }

  #stored(
    { bytes, cut }: FetchedTranscript,
    place: TranscriptPlace,
    { scope, taskArn, event, awsSessionId }: TranscriptWanted,
  ): StoredTranscript {
    return {
      awsSessionId,
      accountId: scope.accountId,
      region: scope.region,
      taskArn,
      sessionAt: event.at,
      content: bytes,
      sha256: sha256Of(bytes),
      bytes: bytes.byteLength,
      placeKind: place.kind,
      placeName: place.kind === 'bucket' ? `${place.name}/${transcriptKey(place, awsSessionId)}` : place.name,
      fetchedAt: this.#parts.clock.now(),
      cut,
    }
  }

  /** Whatever is no UTF-8 in it is shown as such. */
  #plainOf({ sha256, content }: StoredTranscript): string {
    if (this.#plain?.sha256 !== sha256)
      this.#plain = { sha256, text: plainTextOf(Buffer.from(content).toString('utf8')) }
    return this.#plain.text
  }
}
