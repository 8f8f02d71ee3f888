import { createStore, type StoreApi } from 'zustand/vanilla'
import { defaultSettings, type Settings } from '../../../contract/host.ts'
import type { CoreClient } from '../core/core-link.ts'

export interface SettingsState {
  readonly settings: Settings
  /** False until the core has answered: the defaults are no reason to act. */
  readonly known: boolean
}

export type SettingsStore = StoreApi<SettingsState>

export function createSettingsStore(): SettingsStore {
  return createStore<SettingsState>(() => ({ settings: defaultSettings, known: false }))
}

/**
 * Changes settings at once on screen and then in the core, whose answer wins.
 * A refused change goes back to what was.
 */
export async function changeSettings(
  core: CoreClient,
  store: SettingsStore,
  change: Partial<Settings>,
): Promise<void> {
  const before = store.getState()
  store.setState({ ...before, settings: { ...before.settings, ...change } }, true)
  const result = await core.call('settings.set', change)
  if (result.ok) store.setState({ settings: result.value, known: true }, true)
  else store.setState(before, true)
}
