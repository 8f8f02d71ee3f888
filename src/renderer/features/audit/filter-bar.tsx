import type { SearchAnswer } from '../../../contract/search.ts'
import { classNames } from '../../ui/class-names.ts'
import type { MenuEntry } from '../../ui/context-menu.tsx'
import { ClockIcon, CloseIcon, DoneIcon, MarkIcon, ServiceIcon, UserIcon } from '../../ui/icons.ts'
import styles from './audit.module.css'
import { Chip } from './chip.tsx'
import { phraseOf, wordOf } from './filter-words.ts'
import { useSavedSearches } from './saved-searches.ts'
import {
  type FacetName,
  filtersOf,
  type Range,
  rangeWords,
  type SearchState,
  toggled,
} from './search-state.ts'

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
  const filters = filtersOf(state)
  const choices = (name: FacetName): MenuEntry[] =>
    (facets?.[name] ?? []).map(({ value, count }) => ({
      label: `${wordOf(name, value)}  ${count}`,
      checked: filters[name]?.includes(value) ?? false,
      run: () => setState(toggled(state, name, value)),
    }))
  const chosen = (name: FacetName, none: string) => {
    const [first, ...more] = filters[name] ?? []
    if (first === undefined) return none
    return more.length === 0 ? phraseOf(name, first) : `${phraseOf(name, first)} and ${more.length} more`
  }
  const isOn = (name: FacetName) => (filters[name]?.length ?? 0) > 0
  const saved = useSavedSearches(state, setState)
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
        on={isOn('people')}
        entries={choices('people')}
      />
      <Chip
        icon={ServiceIcon}
        label={chosen('services', 'Any service')}
        on={isOn('services')}
        entries={choices('services')}
      />
      <Chip
        icon={DoneIcon}
        label={chosen('results', 'Any result')}
        on={isOn('results')}
        entries={choices('results')}
      />
      {(['tasks', 'sessions'] as const).flatMap((name) =>
        (filters[name] ?? []).map((value) => (
          <button
            key={`${name} ${value}`}
            type="button"
            className={classNames(styles.chip, styles.on)}
            title="Search everywhere again"
            onClick={() => setState(toggled(state, name, value))}
          >
            In {phraseOf(name, value)}
            <CloseIcon size={12} stroke={2} aria-label="Remove" />
          </button>
        )),
      )}
      {saved.entries.length > 0 && (
        <Chip icon={MarkIcon} label="Saved" on={saved.isSaved} entries={saved.entries} />
      )}
      <span className={styles.summary} role="status">
        {summary}
      </span>
    </div>
  )
}
