import type { AuditSession } from '../../../contract/audit.ts'
import { type SearchAnswer, type SearchFilters, standaloneService } from '../../../contract/search.ts'
import type { Found } from './search-database.ts'

type Facet = keyof SearchAnswer['facets']
export type FacetValues = Record<Facet, string>

/** A session as far as filters and counts look at it. */
export interface SearchedSession {
  session: AuditSession
  values: FacetValues
  /** Midnight of the day it began on, by this computer's calendar. */
  day: number
  /** Commands and stretches of output that fit the query. */
  hits: Found | undefined
}

const facetNames: readonly Facet[] = ['people', 'services', 'accounts', 'environments', 'results']

/** `results` is known when its commands are. */
export function valuesOf({ userName, container }: AuditSession): FacetValues {
  return {
    people: userName,
    services: container.serviceName ?? standaloneService,
    accounts: container.scope.accountId,
    environments: container.environment,
    results: 'succeeded',
  }
}

export function dayOf({ startedAt }: AuditSession): number {
  return new Date(startedAt).setHours(0, 0, 0, 0)
}

export interface Filtered {
  matching: SearchedSession[]
  facets: SearchAnswer['facets']
}

/** Each value is counted under all filters but its own, so that one sees what choosing it would give. */
export function filterAndCount(sessions: readonly SearchedSession[], filters: SearchFilters): Filtered {
  const wanted = facetNames.map((name) => {
    const values: readonly string[] = filters[name] ?? []
    return values.length === 0 ? undefined : new Set(values)
  })
  const counts = facetNames.map(() => new Map<string, number>())
  const matching: SearchedSession[] = []
  for (const searched of sessions) {
    const failing = failingFilters(searched.values, wanted)
    if (failing.count === 0) matching.push(searched)
    if (failing.count > 1) continue
    facetNames.forEach((name, index) => {
      if (failing.count === 0 || index === failing.last) add(counts[index], searched.values[name])
    })
  }
  const list = (name: Facet) => listOf(counts[facetNames.indexOf(name)])
  return {
    matching,
    facets: {
      people: list('people'),
      services: list('services'),
      accounts: list('accounts'),
      environments: list('environments'),
      results: list('results'),
    },
  }
}

function failingFilters(values: FacetValues, wanted: readonly (Set<string> | undefined)[]) {
  let count = 0
  let last = -1
  facetNames.forEach((name, index) => {
    if (wanted[index] === undefined || wanted[index].has(values[name])) return
    count += 1
    last = index
  })
  return { count, last }
}

function add(counts: Map<string, number> | undefined, value: string): void {
  counts?.set(value, (counts.get(value) ?? 0) + 1)
}

/** Most first; a page shows the first of them. */
const mostValues = 50

function listOf(counts: Map<string, number> | undefined): { value: string; count: number }[] {
  return [...(counts ?? [])]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => right.count - left.count || left.value.localeCompare(right.value))
    .slice(0, mostValues)
}

/** Sessions per day of this computer's calendar, oldest first. */
export function countDays(
  all: readonly SearchedSession[],
  matching: readonly SearchedSession[],
): SearchAnswer['days'] {
  const days = new Map<number, { at: number; sessions: number; matching: number }>()
  const count = (searched: readonly SearchedSession[], of: 'sessions' | 'matching') => {
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
