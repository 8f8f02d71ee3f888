import { type FormEvent, useId, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Identity, SignInFlow } from '../../../contract/identity.ts'
import { regions } from '../../app/regions.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import fieldStyles from '../../ui/field.module.css'
import { Field, TextInput } from '../../ui/field.tsx'
import { ChevronDownIcon, ExternalIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './sign-in.module.css'
import { startUrlProblem } from './start-url.ts'
import type { SignInTarget } from './use-sign-in.ts'

const none: readonly Identity[] = []

/** Who to sign in as: what the AWS configuration knows, or any other start URL. */
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
  const [ssoRegion, setSsoRegion] = useState('')
  const [tried, setTried] = useState(false)

  // An ended sign-in is what one most likely came for.
  const preferred = identities.find(({ state }) => state === 'expired') ?? identities[0]
  const typing = startUrl !== '' || identities.length === 0
  const chosen = typing ? undefined : (identities.find(({ id }) => id === chosenId) ?? preferred)

  const urlProblem = typing ? startUrlProblem(startUrl) : undefined
  const regionMissing = typing && ssoRegion === ''
  const refused = problem !== undefined && typing

  const start = (flow: SignInFlow) => {
    setTried(true)
    if (chosen !== undefined) onStart(flow, { identityId: chosen.id })
    else if (urlProblem === undefined && !regionMissing)
      onStart(flow, { startUrl: startUrl.trim(), ssoRegion })
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
      {identities.length > 0 && (
        <IdentityOptions
          identities={identities}
          chosenId={chosen?.id}
          configFile={host.configFile}
          onChoose={choose}
        />
      )}
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
      {problem !== undefined && !typing && (
        <div className={styles.problem}>
          <ErrorCallout error={problem} />
        </div>
      )}
      <Button type="submit" variant="primary" size="large" wide busy={starting}>
        {chosen === undefined ? 'Sign in' : `Sign in to ${displayText(chosen.name)}`}
        <ExternalIcon size={14} stroke={1.75} aria-hidden />
      </Button>
      <div className={styles.alternative}>
        <Button variant="link" disabled={starting} onClick={() => start('device-code')}>
          Use a code on another device
        </Button>
        <span>Opens your browser</span>
      </div>
    </form>
  )
}

function IdentityOptions({
  identities,
  chosenId,
  configFile,
  onChoose,
}: {
  identities: readonly Identity[]
  chosenId: string | undefined
  configFile: string
  onChoose: (id: string) => void
}) {
  const name = useId()
  return (
    <fieldset className={styles.options}>
      <legend>
        <span>Found on this computer</span>
        <Name className={styles.mono} text={configFile} />
      </legend>
      <div className={styles.optionList}>
        {identities.map((identity) => (
          <label
            key={identity.id}
            className={classNames(styles.option, identity.id === chosenId && styles.optionChosen)}
          >
            <input
              type="radio"
              name={name}
              checked={identity.id === chosenId}
              onChange={() => onChoose(identity.id)}
            />
            <span className={styles.optionWords}>
              <Name className={styles.optionName} text={identity.name} />
              <Name
                className={styles.optionUrl}
                text={identity.problem?.message ?? identity.startUrl ?? ''}
              />
            </span>
            <Name className={styles.optionRegion} text={identity.ssoRegion ?? ''} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function RegionSelect({
  value,
  invalid,
  onChange,
}: {
  value: string
  invalid: boolean
  onChange: (value: string) => void
}) {
  return (
    <span
      className={classNames(
        fieldStyles.input,
        fieldStyles.large,
        invalid && fieldStyles.invalid,
        styles.region,
      )}
    >
      <select
        value={value}
        data-empty={value === '' || undefined}
        aria-invalid={invalid || undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="" disabled>
          Region
        </option>
        {regions.map(({ id, place }) => (
          <option key={id} value={id} title={place}>
            {id}
          </option>
        ))}
      </select>
      <ChevronDownIcon size={14} stroke={1.75} aria-hidden />
    </span>
  )
}
