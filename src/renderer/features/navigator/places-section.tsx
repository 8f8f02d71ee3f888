import { type MouseEvent, useMemo } from 'react'
import type { ContainerPlace, VisitedPlace } from '../../../contract/place.ts'
import { placeKey } from '../../../contract/place.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import type { Target } from '../../app/documents/target.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { containerRefFor } from '../../app/stores/catalog-entries.ts'
import { isFavourite, lookUpPlace, toggledFavouriteContainer, withoutVisit } from '../../app/stores/places.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { classNames } from '../../ui/class-names.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { ClockIcon, MarkIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './navigator.module.css'
import { useContainerMenu } from './row-menu.ts'
import { Glyphs, Meta } from './row-parts.tsx'
import { useTouched } from './use-tree.ts'

/** What was marked, and where one was lately, above the tree; a filter looks at the tree alone. */
export function PlacesSection() {
  const isFiltered = useServiceStore('navigator', ({ filter }) => filter !== '')
  const favourites = useServiceStore('settings', ({ settings }) => settings.favouriteContainers)
  const visited = useServiceStore('settings', ({ settings }) => settings.recentContainers)
  const settings = useServiceStore('settings', (state) => state.settings)
  // A favourite stands in one place only.
  const recent = visited.filter((place) => !isFavourite(settings, place))
  if (isFiltered || favourites.length + recent.length === 0) return null
  return (
    <div className={styles.places}>
      <PlaceList title="Favourites" icon={MarkIcon} places={favourites} />
      <PlaceList title="Recent" icon={ClockIcon} places={recent} />
    </div>
  )
}

function PlaceList({
  title,
  icon: Icon,
  places,
}: {
  title: string
  icon: typeof ClockIcon
  places: readonly (ContainerPlace | VisitedPlace)[]
}) {
  if (places.length === 0) return null
  return (
    <section aria-label={title}>
      <div className={styles.heading}>
        <Icon size={12} stroke={2} aria-hidden />
        <span>{title}</span>
      </div>
      <div className={styles.placeRows}>
        {places.map((place) => (
          <PlaceRow key={placeKey(place)} place={place} />
        ))}
      </div>
    </section>
  )
}

type ContainerTarget = Extract<Target, { kind: 'container' }>

function PlaceRow({ place }: { place: ContainerPlace | VisitedPlace }) {
  const run = useRunCommand()
  const openMenu = useContextMenu()
  const menuOf = useContainerMenu()
  const forget = useForget(place)
  const now = useNow('minute')
  const touched = useTouched()
  const { account, target } = usePlace(place)
  const { serviceName, family, containerName } = place
  const taskArn = target?.container.taskArn

  const showMenu = (event: MouseEvent) =>
    openMenu(event, [
      ...(target === undefined ? [] : menuOf(target)),
      { label: 'Remove from this list', run: forget },
    ])
  return (
    <button
      type="button"
      className={classNames(styles.place, target === undefined && styles.pending)}
      title={target === undefined ? 'Nothing runs here now' : undefined}
      aria-disabled={target === undefined}
      onClick={() => target !== undefined && run('shell.open', target)}
      onContextMenu={showMenu}
    >
      <EnvironmentSquare environment={account?.environment ?? 'other'} />
      <Name className={styles.name} text={containerName} />
      <Name className={styles.secondary} text={serviceName ?? `standalone ${family ?? ''}`} />
      <Meta>
        {target === undefined ? 'not running' : 'at' in place ? formatDuration(now - place.at) : null}
      </Meta>
      <Glyphs
        touched={taskArn !== undefined && (touched.get(taskArn)?.has(containerName) ?? false)}
        taskArn={taskArn}
        readiness={target?.readiness}
      />
    </button>
  )
}

/** The account of a place and what runs there now, as far as it is in view. */
function usePlace(place: ContainerPlace) {
  const accounts = useServiceStore('accounts', (state) => state.accounts)
  const clusters = useServiceStore('catalog', (state) => state.clusters)
  return useMemo(() => {
    const account = accounts.find(({ account: each }) => each.accountId === place.accountId)?.account
    if (account === undefined) return { account, target: undefined }
    const { cluster, task, container } = lookUpPlace(Object.values(clusters), place) ?? {}
    if (cluster === undefined || task === undefined || container === undefined)
      return { account, target: undefined }
    const target: ContainerTarget = {
      kind: 'container',
      container: containerRefFor(account, cluster, task, container),
      readiness: container.readiness,
    }
    return { account, target }
  }, [accounts, clusters, place])
}

function useForget(place: ContainerPlace | VisitedPlace): () => void {
  const { core, settings } = useServices()
  return () => {
    const now = settings.getState().settings
    const change = 'at' in place ? withoutVisit(now, place) : toggledFavouriteContainer(now, place)
    void changeSettings(core, settings, change)
  }
}
