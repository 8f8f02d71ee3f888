import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { PluginInstall, PluginOffer } from '../../../contract/plugin.ts'
import { CoreError } from '../../app/core/core-error.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'

export interface PluginInstallation {
  install: PluginInstall
  /** Absent while the site is asked. */
  offer: PluginOffer | undefined
  /** Why there is no offer, or why nothing was installed. */
  problem: ErrorValue | undefined
  /** Asks the site again. An install that failed begins anew when the offer is still the same. */
  retry(): void
  start(): void
  stop(): void
}

/**
 * An offer, and what becomes of it. The install itself belongs to the core and
 * goes on when nobody looks.
 *
 * @param automatic begins by itself as soon as there is an offer; the person has allowed that
 * @param onInstalled called once, when an install ends well while this is shown
 */
export function usePluginInstall({
  automatic = false,
  onInstalled,
}: {
  automatic?: boolean
  onInstalled?: (() => void) | undefined
} = {}): PluginInstallation {
  const { core, plugin } = useServices()
  const install = useServiceStore('plugin', (state) => state.install)
  const stopped = useServiceStore('plugin', (state) => state.stopped)
  const query = useQuery({ ...queries.pluginOffer(core), enabled: install.phase !== 'running' })
  const [refusal, setRefusal] = useState<ErrorValue>()
  const offer = query.data

  const [seen, setSeen] = useState<PluginInstall>()

  const start = useCallback(async () => {
    if (offer === undefined) return
    setRefusal(undefined)
    const result = await core.call('plugin.install', { version: offer.version })
    if (result.ok) plugin.setState({ install: result.value })
    else setRefusal(result.error)
  }, [core, offer, plugin])

  const began = useRef(false)
  useEffect(() => {
    if (!automatic || began.current || stopped || offer === undefined || !offer.isNews) return
    if (install.phase === 'running' || install.phase === 'failed') return
    began.current = true
    void start()
  }, [automatic, install.phase, offer, start, stopped])
  useWhenInstalled(install, onInstalled)

  const retry = async () => {
    const { data: fresh } = await query.refetch()
    setSeen(install)
    setRefusal(undefined)
    const isAgreed = fresh?.version === offer?.version && fresh?.bytes === offer?.bytes
    if (fresh !== undefined && isAgreed) await start()
  }

  const refused = query.error instanceof CoreError ? query.error.value : undefined
  const failed = install.phase === 'failed' && install !== seen ? install.error : undefined
  return {
    install,
    offer,
    problem: refusal ?? failed ?? (query.isFetching ? undefined : refused),
    retry: () => void retry(),
    start: () => void start(),
    stop() {
      plugin.setState({ stopped: true })
      void core.call('plugin.cancel', {})
    },
  }
}

/** An install that had ended before this was shown is no news. */
function useWhenInstalled(install: PluginInstall, onInstalled: (() => void) | undefined): void {
  const latest = useRef(onInstalled)
  latest.current = onInstalled
  const before = useRef(install.phase)
  useEffect(() => {
    const wasRunning = before.current === 'running'
    before.current = install.phase
    if (wasRunning && install.phase === 'installed') latest.current?.()
  }, [install.phase])
}
