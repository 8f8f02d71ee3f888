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
import { KnownSessions } from './known-sessions.ts'
import { matchExpression } from './match-expression.ts'
import { RecordingIndexer } from './recording-indexer.ts'
import type { RecordingText } from './recording-text.ts'
import type { Found, SearchDatabase } from './search-database.ts'
import { countDays, filterAndCount, type SearchedSession } from './search-facets.ts'
import type { SearchSources } from './search-sources.ts'

/** What a page shows of an answer; narrowing the search is quicker than scrolling through more. */
const mostGroups = 40
/** Shown of each session when nothing is searched for. */
const commandsPerGroup = 4

/** Commands are counted in the newest so many sessions: 20 ms for a thousand of ten commands each. */
const mostCountedSessions = 1000
const mostCountedCommands = 1000

/** How long a search waits for what is being recorded at this moment; the rest is built behind it. */
const catchUpMilliseconds = 150

export interface SearchIndexOptions {
  database: SearchDatabase
  sources: SearchSources
  clock: Clock
  /** Milliseconds that never go back. */
  now: () => number
}

/** Searches what was done and shown in all sessions; follows ledger and recordings by itself. */
export class SearchIndex implements Disposable {
  readonly #options: SearchIndexOptions
  readonly #known: KnownSessions
  readonly #indexer: RecordingIndexer

  constructor(options: SearchIndexOptions) {
    const { database, sources } = options
    this.#options = options
    this.#known = new KnownSessions(sources, () => database.sessions())
    this.#indexer = new RecordingIndexer({ database, sources, known: this.#known })
  }

  /** As `RecordingIndexer.catchUp`. */
  catchUp(): Promise<void> {
    return this.#indexer.catchUp()
  }

  async search(request: SearchRequest): Promise<SearchAnswer> {
    const { now } = this.#options
    await this.#catchUpInTime()
    const began = now()
    const answer = this.#answer(request)
    return { ...answer, milliseconds: now() - began, waiting: this.#indexer.waitingCount() }
  }

  async commandSummaries(sessionIds: readonly string[]): Promise<CommandSummaries> {
    await this.#catchUpInTime()
    this.#known.follow()
    const { database } = this.#options
    const summaries: CommandSummaries['summaries'] = {}
    for (const sessionId of sessionIds) {
      const number = this.#known.get(sessionId)?.indexed?.number
      const summary = number === undefined ? undefined : summariseCommands(database, number)
      if (summary !== undefined) summaries[sessionId] = summary
    }
    return { summaries, waiting: this.#indexer.waitingCount(sessionIds) }
  }

  async #catchUpInTime(): Promise<void> {
    const late = Promise.withResolvers<void>()
    using _limit = this.#options.clock.after(catchUpMilliseconds, () => late.resolve())
    await Promise.race([this.catchUp(), late.promise])
  }

  /** A recording was destroyed: nothing of it stays. */
  purge(sessionId: string): void {
    this.#indexer.purge(sessionId)
  }

  [Symbol.dispose](): void {
    this.#indexer[Symbol.dispose]()
    this.#options.database[Symbol.dispose]()
  }

  #answer(request: SearchRequest): Omit<SearchAnswer, 'milliseconds' | 'waiting'> {
    this.#known.follow()
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
    for (const { session, indexed, values, day } of this.#known.all()) {
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
}

/** Of something typed that no text can hold, e.g. only punctuation, nothing fits. */
function fitting(sessions: SearchedSession[], query: string, wasSearched: boolean): SearchedSession[] {
  if (wasSearched) return sessions.filter(({ hits }) => hits !== undefined)
  return query.trim() === '' ? sessions : []
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
