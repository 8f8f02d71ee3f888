import { useId } from 'react'
import type { Identity } from '../../../contract/identity.ts'
import { classNames } from '../../ui/class-names.ts'
import { Name } from '../../ui/name.tsx'
import { identityRegion, identityWords } from './identity-words.ts'
import styles from './sign-in.module.css'

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
