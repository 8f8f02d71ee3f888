import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Identity, SignInFlow } from '../../../contract/identity.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Checkbox, Field, TextInput } from '../../ui/field.tsx'
import { ExternalIcon } from '../../ui/icons.ts'
import { FileProblems } from './file-problems.tsx'
import { IdentityOptions } from './identity-options.tsx'
import { startHint, startWords } from './identity-words.ts'
import { MoveLegacy } from './move-legacy.tsx'
import { RegionSelect } from './region-select.tsx'
import styles from './sign-in.module.css'
import { regionOfStartUrl, startUrlProblem } from './start-url.ts'
import type { SignInTarget } from './use-sign-in.ts'

const none: readonly Identity[] = []

/** Who to sign in as: what this computer's AWS files know, or any other start URL. */
export function ChooseIdentity({
  starting,
  problem,
  onEdit,
  onStart,
}: {
  starting: boolean
  problem: ErrorValue | undefined
  onEdit: () => void
  onStart: (flow: SignInFlow, target: SignInTarget) => void
}) {
  const { host } = useServices()
  const identities = useServiceStore('identities', (state) => state.identities) ?? none
  const [chosenId, setChosenId] = useState<string | undefined>(undefined)
  const [startUrl, setStartUrl] = useState('')
  const [chosenRegion, setSsoRegion] = useState('')
  const [keep, setKeep] = useState(true)
  const [tried, setTried] = useState(false)

  const typing = startUrl !== '' || identities.length === 0
  const chosen = typing
    ? undefined
    : (identities.find(({ id }) => id === chosenId) ?? preferredOf(identities))
  const byBrowser = chosen === undefined || chosen.kind === 'identity-center'

  const ssoRegion = chosenRegion || (regionOfStartUrl(startUrl) ?? '')
  const urlProblem = typing ? startUrlProblem(startUrl) : undefined
  const regionMissing = typing && ssoRegion === ''
  const refused = problem !== undefined && typing

  const start = (flow: SignInFlow) => {
    setTried(true)
    if (chosen !== undefined) onStart(byBrowser ? flow : 'profile', { identityId: chosen.id })
    else if (urlProblem === undefined && !regionMissing)
      onStart(flow, { startUrl: startUrl.trim(), ssoRegion, keep })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start('pkce')
  }
  const choose = (id: string) => {
    setChosenId(id)
    setStartUrl('')
    onEdit()
  }

  return (
    <form className={styles.card} onSubmit={submit} noValidate>
      <h2>Sign in with IAM Identity Center</h2>
      <FileProblems />
      {identities.length > 0 && (
        <IdentityOptions
          identities={identities}
          chosenId={chosen?.id}
          configFile={host.configFile}
          onChoose={choose}
        />
      )}
      {chosen?.legacyProfiles !== undefined && <MoveLegacy identity={chosen} onMoved={choose} />}
      <div className={identities.length > 0 ? styles.or : styles.orNone}>
        <span>
          {identities.length > 0
            ? 'or another start URL'
            : `No sign-in was found in ${displayText(host.configFile)}`}
        </span>
      </div>
      <div className={styles.fields}>
        <Field
          label="Start URL"
          problem={tried && typing ? urlProblem : refused ? displayText(problem.message) : undefined}
        >
          <TextInput
            large
            value={startUrl}
            placeholder="https://name.awsapps.com/start"
            inputMode="url"
            invalid={(tried && urlProblem !== undefined) || refused}
            onChange={(event) => {
              setStartUrl(event.target.value)
              setTried(false)
              onEdit()
            }}
          />
        </Field>
        <Field label="Region" problem={tried && regionMissing ? 'Choose its region.' : undefined}>
          <RegionSelect value={ssoRegion} invalid={tried && regionMissing} onChange={setSsoRegion} />
        </Field>
      </div>
      {typing && startUrl !== '' && (
        <div className={styles.keep}>
          <Checkbox checked={keep} onChange={setKeep}>
            Keep it in <span className={styles.mono}>{displayText(host.configFile)}</span>, for the AWS CLI
            too
          </Checkbox>
        </div>
      )}
      {problem !== undefined && !typing && (
        <div className={styles.problem}>
          <ErrorCallout error={problem} />
        </div>
      )}
      <Button type="submit" variant="primary" size="large" wide busy={starting}>
        {displayText(startWords(chosen))}
        {byBrowser && <ExternalIcon size={14} stroke={1.75} aria-hidden />}
      </Button>
      <div className={styles.alternative}>
        {byBrowser ? (
          <Button variant="link" disabled={starting} onClick={() => start('device-code')}>
            Use a code on another device
          </Button>
        ) : (
          <span />
        )}
        <span>{startHint(chosen)}</span>
      </div>
    </form>
  )
}

/** An ended sign-in is what one most likely came for, then one that is not in use yet. */
function preferredOf(identities: readonly Identity[]): Identity | undefined {
  return (
    identities.find(({ state }) => state === 'expired') ??
    identities.find(({ state }) => state === 'signed-out') ??
    identities[0]
  )
}
