import type { SearchAnswer } from '../../../contract/search.ts'
import type { MenuEntry } from '../../ui/context-menu.tsx'
import { displayText } from '../../ui/display-text.ts'
import { ClockIcon, DoneIcon, MarkIcon, ServiceIcon, UserIcon } from '../../ui/icons.ts'
import styles from './audit.module.css'
import { Chip } from './chip.tsx'
import { resultWords } from './facets.tsx'
import { useSavedSearches } from './saved-searches.ts'
import { type FilterName, type Range, rangeWords, type SearchState, toggled } from './search-state.ts'

/** The filters one reaches for most, and what came of them. */
export function FilterBar({
  state,
  facets,
  setState,
  summary,
}: {
  state: SearchState
  facets: SearchAnswer['facets'] | undefined
  setState: (state: SearchState) => void
  summary: string | undefined
}) {
  const choices = (name: FilterName, word = (value: string) => displayText(value)): MenuEntry[] =>
    (facets?.[name] ?? []).map(({ value, count }) => ({
      label: `${word(value)}  ${count}`,
      checked: state.filters[name]?.includes(value) ?? false,
      run: () => setState(toggled(state, name, value)),
    }))
  const chosen = (name: FilterName, none: string, word = (value: string) => displayText(value)) => {
    const [first, ...more] = state.filters[name] ?? []
    if (first === undefined) return none
    return more.length === 0 ? word(first) : `${word(first)} and ${more.length} more`
  }
  const saved = useSavedSearches(state, setState)
  const result = (value: string) => resultWords[value] ?? value
  return (
    <div className={styles.filters}>
      <Chip
        icon={ClockIcon}
        label={rangeWords[state.range]}
        on={state.range !== 'all'}
        entries={(Object.keys(rangeWords) as Range[]).map((range) => ({
          label: rangeWords[range],
          checked: range === state.range,
          run: () => setState({ ...state, range }),
        }))}
      />
      <Chip
        icon={UserIcon}
        label={chosen('people', 'Anyone')}
        on={isOn(state, 'people')}
        entries={choices('people')}
      />
      <Chip
        icon={ServiceIcon}
        label={chosen('services', 'Any service')}
        on={isOn(state, 'services')}
        entries={choices('services')}
      />
      <Chip
        icon={DoneIcon}
        label={chosen('results', 'Any result', result)}
        on={isOn(state, 'results')}
        entries={choices('results', result)}
      />
      {saved.entries.length > 0 && (
        <Chip icon={MarkIcon} label="Kept" on={saved.isSaved} entries={saved.entries} />
      )}
      <span className={styles.summary} role="status">
        {summary}
      </span>
    </div>
  )
}

function isOn(state: SearchState, name: FilterName): boolean {
  return (state.filters[name]?.length ?? 0) > 0
}
