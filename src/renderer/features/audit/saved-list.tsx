import { useQuery } from '@tanstack/react-query'
import type { SavedSearch } from '../../../contract/host.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { MarkIcon } from '../../ui/icons.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './audit.module.css'
import { isSame, nameOf, savedFrom } from './saved-searches.ts'
import { initialState, requestOf, type SearchState } from './search-state.ts'

/** The saved searches, one click away, with what each would find. */
export function SavedSearches({
  state,
  setState,
}: {
  state: SearchState
  setState: (state: SearchState) => void
}) {
  const saved = useServiceStore('settings', ({ settings }) => settings.savedSearches)
  if (saved.length === 0) return null
  const now = savedFrom(state)
  return (
    <section className={styles.saved} aria-label="Saved searches">
      <h3>Saved</h3>
      <ul>
        {saved.map((each) => (
          <li key={nameOf(each)}>
            <button
              type="button"
              aria-pressed={isSame(each, now)}
              title={nameOf(each)}
              onClick={() => setState({ ...initialState, ...each })}
            >
              <MarkIcon size={14} stroke={1.75} aria-hidden />
              <span>{nameOf(each)}</span>
              <FoundCount search={each} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Often enough to be true, and never once per line of a busy shell, as the search in front is asked. */
const countAgainMilliseconds = 60_000

function FoundCount({ search }: { search: SavedSearch }) {
  const { core } = useServices()
  const now = useNow('minute')
  const { summary: _, ...request } = requestOf({ ...initialState, ...search }, now)
  const { data } = useQuery({
    ...queries.auditSearch(core, request),
    queryKey: ['audit.savedCount', request],
    staleTime: countAgainMilliseconds,
    refetchInterval: countAgainMilliseconds,
  })
  if (data === undefined) return null
  return (
    <span className={styles.count}>
      {(data.matchingSessions + data.matchingRefusals).toLocaleString('en')}
    </span>
  )
}
