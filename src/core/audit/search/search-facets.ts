import type { AuditSession } from '../../../contract/audit.ts'
import { type SearchAnswer, type SearchFilters, standaloneService } from '../../../contract/search.ts'

/** A session as far as filters and counts look at it. */
export interface SearchedSession {
  session: AuditSession
  failed: boolean
  /** Commands and stretches of output that fit the query. */
  hits: number
}

type Facet = keyof SearchAnswer['facets']

const facetValue: Record<Facet, (searched: SearchedSession) => string> = {
  people: ({ session }) => session.userName,
  services: ({ session }) => session.container.serviceName ?? standaloneService,
  accounts: ({ session }) => session.container.scope.accountId,
  environments: ({ session }) => session.container.environment,
  results: ({ failed }) => (failed ? 'failed' : 'succeeded'),
}
const facetNames = Object.keys(facetValue) as Facet[]

export interface Filtered {
  matching: SearchedSession[]
  facets: SearchAnswer['facets']
}

/** Each value is counted under all filters but its own, so that one sees what choosing it would give. */
export function filterAndCount(sessions: readonly SearchedSession[], filters: SearchFilters): Filtered {
  const wanted = new Map<Facet, Set<string>>()
  for (const name of facetNames) {
    const values = filters[name]
    if (values !== undefined && values.length > 0) wanted.set(name, new Set(values))
  }
  const counts = new Map(facetNames.map((name) => [name, new Map<string, number>()]))
  const matching: SearchedSession[] = []
  for (const searched of sessions) {
    const failing = [...wanted].filter(([name, values]) => !values.has(facetValue[name](searched)))
    if (failing.length === 0) matching.push(searched)
    if (failing.length > 1) continue
    const only = failing[0]?.[0]
    for (const name of only === undefined ? facetNames : [only])
      add(counts.get(name), facetValue[name](searched))
  }
  return {
    matching,
    facets: Object.fromEntries(
      facetNames.map((name) => [name, listOf(counts.get(name))]),
    ) as SearchAnswer['facets'],
  }
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
  const dayOf = ({ session }: SearchedSession) => {
    const at = new Date(session.startedAt).setHours(0, 0, 0, 0)
    const day = days.get(at) ?? { at, sessions: 0, matching: 0 }
    days.set(at, day)
    return day
  }
  for (const searched of all) dayOf(searched).sessions += 1
  for (const searched of matching) dayOf(searched).matching += 1
  return [...days.values()].sort((left, right) => left.at - right.at)
}
