import type { AuditSession } from '../../../contract/audit.ts'
import type { IndexedSession } from './search-database.ts'
import { dayOf, type FacetValues, valuesOf } from './search-facets.ts'
import type { SearchSources } from './search-sources.ts'

export interface Known {
  session: AuditSession
  indexed: IndexedSession | undefined
  /** What filters look at, and the day; computed once, because every search looks at all. */
  values: FacetValues
  day: number
}

/** The sessions of the ledger, as a search looks at them. */
export class KnownSessions {
  /** Sessions whose recordings are not, or not wholly, in the index. */
  readonly waiting = new Set<string>()
  readonly #sources: SearchSources
  readonly #indexed: () => IndexedSession[]
  readonly #known = new Map<string, Known>()
  /** Sessions whose facts may still change. */
  readonly #open = new Set<string>()
  #indexedBefore: Map<string, IndexedSession> | undefined
  #seq = 0
  #head = -1

  /** @param indexed what the index on disk holds, asked once */
  constructor(sources: SearchSources, indexed: () => IndexedSession[]) {
    this.#sources = sources
    this.#indexed = indexed
  }

  get(sessionId: string): Known | undefined {
    return this.#known.get(sessionId)
  }

  all(): Iterable<Known> {
    return this.#known.values()
  }

  /** Takes over what the ledger has learned of sessions. */
  follow(): void {
    const head = this.#sources.head()
    if (head === this.#head) return
    this.#head = head
    for (const { seq, session } of this.#sources.sessionsAfter(this.#seq)) {
      this.#seq = Math.max(this.#seq, seq)
      this.#learn(session)
    }
    for (const sessionId of this.#open) this.#refresh(sessionId)
  }

  #learn(session: AuditSession): void {
    const { sessionId } = session
    this.#indexedBefore ??= new Map(this.#indexed().map((each) => [each.sessionId, each]))
    const indexed = this.#indexedBefore.get(sessionId)
    const known: Known = {
      session,
      indexed,
      values: valuesOf(session),
      day: dayOf(session),
    }
    this.#known.set(sessionId, known)
    if (session.live) this.#open.add(sessionId)
    if (indexed?.complete !== true && session.hasRecording) this.waiting.add(sessionId)
  }

  #refresh(sessionId: string): void {
    const known = this.#known.get(sessionId)
    const session = this.#sources.session(sessionId)
    if (known === undefined || session === undefined) return
    known.session = session
    if (session.hasRecording && known.indexed?.complete !== true) this.waiting.add(sessionId)
    if (!session.live) this.#open.delete(sessionId)
  }
}
