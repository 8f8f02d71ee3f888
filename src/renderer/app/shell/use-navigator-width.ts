import { useSyncExternalStore } from 'react'
import { defaultSettings } from '../../../contract/host.ts'
import { useServiceStore } from '../services.ts'

const narrowWindow = '(max-width: 1180px)'
/** The navigator's own width in a narrow window, until the person chooses another. */
const narrowWidth = 236

function subscribe(listener: () => void): () => void {
  const query = matchMedia(narrowWindow)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

function useNarrowWindow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(narrowWindow).matches)
}

export function useNavigatorWidth(): number {
  const chosen = useServiceStore('settings', (state) => state.settings.navigatorWidth)
  const narrow = useNarrowWindow()
  return narrow && chosen === defaultSettings.navigatorWidth ? narrowWidth : chosen
}
