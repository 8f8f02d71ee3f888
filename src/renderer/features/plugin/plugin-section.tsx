import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { PluginCandidate, PluginFindings } from '../../../contract/plugin.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { CheckIcon, PluginIcon, RefusedIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Switch } from '../../ui/switch.tsx'
import { AskingSite, Foot, InstallProblem, InstallProgress, OfferDetails } from './install-card.tsx'
import styles from './plugin.module.css'
import { usePluginInstall } from './use-plugin-install.ts'

/** In the settings: which plugins there are, which one is used and why not the others; install, update, remove. */
export function PluginSection() {
  const { core, settings: store } = useServices()
  const findings = useQuery(queries.pluginFindings(core)).data
  const running = useServiceStore('plugin', ({ install }) => install.phase === 'running')
  const automatic = useServiceStore('settings', ({ settings }) => settings.pluginInstall === 'automatic')
  const [asking, setAsking] = useState(false)

  return (
    <section className={styles.section} aria-label="Session Manager plugin">
      <h3>Session Manager plugin</h3>
      {findings !== undefined && <Found findings={findings} />}
      {asking || running ? (
        <Installer onClose={() => setAsking(false)} />
      ) : (
        findings !== undefined && <Actions findings={findings} onInstall={() => setAsking(true)} />
      )}
      <Switch
        checked={automatic}
        onChange={(checked) =>
          void changeSettings(core, store, { pluginInstall: checked ? 'automatic' : 'ask' })
        }
      >
        Install it without asking when a connection needs it
      </Switch>
    </section>
  )
}

function Found({ findings: { candidates, used } }: { findings: PluginFindings }) {
  if (candidates.length === 0) return <p className={styles.none}>None was found on this computer.</p>
  return (
    <ul className={styles.found}>
      {candidates.map((candidate) => (
        <Candidate key={candidate.path} candidate={candidate} used={candidate.path === used} />
      ))}
    </ul>
  )
}

function Candidate({ candidate, used }: { candidate: PluginCandidate; used: boolean }) {
  const { path, place, version, verdict, reason } = candidate
  const isRefused = verdict !== 'supported'
  const Icon = used ? CheckIcon : isRefused ? RefusedIcon : PluginIcon
  const words = used ? 'Used by sessions' : isRefused ? displayText(reason ?? 'Cannot be used.') : 'Not used'
  return (
    <li className={used ? styles.used : isRefused ? styles.refused : undefined}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <div>
        <Name className={styles.path} text={path} />
        <span>
          {words}
          {place === 'own' && ', installed by Porthole'}
        </span>
      </div>
      {version !== undefined && <span className={styles.version}>{version}</span>}
    </li>
  )
}

function Actions({ findings, onInstall }: { findings: PluginFindings; onInstall: () => void }) {
  const { core, queryClient } = useServices()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue>()
  const { ownVersion } = findings
  const remove = async () => {
    setBusy(true)
    const result = await core.call('plugin.remove', {})
    setBusy(false)
    setProblem(result.ok ? undefined : result.error)
    if (result.ok) queryClient.setQueryData(queries.pluginFindings(core).queryKey, result.value)
  }
  if (ownVersion === undefined)
    return (
      <div className={styles.actions}>
        <span>Porthole can install one for you alone, without administrator rights.</span>
        <Button onClick={onInstall}>Install…</Button>
      </div>
    )
  return (
    <>
      {problem !== undefined && <ErrorCallout error={problem} />}
      <div className={styles.actions}>
        <span>Porthole’s own is {ownVersion}.</span>
        <Button variant="ghost" busy={busy} onClick={() => void remove()}>
          Remove
        </Button>
        <Button onClick={onInstall}>Check for update</Button>
      </div>
    </>
  )
}

function Installer({ onClose }: { onClose: () => void }) {
  const { install, offer, problem, retry, start, stop } = usePluginInstall({ onInstalled: onClose })
  const close = <Button onClick={onClose}>Close</Button>
  if (install.phase === 'running')
    return (
      <div className={styles.inSettings}>
        <InstallProgress install={install} onStop={stop} />
      </div>
    )
  return (
    <div className={styles.inSettings}>
      {problem !== undefined ? (
        <>
          <InstallProblem version={offer?.version} error={problem} />
          <Foot>
            {close}
            <Button onClick={retry}>Try again</Button>
          </Foot>
        </>
      ) : offer === undefined ? (
        <AskingSite>{close}</AskingSite>
      ) : offer.isNews ? (
        <>
          <OfferDetails
            offer={offer}
            text={
              offer.replaces === undefined
                ? 'Into Porthole’s own folder, no administrator rights'
                : `Takes the place of ${offer.replaces}, which stays until this one works`
            }
          />
          <Foot>
            {close}
            <Button variant="primary" onClick={start}>
              {offer.replaces === undefined ? 'Install' : 'Update'}
            </Button>
          </Foot>
        </>
      ) : (
        <>
          <p className={styles.none}>{offer.version} is the newest that AWS offers.</p>
          <Foot>{close}</Foot>
        </>
      )}
    </div>
  )
}
