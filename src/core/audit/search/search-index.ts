import type { AuditRefusal, AuditSession } from '../../../contract/audit.ts'
import type { CommandSummaries } from '../../../contract/command-summary.ts'
import type {
  ActivitySummary,
  SearchAnswer,
  SearchGroup,
  SearchHit,
  SearchRequest,
} from '../../../contract/search.ts'
import type { Clock } from '../../clock.ts'
import { countCommands, countRefusals } from './activity-summary.ts'
import { summariseCommands } from './command-summaries.ts'
import { matchExpression } from './match-expression.ts'
import { RecordingText } from './recording-text.ts'
import type { Found, IndexedSession, SearchDatabase } from './search-database.ts'
import {
  countDays,
  dayOf,
  type FacetValues,
  filterAndCount,
  type SearchedSession,
  valuesOf,
} from './search-facets.ts'

/** What a page shows of an answer; narrowing the search is quicker than scrolling through more. */
const mostGroups = 40
/** Shown of each session when nothing is searched for. */
const commandsPerGroup = 4

/** Commands are counted in the newest so many sessions: 20 ms for a thousand of ten commands each. */
const mostCountedSessions = 1000
const mostCountedCommands = 1000

/** How long a search waits for what is being recorded at this moment; the rest is built behind it. */
const catchUpMilliseconds = 150

export interface SearchSources {
  /** Grows with everything that is added to the ledger. */
  head(): number
  /** Sessions that began after this place in the ledger. */
  sessionsAfter(seq: number): { seq: number; session: AuditSession }[]
  session(sessionId: string): AuditSession | undefined
  /** Attempts at a shell that came to nothing. */
  refusals(): AuditRefusal[]
  /** As `readRecordingPage`. Rejects when there is no recording, or none that can be read. */
  read(sessionId: string, offset: number): Promise<{ text: string; nextOffset?: number }>
  isRecording(sessionId: string): boolean
}

export interface SearchIndexOptions {
  database: SearchDatabase
  sources: SearchSources
  clock: Clock
  /** Milliseconds that never go back. */
  now: () => number
}

interface Known {
  session: AuditSession
  indexed: IndexedSession | undefined
  /** While it is read: a recording that grows is read on from where it was. */
  reading: Reading | undefined
  /** What filters look at, and the day; computed once, because every search looks at all. */
  values: FacetValues
  day: number
}

interface Reading {
  text: RecordingText
  offset: number
  /** The place of each command that is in the index, and how it stood there. */
  commands: { place: number; entry: RecordingText['entries'][number] }[]
  places: number
}

/** Searches what was done and shown in all sessions; follows ledger and recordings by itself. */
export class SearchIndex implements Disposable {
  readonly #options: SearchIndexOptions
  readonly #known = new Map<string, Known>()
  /** Sessions whose facts may still change. */
  readonly #open = new Set<string>()
  /** Sessions whose recordings are not, or not wholly, in the index. */
  readonly #waiting = new Set<string>()
  #indexedBefore: Map<string, IndexedSession> | undefined
  #seq = 0
  #head = -1
  #running: Promise<void> | undefined
  #disposed = false

  constructor(options: SearchIndexOptions) {
    this.#options = options
  }

  /** Reads what is not in the index yet. Never rejects; a recording that cannot be read has nothing to find. */
  catchUp(): Promise<void> {
    this.#running ??= this.#run()
      // A ledger or disk that cannot be read is told by the search itself.
      .catch(() => {})
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async search(request: SearchRequest): Promise<SearchAnswer> {
    const { now } = this.#options
    await this.#catchUpInTime()
    const began = now()
    const answer = this.#answer(request)
    return { ...answer, milliseconds: now() - began, waiting: this.#waitingCount() }
  }

  async commandSummaries(sessionIds: readonly string[]): Promise<CommandSummaries> {
    await this.#catchUpInTime()
    this.#follow()
    const { database } = this.#options
    const summaries: CommandSummaries['summaries'] = {}
    for (const sessionId of sessionIds) {
      const number = this.#known.get(sessionId)?.indexed?.number
      const summary = number === undefined ? undefined : summariseCommands(database, number)
      if (summary !== undefined) summaries[sessionId] = summary
    }
    return { summaries, waiting: this.#waitingCount(sessionIds) }
  }

  async #catchUpInTime(): Promise<void> {
    const late = Promise.withResolvers<void>()
    using _limit = this.#options.clock.after(catchUpMilliseconds, () => late.resolve())
    await Promise.race([this.catchUp(), late.promise])
  }

  /** What is being recorded is read as far as it goes, and waits for nothing. */
  #waitingCount(among: Iterable<string> = this.#waiting): number {
    const { sources } = this.#options
    return [...among].filter((id) => this.#waiting.has(id) && !sources.isRecording(id)).length
  }

  /** A recording was destroyed: nothing of it stays. */
  purge(sessionId: string): void {
    const known = this.#known.get(sessionId)
    this.#options.database.purge(sessionId)
    this.#waiting.delete(sessionId)
    if (known !== undefined) Object.assign(known, { indexed: undefined, reading: undefined })
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#options.database[Symbol.dispose]()
  }

  #answer(request: SearchRequest): Omit<SearchAnswer, 'milliseconds' | 'waiting'> {
    this.#follow()
    const { query, filters } = request
    const expression = matchExpression(query)
    const found = expression === undefined ? undefined : this.#options.database.find(expression)
    const inRange = this.#inRange(request, found)
    const { matching, facets } = filterAndCount(fitting(inRange, query, found !== undefined), filters)
    matching.sort((left, right) => right.session.startedAt - left.session.startedAt)
    return {
      groups: matching.slice(0, mostGroups).map((searched) => this.#groupOf(searched, query)),
      hitCount: matching.reduce((sum, { hits }) => sum + (hits?.count ?? 0), 0),
      matchingSessions: matching.length,
      sessions: inRange.length,
      facets,
      days: countDays(inRange, matching),
      ...(request.summary === true && { summary: this.#summary(matching, request) }),
    }
  }

  #summary(matching: readonly SearchedSession[], request: SearchRequest): ActivitySummary {
    const { database, sources } = this.#options
    const numbers = matching.flatMap(
      ({ session }) => this.#known.get(session.sessionId)?.indexed?.number ?? [],
    )
    const counted = numbers.slice(0, mostCountedSessions)
    return {
      ...countCommands(counted.flatMap((number) => database.commands(number, mostCountedCommands))),
      refused: countRefusals(sources.refusals(), request),
      unrecorded: matching.filter(({ session }) => !session.hasRecording).length,
      ...(matching[0] !== undefined && { lastAt: matching[0].session.startedAt }),
      ...(counted.length < numbers.length && { countedSessions: counted.length }),
    }
  }

  #inRange({ from, to }: SearchRequest, found: Map<number, Found> | undefined): SearchedSession[] {
    const searched: SearchedSession[] = []
    for (const { session, indexed, values, day } of this.#known.values()) {
      if (session.startedAt < (from ?? 0) || session.startedAt > (to ?? Number.POSITIVE_INFINITY)) continue
      const hits = indexed === undefined ? undefined : found?.get(indexed.number)
      values.results = indexed?.failed === true ? 'failed' : 'succeeded'
      searched.push({ session, values, day, hits })
    }
    return searched
  }

  #groupOf({ session, hits }: SearchedSession, query: string): SearchGroup {
    const number = this.#known.get(session.sessionId)?.indexed?.number
    if (number === undefined) return { session, hits: [], hitCount: 0 }
    const { database } = this.#options
    if (hits !== undefined) return { session, hits: database.hits(hits, query), hitCount: hits.count }
    return { session, hits: database.commands(number, commandsPerGroup).flatMap(hitOfCommand), hitCount: 0 }
  }

  /** Takes over what the ledger has learned of sessions. */
  #follow(): void {
    const { sources } = this.#options
    const head = sources.head()
    if (head === this.#head) return
    this.#head = head
    for (const { seq, session } of sources.sessionsAfter(this.#seq)) {
      this.#seq = Math.max(this.#seq, seq)
      this.#learn(session)
    }
    for (const sessionId of this.#open) this.#refresh(sessionId)
  }

  #learn(session: AuditSession): void {
    const { sessionId } = session
    this.#indexedBefore ??= new Map(this.#options.database.sessions().map((each) => [each.sessionId, each]))
    const indexed = this.#indexedBefore.get(sessionId)
    const known: Known = {
      session,
      indexed,
      reading: undefined,
      values: valuesOf(session),
      day: dayOf(session),
    }
    this.#known.set(sessionId, known)
    if (session.live) this.#open.add(sessionId)
    if (indexed?.complete !== true && session.hasRecording) this.#waiting.add(sessionId)
  }

  #refresh(sessionId: string): void {
    const known = this.#known.get(sessionId)
    const session = this.#options.sources.session(sessionId)
    if (known === undefined || session === undefined) return
    known.session = session
    if (session.hasRecording && known.indexed?.complete !== true) this.#waiting.add(sessionId)
    if (!session.live) this.#open.delete(sessionId)
  }

  async #run(): Promise<void> {
    this.#follow()
    // Newest first: that is what people look for.
    for (const sessionId of [...this.#waiting].reverse()) {
      if (this.#disposed) return
      const known = this.#known.get(sessionId)
      if (known !== undefined) await this.#index(known).catch(() => this.#waiting.delete(sessionId))
    }
  }

  async #index(known: Known): Promise<void> {
    const { sources, database } = this.#options
    const { sessionId } = known.session
    known.reading ??= { text: new RecordingText(), offset: 0, commands: [], places: 0 }
    const { reading } = known
    if (reading.offset === 0) {
      known.indexed = database.begin(sessionId)
    }
    const growing = sources.isRecording(sessionId)
    for (;;) {
      const page = await sources.read(sessionId, reading.offset)
      if (this.#disposed || known.reading !== reading) return
      reading.text.push(page.text)
      if (page.nextOffset === undefined) break
      reading.offset = page.nextOffset
      this.#put(known, reading, false)
    }
    if (growing) return
    reading.text.finish()
    this.#put(known, reading, true)
    known.reading = undefined
    this.#waiting.delete(sessionId)
  }

  #put({ indexed }: Known, reading: Reading, complete: boolean): void {
    if (indexed === undefined) return
    const rows: Parameters<SearchDatabase['put']>[1] = [
      ...reading.text.takePieces().map((piece) => ({ place: reading.places++, piece })),
      ...changedCommands(reading),
    ]
    indexed.failed = reading.text.entries.some(
      (entry) => entry.kind === 'command' && (entry.exitCode ?? 0) !== 0,
    )
    indexed.complete = complete
    this.#options.database.put(indexed, rows)
  }
}

/** Of something typed that no text can hold, e.g. only punctuation, nothing fits. */
function fitting(sessions: SearchedSession[], query: string, wasSearched: boolean): SearchedSession[] {
  if (wasSearched) return sessions.filter(({ hits }) => hits !== undefined)
  return query.trim() === '' ? sessions : []
}

/** Commands that are new, or of which more is known than the index has. */
function changedCommands(reading: Reading): { place: number; piece: RecordingText['entries'][number] }[] {
  const changed: { place: number; piece: RecordingText['entries'][number] }[] = []
  reading.text.entries.forEach((entry, index) => {
    const before = reading.commands[index]
    if (before?.entry === entry) return
    const place = before?.place ?? reading.places++
    reading.commands[index] = { place, entry }
    changed.push({ place, piece: entry })
  })
  return changed
}

function hitOfCommand(entry: RecordingText['entries'][number]): SearchHit[] {
  if (entry.kind !== 'command') return []
  const { startedAt, text, confidence, exitCode } = entry
  return [
    {
      kind: 'command',
      at: startedAt,
      text,
      highlights: [],
      confidence,
      ...(exitCode !== undefined && { exitCode }),
    },
  ]
}
