import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { isLive } from '../../app/stores/sessions-store.ts'
import { flattenTree } from './tree.ts'
import type { TreeRow } from './tree-rows.ts'
import { useStopped } from './use-stopped.ts'

/** The navigator's rows for a filter, kept up with the catalog, the audit and the open shells. */
export function useTree(filter: string): TreeRow[] {
  const accounts = useServiceStore('accounts', (state) => state.accounts)
  const others = useServiceStore('accounts', (state) => state.others)
  const scopes = useServiceStore('catalog', (state) => state.scopes)
  const clusters = useServiceStore('catalog', (state) => state.clusters)
  const toggled = useServiceStore('navigator', (state) => state.toggled)
  const order = useServiceStore('settings', ({ settings }) => settings.navigatorOrder)
  const grouping = useServiceStore('settings', ({ settings }) => settings.navigatorGrouping)
  const touched = useTouched()
  const live = useLive()
  const stopped = useStopped(filter)

  return useMemo(
    () =>
      flattenTree({
        accounts,
        others,
        scopes,
        clusters,
        stopped,
        touched,
        live,
        toggled,
        filter,
        order,
        grouping,
      }),
    [accounts, others, scopes, clusters, stopped, touched, live, toggled, filter, order, grouping],
  )
}

const nobody: ReadonlyMap<string, ReadonlySet<string>> = new Map()

/** Containers by task in which someone had a shell since they started. */
export function useTouched(): ReadonlyMap<string, ReadonlySet<string>> {
  const { core } = useServices()
  const { data } = useQuery(queries.touched(core))
  return useMemo(
    () =>
      data === undefined
        ? nobody
        : new Map(data.map(({ taskArn, containers }) => [taskArn, new Set(containers)])),
    [data],
  )
}

function useLive(): ReadonlyMap<string, ReadonlySet<string>> {
  // As text, because sessions are new objects with every key that is typed; the tree must not follow those.
  const places = useServiceStore(
    'sessions',
    useShallow(({ sessions }) =>
      Object.values(sessions)
        .filter(isLive)
        .map(({ container }) => `${container.taskArn}\n${container.containerName}`),
    ),
  )
  return useMemo(() => {
    const live = new Map<string, Set<string>>()
    for (const place of places) {
      const [taskArn = '', containerName = ''] = place.split('\n')
      live.set(taskArn, (live.get(taskArn) ?? new Set()).add(containerName))
    }
    return live
  }, [places])
}
