import type { Environment } from '../../contract/identity.ts'
import styles from './environment.module.css'

export const environmentWords: Record<Environment, string> = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
  other: 'Other',
}

/** A square with the environment's letter: the mark of an account everywhere. */
export function EnvironmentSquare({ environment }: { environment: Environment }) {
  const word = environmentWords[environment]
  return (
    <span className={styles.square} data-environment={environment} role="img" aria-label={word} title={word}>
      {word.charAt(0)}
    </span>
  )
}

/** The environment as a word, on its tint. */
export function EnvironmentTag({ environment }: { environment: Environment }) {
  return (
    <span className={styles.tag} data-environment={environment}>
      {environmentWords[environment]}
    </span>
  )
}
