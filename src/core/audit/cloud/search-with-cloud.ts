import { toErrorValue } from '../../../contract/errors.ts'
import type { SearchAnswer, SearchRequest } from '../../../contract/search.ts'
import type { AuditClient } from '../audit-client.ts'
import type { CloudAudit } from './cloud-audit.ts'

interface SearchWithCloudParts {
  audit: Pick<AuditClient, 'search' | 'setCloud'>
  cloud: Pick<CloudAudit, 'searched'>
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

  constructor(parts: SearchWithCloudParts) {
    this.#parts = parts
  }

  /** @throws {PortholeError} those of `AuditService.search` */
  async search(request: SearchRequest): Promise<SearchAnswer> {
    // One after the other, so that an older state never takes the place of a newer one.
    this.#telling = this.#telling.then(() => this.#tell())
    await this.#telling
    return this.#parts.audit.search(request)
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
