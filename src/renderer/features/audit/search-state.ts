import { createStore, type StoreApi } from 'zustand/vanilla'
import type { SearchFilters, SearchRequest } from '../../../contract/search.ts'
import type { Services } from '../../app/services.ts'

export type Range = '7' | '30' | '90' | 'all'
export type FilterName = keyof SearchFilters

export interface SearchState {
  query: string
  range: Range
  filters: Partial<Record<FilterName, readonly string[]>>
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

export function toggled(state: SearchState, name: FilterName, value: string): SearchState {
  const chosen = state.filters[name] ?? []
  const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]
  return { ...state, filters: { ...state.filters, [name]: next } }
}

/** Whom or what a search is about as a whole. */
export interface Subject {
  kind: 'people' | 'services'
  value: string
}

/** One person or one service, and no words to find: that is to be summed up. */
export function subjectOf({ query, filters }: SearchState): Subject | undefined {
  if (query.trim() !== '') return undefined
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
