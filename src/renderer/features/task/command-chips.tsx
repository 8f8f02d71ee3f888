import type { AuditSession } from '../../../contract/audit.ts'
import type { CommandSummary } from '../../../contract/command-summary.ts'
import { useServices } from '../../app/services.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { openReplay } from '../replay/open-replay.ts'
import styles from './command-chips.module.css'

/** With how many there are beside it, that is enough to know a session again. */
const mostChips = 3

/** The first commands of a session, each leading to its place in the replay, and how many there are beside. */
export function CommandChips({ session, summary }: { session: AuditSession; summary: CommandSummary }) {
  const services = useServices()
  return (
    <span className={styles.commands}>
      <span className={styles.chips}>
        {summary.first.slice(0, mostChips).map(({ startedAt, text, exitCode }) => (
          <button
            key={startedAt}
            type="button"
            // Reached by the arrow keys of the row, so that a long list stays short to tab through.
            tabIndex={-1}
            className={classNames(styles.chip, (exitCode ?? 0) !== 0 && styles.failed)}
            title={`${displayText(text)}${exitCode === undefined ? '' : `, exit ${exitCode}`}: show in the replay`}
            onClick={() => openReplay(services, session, startedAt)}
          >
            <bdi>{displayText(text.split('\n', 1)[0] ?? '')}</bdi>
          </button>
        ))}
      </span>
      <span className={styles.total}>{totalWords(summary)}</span>
    </span>
  )
}

/** "9 in all, 1 failed": how many of them have room is the window's matter. */
export function totalWords({ count, failed }: CommandSummary): string {
  const words = [
    ...(count > 1 ? [`${count.toLocaleString('en')} in all`] : []),
    ...(failed > 0 ? [`${failed.toLocaleString('en')} failed`] : []),
  ]
  return words.join(', ')
}
