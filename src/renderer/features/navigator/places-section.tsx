import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef } from 'react'
import type { ContainerPlace, VisitedPlace } from '../../../contract/place.ts'
import { placeKey } from '../../../contract/place.ts'
import { navigatorAttribute, navigatorStopAttribute, useRunCommand } from '../../app/commands/use-commands.ts'
import type { Target } from '../../app/documents/target.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { containerRefFor } from '../../app/stores/catalog-entries.ts'
import { lookUpPlace, toggledFavouriteContainer, withoutVisit } from '../../app/stores/places.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { classNames } from '../../ui/class-names.ts'
import { useContextMenu } from '../../ui/context-menu.tsx'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { ClockIcon, MarkIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './navigator.module.css'
import { below, placeRowId, placeStep, usePlaceLists, usePlaceRowIds } from './place-rows.ts'
import { useContainerMenu } from './row-menu.ts'
import { Glyphs, Meta } from './row-parts.tsx'
import { useTouched } from './use-tree.ts'

/** What was marked, and where one was lately, above the tree. The arrows go on from here into the tree. */
export function PlacesSection({ keys }: { keys: PlaceKeys }) {
  const { favourites, recent } = usePlaceLists()
  if (favourites.length + recent.length === 0) return null
  return (
    <div className={styles.places}>
      <PlaceList title="Favourites" icon={MarkIcon} places={favourites} keys={keys} />
      <PlaceList title="Recent" icon={ClockIcon} places={recent} keys={keys} />
    </div>
  )
}

/** Where keys lead that leave these rows. */
export interface PlaceKeys {
  toTree(): void
  toFilter(): void
}

function PlaceList({
  title,
  icon: Icon,
  places,
  keys,
}: {
  title: string
  icon: typeof ClockIcon
  places: readonly (ContainerPlace | VisitedPlace)[]
  keys: PlaceKeys
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
          <PlaceRow key={placeKey(place)} place={place} keys={keys} />
        ))}
      </div>
    </section>
  )
}

type ContainerTarget = Extract<Target, { kind: 'container' }>

function PlaceRow({ place, keys }: { place: ContainerPlace | VisitedPlace; keys: PlaceKeys }) {
  const run = useRunCommand()
  const openMenu = useContextMenu()
  const menuOf = useContainerMenu()
  const forget = useForget(place)
  const now = useNow('minute')
  const touched = useTouched()
  const { account, target } = usePlace(place)
  const { serviceName, family, containerName } = place
  const taskArn = target?.container.taskArn
  const { element, selected, select, press } = useRovingRow(place, target, keys)

  const showMenu = (event: MouseEvent) =>
    openMenu(event, [
      ...(target === undefined ? [] : menuOf(target)),
      { label: 'Remove from this list', run: forget },
    ])
  return (
    <button
      ref={element}
      type="button"
      className={classNames(styles.place, target === undefined && styles.pending)}
      aria-current={selected || undefined}
      tabIndex={selected ? 0 : -1}
      {...{ [navigatorStopAttribute]: '' }}
      onFocus={select}
      onKeyDown={press}
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

/** One selection for these rows and the tree; the focus follows it for as long as it is in the navigator. */
function useRovingRow(place: ContainerPlace, target: ContainerTarget | undefined, keys: PlaceKeys) {
  const { navigator, workspace } = useServices()
  const ids = usePlaceRowIds()
  const element = useRef<HTMLButtonElement>(null)
  const id = placeRowId(place)
  const selected = useServiceStore('navigator', ({ selectedId }) => selectedId === id)
  useEffect(() => {
    if (selected) navigator.setState({ target })
  }, [selected, target, navigator])
  useEffect(() => {
    const within = document.activeElement?.closest(`[${navigatorAttribute}]`)
    if (selected && within != null) element.current?.focus()
  }, [selected])

  const press = (event: KeyboardEvent) => {
    const next = placeStep(ids, id, event.key)
    if (next === below) keys.toTree()
    else if (next !== undefined) navigator.setState({ selectedId: next })
    else if (event.key === '/') keys.toFilter()
    else if (event.key === 'Escape') workspace.stage?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return { element, selected, select: () => navigator.setState({ selectedId: id, target }), press }
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
