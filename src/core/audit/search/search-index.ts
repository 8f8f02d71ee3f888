import type { CommandSummaries } from '../../../contract/command-summary.ts'
import type { ActivitySummary, SearchAnswer, SearchFilters, SearchRequest } from '../../../contract/search.ts'
import { mergedFilters, parseSearch } from '../../../contract/search-syntax.ts'
import type { Clock } from '../../clock.ts'
import { countCommands } from './activity-summary.ts'
import { summariseCommands } from './command-summaries.ts'
import { exitValuesOf, withExit } from './exit-codes.ts'
import { KnownSessions } from './known-sessions.ts'
import { matchExpression, textTest } from './match-expression.ts'
import { type CloudKnown, OtherEntries } from './other-entries.ts'
import { RecordingIndexer } from './recording-indexer.ts'
import type { Found, SearchDatabase } from './search-database.ts'
import {
  type CloudEntry,
  countDays,
  filterAndCount,
  isWithin,
  resultsOf,
  type Searched,
  type SessionEntry,
} from './search-facets.ts'
import { mostGroups, SearchGroups } from './search-groups.ts'
import type { SearchSources } from './search-sources.ts'
import { TranscriptIndex } from './transcript-index.ts'

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
  readonly #others = new OtherEntries()
  readonly #indexer: RecordingIndexer
  readonly #groups: SearchGroups
  readonly #transcripts: TranscriptIndex

  constructor(options: SearchIndexOptions) {
    const { database, sources } = options
    this.#options = options
    this.#known = new KnownSessions(sources, () => database.sessions())
    this.#indexer = new RecordingIndexer({ database, sources, known: this.#known })
    this.#groups = new SearchGroups(database, this.#others)
    this.#transcripts = new TranscriptIndex(database)
  }

  /** As `RecordingIndexer.catchUp`. */
  catchUp(): Promise<void> {
    return this.#indexer.catchUp()
  }

  /** What AWS told of shells, of others too: searched until the next call replaces it. */
  setCloud(cloud: CloudKnown): void {
    this.#others.setCloud(cloud)
  }

  /** As `TranscriptIndex`. */
  get transcripts(): Pick<TranscriptIndex, 'list' | 'add' | 'purge'> {
    return this.#transcripts
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
    this.#transcripts[Symbol.dispose]()
    this.#options.database[Symbol.dispose]()
  }

  #answer(request: SearchRequest): Omit<SearchAnswer, 'milliseconds' | 'waiting'> {
    this.#follow()
    const { words, filters: typed } = parseSearch(request.query)
    const filters = mergedFilters(request.filters, typed)
    const inRange = this.#inRange(request, filters)
    const { matching, facets } = filterAndCount(this.#fitting(inRange, words), filters)
    const { exits = [] } = filters
    if (exits.length > 0)
      for (const searched of matching)
        if (searched.entry.kind === 'session')
          searched.found = withExit(searched.entry.indexed, searched.found, exits)
    matching.sort((left, right) => right.at - left.at)
    const all = filters.sessions?.length === 1
    return {
      groups: matching.slice(0, mostGroups).map((searched) => this.#groups.of(searched, words, all)),
      hitCount: matching.reduce((sum, searched) => sum + hitsIn(searched, words), 0),
      matchingSessions: matching.filter(isShell).length,
      matchingRefusals: matching.filter((searched) => !isShell(searched)).length,
      sessions: inRange.filter(isShell).length,
      facets,
      days: countDays(inRange, matching),
      ...(request.summary === true && { summary: this.#summary(matching) }),
    }
  }

  /** Takes over what the ledger has learned of sessions and attempts. */
  #follow(): void {
    this.#known.follow()
    this.#others.addRefusals(this.#known.takeRefusals())
    this.#others.join(this.#known.all, this.#options.clock.now())
  }

  #summary(matching: readonly Searched[]): ActivitySummary {
    const { database } = this.#options
    const numbers = matching.flatMap(({ entry }) =>
      entry.kind === 'session' && entry.indexed !== undefined ? [entry.indexed.number] : [],
    )
    const counted = numbers.slice(0, mostCountedSessions)
    const last = matching.find(isShell)
    return {
      ...countCommands(counted.flatMap((number) => database.commands(number, mostCountedCommands))),
      refused: matching.filter((searched) => !isShell(searched)).length,
      unrecorded: matching.filter(({ values }) => values.results.includes('unrecorded')).length,
      ...(last !== undefined && { lastAt: last.at }),
      ...(counted.length < numbers.length && { countedSessions: counted.length }),
    }
  }

  #inRange({ from = 0, to = Number.POSITIVE_INFINITY }: SearchRequest, filters: SearchFilters): Searched[] {
    const inRange: Searched[] = []
    const take = (searched: Searched) => {
      if (searched.at < from || searched.at > to || !isWithin(searched, filters)) return
      searched.found = undefined
      inRange.push(searched)
    }
    for (const { searched } of this.#known.all.values()) take(searched)
    for (const searched of this.#others.all) take(searched)
    return inRange
  }

  /** Of something typed that no text can hold, e.g. only punctuation, nothing fits. */
  #fitting(inRange: readonly Searched[], words: string): Searched[] {
    const expression = matchExpression(words)
    if (expression === undefined && words !== '') return []
    const found = expression === undefined ? undefined : this.#options.database.find(expression)
    const isText = found === undefined ? undefined : textTest(words)
    return inRange.filter((searched) => {
      const { entry } = searched
      if (entry.kind === 'session') return this.#fits(searched, entry, found)
      const isInTranscript = entry.kind === 'cloud' && this.#fitsTranscript(searched, entry, found)
      return isInTranscript || (isText?.(entry.text) ?? true)
    })
  }

  #fitsTranscript(searched: Searched, entry: CloudEntry, found: Map<number, Found> | undefined): boolean {
    entry.indexed = this.#transcripts.get(entry.event.awsSessionId)
    if (entry.indexed !== undefined) searched.found = found?.get(entry.indexed.number)
    return searched.found !== undefined
  }

  /** Also completes the values that depend on what was found. */
  #fits(
    searched: Searched,
    { session, indexed }: SessionEntry,
    found: Map<number, Found> | undefined,
  ): boolean {
    if (found !== undefined) {
      searched.found = indexed === undefined ? undefined : found.get(indexed.number)
      if (searched.found === undefined) return false
    }
    searched.values.results = resultsOf(session, indexed?.failed === true)
    searched.values.exits = exitValuesOf(indexed, searched.found)
    return true
  }
}

/** Somebody was inside, or is. */
function isShell({ entry }: Searched): boolean {
  return entry.kind === 'session' || (entry.kind === 'cloud' && entry.event.refusal === undefined)
}

function hitsIn({ entry, found }: Searched, words: string): number {
  if (found !== undefined) return found.to - found.from
  return entry.kind === 'session' || words === '' ? 0 : 1
}
