import { toErrorValue } from '../../../contract/errors.ts'
import type { AuditClient } from '../audit-client.ts'
import type { KeptTranscripts } from './transcripts.ts'

export interface TranscriptIndexingParts {
  index: Pick<AuditClient, 'indexedTranscripts' | 'indexTranscript' | 'purgeTranscript'>
  /** @throws {PortholeError} when what is kept cannot be read: then nothing is said of it */
  kept: () => Promise<KeptTranscripts>
  log: (message: string) => void
}

/**
 * Keeps the search index at what is kept of AWS's transcripts: puts in what it
 * lacks, which may be all after it was built anew, and takes out what is gone.
 */
export class TranscriptIndexing {
  readonly #parts: TranscriptIndexingParts
  #running: Promise<void> | undefined
  #again = false
  #waiting = 0
  /** What was logged last: each search would say the same again. */
  #told: string | undefined

  constructor(parts: TranscriptIndexingParts) {
    this.#parts = parts
  }

  /** Transcripts that are kept and not searched yet. */
  get waiting(): number {
    return this.#waiting
  }

  /** Resolves when it is done; undefined while there is nothing to do. */
  get busy(): Promise<void> | undefined {
    return this.#running
  }

  /** Resolves when the index has what was kept at the time of the call. Never rejects. */
  follow(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false
        await this.#compare()
      }
    } catch (thrown) {
      const { message } = toErrorValue(thrown)
      if (message !== this.#told) this.#parts.log(`Transcripts of AWS are not searched: ${message}`)
      this.#told = message
    }
    this.#waiting = 0
  }

  async #compare(): Promise<void> {
    const { index, kept } = this.#parts
    const { list, text } = await kept()
    const wanted = new Map(list.map(({ awsSessionId, sha256 }) => [awsSessionId, sha256]))
    for (const { awsSessionId, sha256 } of await index.indexedTranscripts()) {
      if (wanted.get(awsSessionId) === sha256) wanted.delete(awsSessionId)
      else if (!wanted.has(awsSessionId)) await index.purgeTranscript(awsSessionId)
    }
    this.#waiting = wanted.size
    for (const [awsSessionId, sha256] of wanted) {
      // One that cannot be opened any more has nothing to search.
      const found = await text(awsSessionId)
      if (found !== undefined) await index.indexTranscript({ awsSessionId, sha256, text: found })
      this.#waiting -= 1
    }
  }
}
