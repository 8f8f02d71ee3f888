import type { AuditRefusal, AuditSession } from '../../../contract/audit.ts'
import type { IndexedSession } from './search-database.ts'
import {
  dayOf,
  type FacetValues,
  placeValues,
  resultsOf,
  type Searched,
  type SessionEntry,
  sourceValues,
} from './search-facets.ts'
import type { SearchSources } from './search-sources.ts'

export interface Known extends SessionEntry {
  /** Kept, because every search looks at all sessions; it completes what depends on the search. */
  searched: Searched
}

/** The sessions of the ledger, as a search looks at them. */
export class KnownSessions {
  /** Sessions whose recordings are not, or not wholly, in the index. */
  readonly waiting = new Set<string>()
  readonly #sources: SearchSources
  readonly #indexed: () => IndexedSession[]
  readonly #known = new Map<string, Known>()
  readonly #refusals: AuditRefusal[] = []
  /** Sessions whose facts may still change. */
  readonly #open = new Set<string>()
  #indexedBefore: Map<string, IndexedSession> | undefined
  #seq = 0
  #refusalSeq = 0
  #head = -1

  /** @param indexed what the index on disk holds, asked once */
  constructor(sources: SearchSources, indexed: () => IndexedSession[]) {
    this.#sources = sources
    this.#indexed = indexed
  }

  get(sessionId: string): Known | undefined {
    return this.#known.get(sessionId)
  }

  get all(): ReadonlyMap<string, Known> {
    return this.#known
  }

  /** Attempts that came to nothing, each once. */
  takeRefusals(): AuditRefusal[] {
    return this.#refusals.splice(0)
  }

  /** Takes over what the ledger has learned of sessions and attempts. */
  follow(): void {
    const head = this.#sources.head()
    if (head === this.#head) return
    this.#head = head
    for (const { seq, session } of this.#sources.sessionsAfter(this.#seq)) {
      this.#seq = Math.max(this.#seq, seq)
      this.#learn(session)
    }
    for (const { seq, refusal } of this.#sources.refusalsAfter(this.#refusalSeq)) {
      this.#refusalSeq = seq
      this.#refusals.push(refusal)
    }
    for (const sessionId of this.#open) this.refresh(sessionId)
  }

  #learn(session: AuditSession): void {
    const { sessionId } = session
    this.#indexedBefore ??= new Map(this.#indexed().map((each) => [each.sessionId, each]))
    const indexed = this.#indexedBefore.get(sessionId)
    const entry: SessionEntry = { kind: 'session', session, indexed }
    const at = session.startedAt
    const searched: Searched = { entry, at, day: dayOf(at), values: valuesOf(session), found: undefined }
    const known = Object.assign(entry, { searched })
    this.#known.set(sessionId, known)
    if (session.live) this.#open.add(sessionId)
    if (indexed?.complete !== true && session.hasRecording) this.waiting.add(sessionId)
  }

  /** Looks at one again of which the ledger has learned something. */
  refresh(sessionId: string): void {
    const known = this.#known.get(sessionId)
    const session = this.#sources.session(sessionId)
    if (known === undefined || session === undefined) return
    known.session = session
    if (session.hasRecording && known.indexed?.complete !== true) this.waiting.add(sessionId)
    if (!session.live) this.#open.delete(sessionId)
  }
}

function valuesOf(session: AuditSession): FacetValues {
  const { userName, container, engine } = session
  return {
    ...placeValues(userName, container.scope.accountId, container),
    results: resultsOf(session, false),
    sources: sourceValues(undefined),
    engines: engine === undefined ? [] : [engine],
    exits: [],
  }
}
