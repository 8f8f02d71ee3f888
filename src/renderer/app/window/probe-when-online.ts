import type { CoreLink } from '../core/core-link.ts'

/** The browser hears of a network that is back sooner than a timer does: no session need wait for its next attempt. */
export function probeWhenOnline(core: Pick<CoreLink, 'call'>): Disposable {
  const probe = () => void core.call('session.probe', {})
  window.addEventListener('online', probe)
  return { [Symbol.dispose]: () => window.removeEventListener('online', probe) }
}
