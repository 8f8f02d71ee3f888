import { useEffect, useRef, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Checkbox } from '../../ui/field.tsx'
import { AskingSite, Foot, InstallProblem, InstallProgress, OfferDetails } from './install-card.tsx'
import styles from './plugin.module.css'
import { type PluginInstallation, usePluginInstall } from './use-plugin-install.ts'

/** Whether a session ended for want of a plugin, which can be helped on the spot. */
export function needsPlugin(error: ErrorValue | undefined): error is ErrorValue {
  return error?.code === 'PLUGIN_MISSING' || error?.code === 'PLUGIN_UNSUPPORTED'
}

/**
 * In the tab of a session that the plugin engine could not open: an offer to
 * install the plugin, and then the session. Without the person's word, given
 * here or in the settings, nothing is downloaded.
 */
export function PluginNeeded({
  error,
  inFront,
  onReopen,
  onUseBuiltIn,
}: {
  error: ErrorValue
  inFront: boolean
  onReopen: () => void
  onUseBuiltIn: () => void
}) {
  const { settings } = useServices()
  // As it was when the need arose: ticking "next time" is no word for this time.
  const [automatic] = useState(() => settings.getState().settings.pluginInstall === 'automatic')
  const installation = usePluginInstall({ automatic, onInstalled: onReopen })
  const { phase } = installation.install
  const card = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state has buttons of its own, and the one that had the keyboard is gone
  useEffect(() => {
    // The keyboard is where the shell would be. On no button: a stray Enter is no consent.
    if (inFront && !card.current?.contains(document.activeElement))
      card.current?.focus({ preventScroll: true })
  }, [inFront, phase, installation.offer])

  return (
    <div className={styles.place}>
      <section className={styles.card} ref={card} tabIndex={-1} aria-label="session-manager-plugin">
        <State error={error} installation={installation} onReopen={onReopen} onUseBuiltIn={onUseBuiltIn} />
      </section>
    </div>
  )
}

function State({
  error,
  installation,
  onReopen,
  onUseBuiltIn,
}: {
  error: ErrorValue
  installation: PluginInstallation
  onReopen: () => void
  onUseBuiltIn: () => void
}) {
  const { install, offer, problem, retry, start, stop } = installation
  const builtIn = <Button onClick={onUseBuiltIn}>Use the built-in engine</Button>
  if (install.phase === 'running')
    return (
      <InstallProgress install={install} onStop={stop}>
        <Button variant="link" onClick={onUseBuiltIn}>
          Use the built-in engine
        </Button>
      </InstallProgress>
    )
  if (problem !== undefined)
    return (
      <>
        <InstallProblem version={offer?.version} error={problem} />
        <Foot>
          {builtIn}
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
        </Foot>
      </>
    )
  if (offer === undefined) return <AskingSite>{builtIn}</AskingSite>
  return (
    <>
      <OfferDetails offer={offer} text={reasonFor(error)} />
      <Foot start={<WithoutAsking />}>
        {builtIn}
        <Button variant="primary" onClick={offer.isNews ? start : onReopen}>
          {offer.isNews ? 'Install' : 'Try again'}
        </Button>
      </Foot>
    </>
  )
}

function reasonFor(error: ErrorValue): string {
  return error.code === 'PLUGIN_UNSUPPORTED' && error.detail !== undefined
    ? displayText(error.detail)
    : 'The plugin engine needs it, and none was found on this computer.'
}

/** Consent for later times, which can be taken back in the settings. */
function WithoutAsking() {
  const { core, settings } = useServices()
  const automatic = useServiceStore('settings', (state) => state.settings.pluginInstall === 'automatic')
  return (
    <Checkbox
      checked={automatic}
      onChange={(checked) =>
        void changeSettings(core, settings, { pluginInstall: checked ? 'automatic' : 'ask' })
      }
    >
      Next time without asking
    </Checkbox>
  )
}
