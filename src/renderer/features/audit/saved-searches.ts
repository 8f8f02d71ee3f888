import type { SavedSearch } from '../../../contract/host.ts'
import type { SearchFilters } from '../../../contract/search.ts'
import { type FilterName, mergedFilters, parseSearch } from '../../../contract/search-syntax.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import type { MenuEntry } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { phraseOf } from './filter-words.ts'
import { initialState, rangeWords, type SearchState } from './search-state.ts'

/** More would be a list to search itself. The oldest makes room. */
const mostSaved = 50

/** The saved searches as a menu; the one on the screen can be saved, or let go of. */
export function useSavedSearches(
  state: SearchState,
  setState: (state: SearchState) => void,
): { entries: MenuEntry[]; isSaved: boolean } {
  const { core, settings: store } = useServices()
  const saved = useServiceStore('settings', ({ settings }) => settings.savedSearches)
  const now = savedFrom(state)
  const isSaved = saved.some((each) => isSame(each, now))
  const change = (savedSearches: SavedSearch[]) => void changeSettings(core, store, { savedSearches })
  const keep: MenuEntry = isSaved
    ? { label: 'Forget this search', run: () => change(saved.filter((each) => !isSame(each, now))) }
    : { label: 'Save this search', run: () => change([...saved, now].slice(-mostSaved)) }
  const kept = saved.map(
    (each): MenuEntry => ({
      label: nameOf(each),
      checked: isSame(each, now),
      run: () => setState({ ...initialState, ...each }),
    }),
  )
  const isAnything = !isSame(now, savedFrom(initialState))
  return {
    isSaved,
    entries: [
      ...kept,
      ...(kept.length > 0 && isAnything ? (['divider'] as const) : []),
      ...(isAnything ? [keep] : []),
    ],
  }
}

/** Without what filters nothing, so that the same search is saved once. */
export function savedFrom({ query, range, filters }: SearchState): SavedSearch {
  const chosen = Object.entries(filters)
    .filter(([, values]) => (values?.length ?? 0) > 0)
    .map(([name, values]) => [name, [...(values ?? [])].sort()] as const)
    .sort(([left], [right]) => left.localeCompare(right))
  return { query: query.trim(), range, filters: Object.fromEntries(chosen) as SavedSearch['filters'] }
}

export function isSame(left: SavedSearch, right: SavedSearch): boolean {
  return JSON.stringify(savedFrom(left)) === JSON.stringify(savedFrom(right))
}

/** "nginx -t", ana, storefront, last 30 days: nobody has to think of a name. */
export function nameOf({ query, range, filters }: SavedSearch): string {
  const { words, filters: typed } = parseSearch(query)
  const all = mergedFilters(filters as SearchFilters, typed)
  const values = (Object.entries(all) as [FilterName, string[]][]).flatMap(([name, chosen]) =>
    chosen.map((value) => phraseOf(name, value)),
  )
  const when = range === 'all' ? [] : [rangeWords[range].toLowerCase()]
  return displayText([...(words === '' ? [] : [words]), ...values, ...when].join(', '))
}
