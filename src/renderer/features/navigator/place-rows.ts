import { useMemo } from 'react'
import type { ContainerPlace, VisitedPlace } from '../../../contract/place.ts'
import { placeKey } from '../../../contract/place.ts'
import { useServiceStore } from '../../app/services.ts'
import { isFavourite } from '../../app/stores/places.ts'

export interface PlaceLists {
  readonly favourites: readonly ContainerPlace[]
  readonly recent: readonly VisitedPlace[]
}

/** What stands above the tree; a filter looks at the tree alone. */
export function usePlaceLists(): PlaceLists {
  const isFiltered = useServiceStore('navigator', ({ filter }) => filter !== '')
  const settings = useServiceStore('settings', (state) => state.settings)
  return useMemo(() => {
    if (isFiltered) return { favourites: [], recent: [] }
    return {
      favourites: settings.favouriteContainers,
      // A favourite stands in one place only.
      recent: settings.recentContainers.filter((place) => !isFavourite(settings, place)),
    }
  }, [isFiltered, settings])
}

/** Id of a place's row; those of the tree begin otherwise. */
export function placeRowId(place: ContainerPlace): string {
  return `place ${placeKey(place)}`
}

/** The ids of the rows above the tree, in their order. */
export function usePlaceRowIds(): readonly string[] {
  const { favourites, recent } = usePlaceLists()
  return useMemo(() => [...favourites, ...recent].map(placeRowId), [favourites, recent])
}

/** Where a key leads among the rows above the tree: another of them, or `below` them. */
export function placeStep(ids: readonly string[], selected: string, key: string): string | undefined {
  const at = ids.indexOf(selected)
  if (at === -1) return undefined
  switch (key) {
    case 'ArrowDown':
      return ids[at + 1] ?? below
    case 'ArrowUp':
      return ids[Math.max(0, at - 1)]
    case 'Home':
      return ids[0]
    case 'End':
      return below
    default:
      return undefined
  }
}

/** The tree. */
export const below = 'below'
