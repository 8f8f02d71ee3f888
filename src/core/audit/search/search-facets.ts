import type { AuditRefusal, AuditSession } from '../../../contract/audit.ts'
import type { AuditSource, CloudEvent } from '../../../contract/cloud-audit.ts'
import { type SearchAnswer, type SearchFilters, standaloneService } from '../../../contract/search.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import type { Found, IndexedSession } from './search-database.ts'

export type FacetName = keyof SearchAnswer['facets']
/** Of each facet what an entry has: often one value, of exit codes several, of an unknown one none. */
export type FacetValues = Record<FacetName, readonly string[]>

/** What can be found, with the text in which it is unless that is indexed: a session of ours, an attempt that came to nothing, a shell that only AWS or a file tells of. */
export type SearchedEntry =
  | SessionEntry
  | { kind: 'refused'; refusal: AuditRefusal; text: string }
  | CloudEntry

export interface SessionEntry {
  kind: 'session'
  session: AuditSession
  indexed: IndexedSession | undefined
}

export interface CloudEntry {
  kind: 'cloud'
  event: CloudEvent
  container: ContainerRef | undefined
  text: string
  /** What AWS logged of it, once somebody read that; completed by each search. */
  indexed: IndexedSession | undefined
}

/** An entry as far as filters and counts look at it. */
export interface Searched {
  entry: SearchedEntry
  at: number
  /** Midnight of the day it began on, by this computer's calendar. */
  day: number
  values: FacetValues
  /** What fits the query, of a session; absent where nothing was searched for. */
  found: Found | undefined
}

const facetNames: readonly FacetName[] = [
  'people',
  'services',
  'accounts',
  'environments',
  'results',
  'sources',
  'engines',
  'exits',
]

/** Whose it is and where; the rest depends on what is known by now. */
export function placeValues(
  userName: string,
  accountId: string,
  container: ContainerRef | undefined,
): Pick<FacetValues, 'people' | 'services' | 'accounts' | 'environments'> {
  return {
    people: [userName],
    accounts: [accountId],
    services: container === undefined ? [] : [container.serviceName ?? standaloneService],
    environments: container === undefined ? [] : [container.environment],
  }
}

/** What a session's commands came to; without a recording nobody knows. */
export function resultsOf({ hasRecording }: AuditSession, failed: boolean): readonly string[] {
  if (!hasRecording) return unrecorded
  return failed ? failedOnly : succeeded
}

// One array each: there are as many sessions as anybody keeps.
const unrecorded = ['unrecorded']
const failedOnly = ['failed']
const succeeded = ['succeeded']

export function resultsOfEvent({ refusal }: CloudEvent): readonly string[] {
  return refusal === undefined ? unrecorded : refused
}

export const refused: readonly string[] = ['refused']

export function sourceValues(source: AuditSource | undefined): readonly string[] {
  return sourceArrays[source?.state ?? 'unknown']
}

const sourceArrays = {
  matched: ['matched'],
  'local-only': ['local-only'],
  pending: ['pending'],
  unknown: ['unknown'],
}

export function sourcesOfEvent({ imported }: CloudEvent): readonly string[] {
  return imported === undefined ? cloudOnly : importedOnly
}

const cloudOnly = ['cloud-only']
const importedOnly = ['imported']

export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

export interface Filtered {
  matching: Searched[]
  facets: SearchAnswer['facets']
}

/** Each value is counted under all filters but its own, so that one sees what choosing it would give. */
export function filterAndCount(all: readonly Searched[], filters: SearchFilters): Filtered {
  const wanted = facetNames.flatMap((name) => {
    const values: readonly string[] = filters[name] ?? []
    return values.length === 0 ? [] : [{ name, values: new Set(values) }]
  })
  const counts = facetNames.map((name) => ({ name, counts: new Map<string, Count>() }))
  const matching: Searched[] = []
  for (const searched of all) {
    const failing = failingFilter(searched.values, wanted)
    if (failing === several) continue
    if (failing === undefined) matching.push(searched)
    for (const { name, counts: ofFacet } of counts)
      if (failing === undefined || failing === name) add(ofFacet, searched.values[name])
  }
  const facets = counts.map(({ name, counts: ofFacet }) => [name, listOf(ofFacet)] as const)
  return { matching, facets: Object.fromEntries(facets) as SearchAnswer['facets'] }
}

const several = 'several'

/** The one filter that keeps an entry out, if it is one. */
function failingFilter(
  values: FacetValues,
  wanted: readonly { name: FacetName; values: ReadonlySet<string> }[],
): FacetName | typeof several | undefined {
  let failing: FacetName | undefined
  for (const { name, values: chosen } of wanted) {
    if (values[name].some((value) => chosen.has(value))) continue
    if (failing !== undefined) return several
    failing = name
  }
  return failing
}

/** Changed in place: a look-up for each value of ten thousand entries is what takes the time. */
interface Count {
  value: string
  count: number
}

function add(counts: Map<string, Count>, values: readonly string[]): void {
  for (const value of values) {
    const counted = counts.get(value)
    if (counted === undefined) counts.set(value, { value, count: 1 })
    else counted.count += 1
  }
}

/** Most first; a page shows the first of them. */
const mostValues = 50

function listOf(counts: Map<string, Count>): Count[] {
  return [...counts.values()]
    .sort((left, right) => right.count - left.count || left.value.localeCompare(right.value))
    .slice(0, mostValues)
}

/** Entries per day of this computer's calendar, oldest first. */
export function countDays(all: readonly Searched[], matching: readonly Searched[]): SearchAnswer['days'] {
  const days = new Map<number, { at: number; sessions: number; matching: number }>()
  const count = (searched: readonly Searched[], of: 'sessions' | 'matching') => {
    for (const { day: at } of searched) {
      const day = days.get(at) ?? { at, sessions: 0, matching: 0 }
      if (day.sessions + day.matching === 0) days.set(at, day)
      day[of] += 1
    }
  }
  count(all, 'sessions')
  count(matching, 'matching')
  return [...days.values()].sort((left, right) => left.at - right.at)
}

/** Whether it is of one of these tasks and sessions, each told by the beginning of its id; without any, always. */
export function isWithin({ entry }: Searched, { tasks = [], sessions = [] }: SearchFilters): boolean {
  const begins = (wanted: readonly string[], ids: readonly (string | undefined)[]) =>
    wanted.length === 0 || wanted.some((start) => ids.some((id) => id?.startsWith(start)))
  if (tasks.length === 0 && sessions.length === 0) return true
  if (entry.kind === 'cloud')
    return begins(tasks, [entry.event.taskId]) && begins(sessions, [entry.event.awsSessionId])
  const { container, sessionId, awsSessionId } = entry.kind === 'session' ? entry.session : entry.refusal
  return begins(tasks, [container.taskId]) && begins(sessions, [sessionId, awsSessionId])
}
