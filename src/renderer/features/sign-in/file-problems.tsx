import type { ErrorValue } from '../../../contract/errors.ts'
import { useServiceStore } from '../../app/services.ts'
import { ErrorCallout } from '../../ui/callout.tsx'
import styles from './sign-in.module.css'

/** Where there are more, the first are enough to begin with. */
const mostShown = 2

/** What could not be read of the AWS files. Whatever could be read is listed below all the same. */
export function FileProblems() {
  const problems: readonly ErrorValue[] = useServiceStore('identities', (state) => state.problems)
  if (problems.length === 0) return null
  const more = problems.length - mostShown
  return (
    <div className={styles.fileProblems}>
      {problems.slice(0, mostShown).map((problem) => (
        <ErrorCallout key={problem.message} error={problem} />
      ))}
      {more > 0 && <p>{more === 1 ? 'One more like this.' : `${more} more like this.`}</p>}
    </div>
  )
}
