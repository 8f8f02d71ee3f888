import type { ReactNode } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { PluginOffer } from '../../../contract/plugin.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/bytes.ts'
import { displayText } from '../../ui/display-text.ts'
import { Spinner } from '../../ui/glyphs.tsx'
import { AlertIcon, CheckIcon, PluginIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { installFraction, type RunningInstall, stepWords } from './install-progress.ts'
import styles from './plugin.module.css'

/** The head of every state: what it is about, and one line on it. */
function Head({
  version,
  text,
  end,
  troubled = false,
}: {
  version?: string | undefined
  text: ReactNode
  end?: ReactNode
  troubled?: boolean
}) {
  const Icon = troubled ? AlertIcon : PluginIcon
  return (
    <div className={styles.head}>
      <span className={styles.icon} data-troubled={troubled || undefined}>
        <Icon size={16} stroke={1.6} aria-hidden />
      </span>
      <div className={styles.words}>
        <b>session-manager-plugin {version}</b>
        <span>{text}</span>
      </div>
      {end !== undefined && <span className={styles.percent}>{end}</span>}
    </div>
  )
}

export function AskingSite({ children }: { children?: ReactNode }) {
  return (
    <>
      <Head text="Asking AWS’s download site" />
      <Foot>
        <Spinner size={13} />
        {children}
      </Foot>
    </>
  )
}

/** Everything a person agrees to, before anything is downloaded. */
export function OfferDetails({ offer, text }: { offer: PluginOffer; text: ReactNode }) {
  return (
    <>
      <Head version={offer.version} text={text} />
      <dl className={styles.facts}>
        <dt>From</dt>
        <dd title={offer.source}>
          <Name text={new URL(offer.source).host} />
          {offer.bytes !== undefined && `, ${formatBytes(offer.bytes)}`}
        </dd>
        <dt>Into</dt>
        <dd>
          <Name className={styles.path} text={offer.folder} />
        </dd>
        <dt>Check</dt>
        <dd>{proofWords[offer.proof]}</dd>
      </dl>
    </>
  )
}

const proofWords: Record<PluginOffer['proof'], string> = {
  openpgp: 'Its OpenPGP signature, before anything of it runs',
  apple: 'Amazon’s signature, by macOS, before anything of it runs',
  authenticode: 'Amazon’s signature, by Windows, before anything of it runs',
}

/** @param children further ways out, as links beside the one that stops it */
export function InstallProgress({
  install,
  onStop,
  children,
}: {
  install: RunningInstall
  onStop: () => void
  children?: ReactNode
}) {
  const percent = Math.floor(installFraction(install) * 100)
  const done = install.done.filter((step) => step !== 'waiting')
  return (
    <>
      <Head
        version={install.version}
        text="Into Porthole’s own folder, no administrator rights"
        end={`${percent}%`}
      />
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Installing session-manager-plugin"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <i style={{ width: `${percent}%` }} />
      </div>
      <div className={styles.progress}>
        <ul className={styles.steps} aria-live="polite">
          {done.map((step) => (
            <li key={step} className={styles.done}>
              <CheckIcon size={12} stroke={2} aria-hidden />
              {stepWords(step, install).done}
            </li>
          ))}
          <li>
            <Spinner size={12} />
            {stepWords(install.step, install).now}
          </li>
        </ul>
        <Button variant="link" onClick={onStop}>
          Stop
        </Button>
        {children}
      </div>
    </>
  )
}

/** What went wrong and what to do; what worked before still does. */
export function InstallProblem({ version, error }: { version?: string | undefined; error: ErrorValue }) {
  return (
    <div role="alert">
      <Head version={version} text="Not installed" troubled />
      <div className={styles.problem}>
        <b>{displayText(error.message)}</b>
        {error.action !== undefined && <span>{displayText(error.action)}</span>}
        {error.detail !== undefined && (
          <details>
            <summary>Detail</summary>
            <bdi>{displayText(error.detail)}</bdi>
          </details>
        )}
      </div>
    </div>
  )
}

export function Foot({ start, children }: { start?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.foot}>
      <span className={styles.footStart}>{start}</span>
      {children}
    </div>
  )
}
