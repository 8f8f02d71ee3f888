import type { Settings } from '../../../contract/host.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'

/** The settings as they are, and how to change some of them. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const { core, settings: store } = useServices()
  const settings = useServiceStore('settings', (state) => state.settings)
  return [settings, (change) => void changeSettings(core, store, change)]
}
