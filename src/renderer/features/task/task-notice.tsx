import type { TaskSnapshot } from '../../../contract/audit.ts'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { ReplaceIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import styles from './task.module.css'
import { phaseOf } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

/** Why there is less to see than usual: the task is over, or its cluster could not be read. */
export function TaskNotice({ page: { task, gone, problem, snapshot } }: { page: TaskPage }) {
  if (problem !== undefined)
    return (
      <div className={styles.notice}>
        <ErrorCallout error={problem} />
        {snapshot !== undefined && (
          <p className={styles.asOf}>
            <AsOf snapshot={snapshot} />
          </p>
        )}
      </div>
    )
  if (gone)
    return (
      <div className={styles.notice}>
        <Callout tone="info" icon={ReplaceIcon} title="This task is gone">
          ECS no longer lists it. Its audit history stays on this computer.{' '}
          {snapshot !== undefined && <AsOf snapshot={snapshot} />}
        </Callout>
      </div>
    )
  if (task === undefined || task.stoppedReason === undefined) return null
  const stopped = phaseOf(task) === 'stopped'
  return (
    <div className={styles.notice}>
      <Callout
        tone="info"
        icon={ReplaceIcon}
        title={stopped ? 'This task has stopped' : 'This task is stopping'}
      >
        {displayText(task.stoppedReason)}
      </Callout>
    </div>
  )
}

function AsOf({ snapshot: { at, userName } }: { snapshot: TaskSnapshot }) {
  const now = useNow('minute')
  return (
    <>
      Shown is what ECS said of it on {formatMoment(at, now)}, when <Name text={userName} /> opened a shell.
    </>
  )
}
