import { useServiceStore } from '../../app/services.ts'
import { MarkIcon } from '../../ui/icons.ts'
import styles from './audit.module.css'
import { isSame, nameOf, savedFrom } from './saved-searches.ts'
import { initialState, type SearchState } from './search-state.ts'

/** The kept searches, one click away. */
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
    <section className={styles.kept} aria-label="Kept searches">
      <h3>Kept</h3>
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
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
