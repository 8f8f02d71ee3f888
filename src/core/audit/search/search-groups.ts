import type { CommandEntry } from '../../../contract/command-marker.ts'
import type { SearchGroup, SearchHit, TranscriptHit } from '../../../contract/search.ts'
import { taskArnOf } from '../cloud/touched-by-anyone.ts'
import type { OtherEntries } from './other-entries.ts'
import type { Found, IndexedSession, SearchDatabase } from './search-database.ts'
import type { Searched } from './search-facets.ts'

/** What a page shows of an answer; narrowing the search is quicker than scrolling through more. */
export const mostGroups = 40

/** Shown of each session among others, and when nothing is searched for. */
const hitsPerGroup = 6
const commandsPerGroup = 4

/** Shown of the one session that is asked for. */
const hitsOfOne = 200

/** Makes what a page shows of each entry that was found. */
export class SearchGroups {
  readonly #database: SearchDatabase
  readonly #others: OtherEntries

  constructor(database: SearchDatabase, others: OtherEntries) {
    this.#database = database
    this.#others = others
  }

  /** @param isOnly it is the one session that is searched */
  of({ entry, found }: Searched, words: string, isOnly: boolean): SearchGroup {
    if (entry.kind === 'cloud') {
      const { event, container, indexed } = entry
      const taskArn = taskArnOf(event)
      const transcript = indexed && this.#transcript(indexed, found, words, isOnly)
      return {
        kind: 'cloud',
        event,
        ...(container !== undefined && { container }),
        ...(taskArn !== undefined && { taskArn }),
        ...(transcript !== undefined && { transcript }),
      }
    }
    if (entry.kind === 'refused') {
      const { refusal } = entry
      return { kind: 'refused', refusal, source: this.#sourceOf(refusal.sessionId) }
    }
    const { session, indexed } = entry
    const source = this.#sourceOf(session.sessionId)
    const group = { kind: 'session', session, source } as const
    if (indexed === undefined) return { ...group, hits: [], hitCount: 0 }
    const hitCount = found === undefined ? 0 : found.to - found.from
    const hits =
      found === undefined
        ? this.#database.commands(indexed.number, isOnly ? hitsOfOne : commandsPerGroup).flatMap(hitOfCommand)
        : this.#database.hits(found, words, isOnly ? hitsOfOne : hitsPerGroup)
    return { ...group, hits, hitCount }
  }

  #transcript({ number }: IndexedSession, found: Found | undefined, words: string, isOnly: boolean) {
    if (found !== undefined)
      return {
        hits: this.#database.transcriptHits(found, words, isOnly ? hitsOfOne : hitsPerGroup),
        hitCount: found.to - found.from,
      }
    // The words may be in what CloudTrail says of it.
    const commands =
      words === '' ? this.#database.commands(number, isOnly ? hitsOfOne : commandsPerGroup) : []
    return { hits: commands.flatMap(transcriptHitOfCommand), hitCount: 0 }
  }

  #sourceOf(sessionId: string) {
    return this.#others.sourceOf(sessionId) ?? { state: 'unknown' as const }
  }
}

function hitOfCommand(entry: CommandEntry): SearchHit[] {
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

function transcriptHitOfCommand(entry: CommandEntry): TranscriptHit[] {
  if (entry.kind !== 'command') return []
  return [{ kind: 'command', line: entry.startedAt, text: entry.text, highlights: [] }]
}
