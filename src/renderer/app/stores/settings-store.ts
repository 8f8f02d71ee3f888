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

/** What a window set last, until the core has answered. */
const latestChange = new WeakMap<SettingsStore, SettingsState>()

/** What the core tells of settings. While a change of this window is on its way there, its answer says more. */
export function takeSettings(store: SettingsStore, settings: Settings): void {
  if (!latestChange.has(store)) store.setState({ settings, known: true }, true)
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
  const mine = { ...before, settings: { ...before.settings, ...change } }
  store.setState(mine, true)
  latestChange.set(store, mine)
  const result = await core.call('settings.set', change)
  // An answer that a later change has overtaken knows nothing of it; the later one's has everything.
  if (latestChange.get(store) !== mine) return
  latestChange.delete(store)
  if (result.ok) store.setState({ settings: result.value, known: true }, true)
  else store.setState(before, true)
}
