import { useId, useState } from 'react'
import type { Identity } from '../../../contract/identity.ts'
import { classNames } from '../../ui/class-names.ts'
import { TextInput } from '../../ui/field.tsx'
import { SearchIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { identitiesWith, identityRegion, identityWords } from './identity-words.ts'
import styles from './sign-in.module.css'

/** More than fit into the list at once: scrolling then is slower than a few letters. */
const filterFromCount = 8

/** What the AWS files and the environment of this computer know. */
export function IdentityOptions({
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
  const [filter, setFilter] = useState('')
  const shown = identitiesWith(identities, filter)
  return (
    <fieldset className={styles.options}>
      <legend>
        <span>Found on this computer</span>
        <Name className={styles.mono} text={configFile} />
      </legend>
      {identities.length > filterFromCount && (
        <TextInput
          className={styles.optionFilter}
          aria-label="Filter sign-ins"
          placeholder={`Filter ${identities.length} sign-ins`}
          start={<SearchIcon size={14} stroke={1.75} aria-hidden />}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            const [first] = shown
            if (event.key !== 'Enter') return
            event.preventDefault()
            if (filter !== '' && first !== undefined) onChoose(first.id)
          }}
        />
      )}
      <div className={styles.optionList}>
        {shown.length === 0 && (
          <p className={styles.optionNone}>
            Nothing matches “<Name text={filter} />”
          </p>
        )}
        {shown.map((identity) => (
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
              {identity.problem === undefined ? (
                <Name className={styles.optionUrl} text={identityWords(identity)} />
              ) : (
                <span className={styles.optionProblem} title={identity.problem.message}>
                  <Name text={identity.problem.message} />
                </span>
              )}
            </span>
            <State identity={identity} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** Only what is out of the ordinary takes the place of the region. */
function State({ identity }: { identity: Identity }) {
  if (identity.state === 'signed-in') return <span className={styles.optionIn}>Signed in</span>
  if (identity.state === 'expired') return <span className={styles.optionEnded}>Ended</span>
  return <Name className={styles.optionRegion} text={identityRegion(identity)} />
}
