import { createStore, type StoreApi } from 'zustand/vanilla'
import type { SearchAnswer, SearchFilters, SearchRequest } from '../../../contract/search.ts'
import { type FilterName, mergedFilters, parseSearch, withoutTerm } from '../../../contract/search-syntax.ts'
import type { Services } from '../../app/services.ts'

export type Range = '7' | '30' | '90' | 'all'
/** A filter of which the answer counts the values. */
export type FacetName = keyof SearchAnswer['facets']

export interface SearchState {
  query: string
  range: Range
  filters: Partial<Record<FilterName, readonly string[]>>
}

/** What the parts of the page show, and how they change what is searched. */
export interface ShownSearch {
  answer: SearchAnswer
  state: SearchState
  setState: (state: SearchState) => void
  /** Epoch milliseconds. */
  now: number
}

export const initialState: SearchState = { query: '', range: '30', filters: {} }

export const rangeWords: Record<Range, string> = {
  '7': 'Last 7 days',
  '30': 'Last 30 days',
  '90': 'Last 90 days',
  all: 'Any time',
}

const stores = new WeakMap<Services, StoreApi<SearchState>>()

/** What is searched for, kept while the window lives: another tab in front loses nothing. */
export function searchOf(services: Services): StoreApi<SearchState> {
  const known = stores.get(services)
  if (known !== undefined) return known
  const created = createStore<SearchState>(() => initialState)
  stores.set(services, created)
  return created
}

/** What is chosen beside the field and what is typed into it. */
export function filtersOf({ query, filters }: SearchState): Partial<Record<FilterName, readonly string[]>> {
  return mergedFilters(filters as SearchFilters, parseSearch(query).filters)
}

/** One that was typed is taken out of the text again. */
export function toggled(state: SearchState, name: FilterName, value: string): SearchState {
  const chosen = state.filters[name] ?? []
  if (!filtersOf(state)[name]?.includes(value))
    return { ...state, filters: { ...state.filters, [name]: [...chosen, value] } }
  const isTyped = parseSearch(state.query).filters[name]?.some((each) => each === value) ?? false
  return {
    ...state,
    query: isTyped ? withoutTerm(state.query, name, value) : state.query,
    filters: { ...state.filters, [name]: chosen.filter((each) => each !== value) },
  }
}

/** Whom or what a search is about as a whole. */
export interface Subject {
  kind: 'people' | 'services'
  value: string
}

/** One person or one service, and no words to find: that is to be summed up. */
export function subjectOf(state: SearchState): Subject | undefined {
  if (parseSearch(state.query).words !== '') return undefined
  const filters = filtersOf(state)
  for (const kind of ['people', 'services'] as const) {
    const [value, ...more] = filters[kind] ?? []
    if (value !== undefined && more.length === 0) return { kind, value }
  }
  return undefined
}

/** @param now only its day counts, so that the same search stays the same question */
export function requestOf(state: SearchState, now: number): SearchRequest {
  const { query, range, filters } = state
  const from = rangeStart(range, now)
  return {
    query,
    filters: filters as SearchFilters,
    ...(from !== undefined && { from }),
    ...(subjectOf(state) !== undefined && { summary: true }),
  }
}

/** When its first day begins, in epoch milliseconds; undefined for any time. */
export function rangeStart(range: Range, now: number): number | undefined {
  if (range === 'all') return undefined
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  // The calendar's days: a day of the change to summer time is no day of 24 hours.
  midnight.setDate(midnight.getDate() - Number(range) + 1)
  return midnight.getTime()
}
