import type { IndexedSession, IndexedTranscript, SearchDatabase } from './search-database.ts'
import { type TranscriptRow, TranscriptText } from './transcript-text.ts'

/** Characters that are read in one go: recorders on the same thread wait no longer than some milliseconds. */
const stepCharacters = 64 * 1024

/** What AWS logged of a session, as it was read. */
export interface GivenTranscript {
  awsSessionId: string
  /** Of its bytes. */
  sha256: string
  text: string
}

/** What AWS logged of sessions, as far as it is in the search index. */
export class TranscriptIndex implements Disposable {
  readonly #database: SearchDatabase
  #known: Map<string, IndexedTranscript> | undefined
  readonly #adding = new Map<string, IndexedSession>()
  #disposed = false

  constructor(database: SearchDatabase) {
    this.#database = database
  }

  get(awsSessionId: string | undefined): IndexedSession | undefined {
    return awsSessionId === undefined ? undefined : this.#all().get(awsSessionId)?.indexed
  }

  /** What there is, to be compared with what is kept. */
  list(): { awsSessionId: string; sha256: string }[] {
    return [...this.#all().values()].map(({ awsSessionId, sha256 }) => ({ awsSessionId, sha256 }))
  }

  /** Takes the place of what was there of the same session. Of two at a time the later one counts. */
  async add({ awsSessionId, sha256, text }: GivenTranscript): Promise<void> {
    this.#all().delete(awsSessionId)
    const indexed = this.#database.beginTranscript(awsSessionId, sha256)
    this.#adding.set(awsSessionId, indexed)
    const isOver = () => this.#disposed || this.#adding.get(awsSessionId) !== indexed
    using reading = new TranscriptText()
    let place = 0
    const put = (rows: TranscriptRow[]) =>
      this.#database.put(
        indexed,
        rows.map((piece) => ({ place: place++, piece })),
      )
    for (let position = 0; position < text.length; position += stepCharacters) {
      const rows = await reading.push(text.slice(position, position + stepCharacters))
      await new Promise(setImmediate)
      if (isOver()) return
      put(rows)
    }
    const rest = await reading.finish()
    if (isOver()) return
    indexed.complete = true
    put(rest)
    this.#adding.delete(awsSessionId)
    this.#all().set(awsSessionId, { awsSessionId, sha256, indexed })
  }

  /** What was kept of it was destroyed: nothing of it stays. */
  purge(awsSessionId: string): void {
    this.#adding.delete(awsSessionId)
    this.#all().delete(awsSessionId)
    this.#database.purgeTranscript(awsSessionId)
  }

  [Symbol.dispose](): void {
    this.#disposed = true
  }

  #all(): Map<string, IndexedTranscript> {
    this.#known ??= new Map(this.#database.transcripts().map((each) => [each.awsSessionId, each]))
    return this.#known
  }
}
