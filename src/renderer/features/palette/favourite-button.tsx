import { useServiceStore, useServices } from '../../app/services.ts'
import type { ContainerEntry } from '../../app/stores/catalog-entries.ts'
import { isFavourite, placeOf, toggledFavouriteContainer } from '../../app/stores/places.ts'
import { toggledFavourite } from '../../app/stores/preferences.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { MarkedIcon, MarkIcon } from '../../ui/icons.ts'
import styles from './palette.module.css'

/** The star of a row: marked ones stand first. Alt+Enter does the same. */
export function FavouriteButton({
  list,
  item,
}: {
  list: 'favouriteAccounts' | 'favouriteRegions'
  item: string
}) {
  const { core, settings } = useServices()
  const marked = useServiceStore('settings', (state) => state.settings[list].includes(item))
  const toggle = () =>
    void changeSettings(core, settings, toggledFavourite(settings.getState().settings, list, item))
  return <Star marked={marked} onToggle={toggle} />
}

/** The star of a container: marked ones stand above the navigator's tree. */
export function PlaceStar({ match: { entry } }: { match: { entry: ContainerEntry } }) {
  const { core, settings } = useServices()
  const place = placeOf(entry.ref, entry.task)
  const marked = useServiceStore('settings', (state) => isFavourite(state.settings, place))
  const toggle = () =>
    void changeSettings(core, settings, toggledFavouriteContainer(settings.getState().settings, place))
  return <Star marked={marked} onToggle={toggle} />
}

function Star({ marked, onToggle }: { marked: boolean; onToggle: () => void }) {
  const Icon = marked ? MarkedIcon : MarkIcon
  const label = marked ? 'Not a favourite any more' : 'Mark as a favourite'
  return (
    <button
      type="button"
      className={styles.favourite}
      aria-pressed={marked}
      aria-label={label}
      title={label}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation()
        onToggle()
      }}
    >
      <Icon size={14} stroke={1.75} aria-hidden />
    </button>
  )
}
