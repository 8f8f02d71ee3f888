import { toErrorValue } from '../../../contract/errors.ts'
import type { SearchAnswer, SearchRequest } from '../../../contract/search.ts'
import { type Clock, sleep } from '../../clock.ts'
import type { AuditClient } from '../audit-client.ts'
import type { CloudAudit } from './cloud-audit.ts'
import { TranscriptIndexing } from './transcript-indexing.ts'

/** How long a search waits for transcripts that were just read; an index that is built anew is not waited for. */
const indexingMilliseconds = 150

interface SearchWithCloudParts {
  audit: Pick<
    AuditClient,
    'search' | 'setCloud' | 'indexedTranscripts' | 'indexTranscript' | 'purgeTranscript'
  >
  cloud: Pick<CloudAudit, 'searched' | 'keptTranscripts'>
  clock: Clock
  log: (message: string) => void
}

/**
 * Searches the history and what AWS told of other people's shells. The worker
 * that searches has no part of the cloud file, so it is told what is new there
 * before it is asked.
 */
export class SearchWithCloud {
  readonly #parts: SearchWithCloudParts
  #version: string | undefined
  /** What was logged last: each search would say the same again. */
  #told: string | undefined
  #telling: Promise<void> = Promise.resolve()
  readonly #indexing: TranscriptIndexing
  /** The index is what was kept, as far as this version. */
  #followed: string | undefined

  constructor(parts: SearchWithCloudParts) {
    const { audit: index, cloud, log } = parts
    this.#parts = parts
    this.#indexing = new TranscriptIndexing({ index, kept: () => cloud.keptTranscripts(), log })
  }

  /** @throws {PortholeError} those of `AuditService.search` */
  async search(request: SearchRequest): Promise<SearchAnswer> {
    // One after the other, so that an older state never takes the place of a newer one.
    this.#telling = this.#telling.then(() => this.#tell())
    await this.#telling
    await this.#follow()
    const answer = await this.#parts.audit.search(request)
    return { ...answer, waiting: answer.waiting + this.#indexing.waiting }
  }

  async #follow(): Promise<void> {
    const version = this.#version ?? ''
    if (this.#followed !== version) void this.#indexing.follow()
    this.#followed = version
    if (this.#indexing.busy === undefined) return
    const inTime = new AbortController()
    const late = sleep(this.#parts.clock, indexingMilliseconds, inTime.signal).catch(() => {})
    await Promise.race([this.#indexing.busy, late])
    inTime.abort()
  }

  /** Never rejects: what is recorded here is searched without the cloud too. */
  async #tell(): Promise<void> {
    const { audit, cloud, log } = this.#parts
    try {
      const news = await cloud.searched(this.#version)
      if (news === undefined) return
      await audit.setCloud(news.known)
      this.#version = news.version
    } catch (thrown) {
      const { message } = toErrorValue(thrown)
      if (message !== this.#told) log(`What CloudTrail says is not searched: ${message}`)
      this.#told = message
    }
  }
}
