import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CatalogScope, Cluster } from '../../../contract/catalog.ts'
import { type Scope, scopeKey } from '../../../contract/identity.ts'

/** Everything the core has said about clusters, by scope and by cluster. */
export interface CatalogState {
  readonly scopes: Readonly<Record<string, CatalogScope>>
  readonly clusters: Readonly<Record<string, Cluster>>
}

export type CatalogStore = StoreApi<CatalogState>

export function createCatalogStore(): CatalogStore {
  return createStore<CatalogState>(() => ({ scopes: {}, clusters: {} }))
}

/** The same cluster seen by two roles is two clusters: each role may see another part of it. */
export function clusterKey(scope: Scope, clusterArn: string): string {
  return `${scopeKey(scope)}|${clusterArn}`
}

export function withCluster(state: CatalogState, cluster: Cluster): CatalogState {
  return { ...state, clusters: { ...state.clusters, [clusterKey(cluster.scope, cluster.arn)]: cluster } }
}

export function withoutCluster(state: CatalogState, scope: Scope, clusterArn: string): CatalogState {
  const { [clusterKey(scope, clusterArn)]: _, ...clusters } = state.clusters
  return { ...state, clusters }
}

export function withScope(state: CatalogState, scope: CatalogScope): CatalogState {
  return { ...state, scopes: { ...state.scopes, [scopeKey(scope.scope)]: scope } }
}

/** Keeps only what belongs to these scopes, and adds what the core answered to `catalog.watch`. */
export function withWatched(
  state: CatalogState,
  watched: readonly Scope[],
  answer: { scopes: readonly CatalogScope[]; clusters: readonly Cluster[] },
): CatalogState {
  const kept = new Set(watched.map(scopeKey))
  const scopes = Object.fromEntries(Object.entries(state.scopes).filter(([key]) => kept.has(key)))
  const clusters = Object.fromEntries(
    Object.entries(state.clusters).filter(([, cluster]) => kept.has(scopeKey(cluster.scope))),
  )
  for (const scope of answer.scopes) scopes[scopeKey(scope.scope)] = scope
  for (const cluster of answer.clusters) clusters[clusterKey(cluster.scope, cluster.arn)] = cluster
  return { scopes, clusters }
}
