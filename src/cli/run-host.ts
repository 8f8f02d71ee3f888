import { runBrowserHost } from './browser-host.ts'
import { runDesktopHost } from './desktop-host.ts'
import type { HostOptions } from './options.ts'

/** Runs the app until it ends or `stop`: in a desktop window where there is an Electron, else in a browser. */
export function runHost(
  options: HostOptions & { environment: Record<string, string | undefined> },
  stop: AbortSignal,
): Promise<void> {
  const { electron } = options
  return electron === undefined
    ? runBrowserHost(options, stop)
    : runDesktopHost({ ...options, electron }, stop)
}
