import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Cluster, Task } from '../../../contract/catalog.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { asksForStopped, type FilterTerm, parseFilter } from './filter.ts'

const none: readonly Cluster[] = []

/**
 * Tasks that have stopped, by cluster key, while the filter asks for them. Each
 * cluster costs two calls, so those that the filter leaves out are not asked.
 */
export function useStopped(filter: string): Readonly<Record<string, readonly Task[]>> {
  const { core } = useServices()
  const clusters = useServiceStore('catalog', (state) => state.clusters)
  const asked = useMemo(() => clustersAsked(Object.values(clusters), parseFilter(filter)), [clusters, filter])
  return useQueries({
    queries: asked.map(({ scope, arn }) => queries.stoppedTasks(core, scope, arn)),
    combine: (answers) =>
      Object.fromEntries(
        asked.flatMap(({ scope, arn }, index) => {
          const tasks = answers[index]?.data
          return tasks === undefined ? [] : [[clusterKey(scope, arn), tasks]]
        }),
      ),
  })
}

export function clustersAsked(
  clusters: readonly Cluster[],
  terms: readonly FilterTerm[],
): readonly Cluster[] {
  if (!asksForStopped(terms)) return none
  const wanted = (field: FilterTerm['field'], value: string) =>
    terms.every((term) => term.field !== field || value.toLowerCase().includes(term.value))
  return clusters.filter(({ name, scope }) => wanted('cluster', name) && wanted('region', scope.region))
}
