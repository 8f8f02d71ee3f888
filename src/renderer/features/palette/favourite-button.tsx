import { useServiceStore, useServices } from '../../app/services.ts'
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
        void changeSettings(core, settings, toggledFavourite(settings.getState().settings, list, item))
      }}
    >
      <Icon size={14} stroke={1.75} aria-hidden />
    </button>
  )
}
