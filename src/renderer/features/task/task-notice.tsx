import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { ReplaceIcon } from '../../ui/icons.ts'
import styles from './task.module.css'
import { phaseOf } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

/** Why there is less to see than usual: the task is over, or its cluster could not be read. */
export function TaskNotice({ page: { task, gone, problem } }: { page: TaskPage }) {
  if (problem !== undefined)
    return (
      <div className={styles.notice}>
        <ErrorCallout error={problem} />
      </div>
    )
  if (gone)
    return (
      <div className={styles.notice}>
        <Callout tone="info" icon={ReplaceIcon} title="This task is gone">
          ECS no longer lists it. Its audit history stays on this computer.
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
