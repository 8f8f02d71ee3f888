import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PluginInstall } from '../../../contract/plugin.ts'

export interface PluginState {
  /** The installation under way in the core, or how the last one ended. */
  readonly install: PluginInstall
  /** The person has stopped one: nothing installs by itself any more in this window. */
  readonly stopped: boolean
}

export type PluginStore = StoreApi<PluginState>

export function createPluginStore(): PluginStore {
  return createStore<PluginState>(() => ({ install: { phase: 'none' }, stopped: false }))
}
