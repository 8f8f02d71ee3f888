import type { TaskSnapshot } from '../../../contract/audit.ts'
import type { Task } from '../../../contract/catalog.ts'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { ReplaceIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { stopCodeText } from '../../ui/stop-words.ts'
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
  if (task === undefined) return null
  const stopped = phaseOf(task) === 'stopped'
  if (task.stoppedReason === undefined && !stopped) return null
  return (
    <div className={styles.notice}>
      <Callout
        tone="info"
        icon={ReplaceIcon}
        title={stopped ? 'This task has stopped' : 'This task is stopping'}
      >
        {displayText(
          task.stoppedReason ?? (task.stopCode && stopCodeText(task.stopCode)) ?? 'No reason told.',
        )}
        {stopped && <Ending task={task} />}
      </Callout>
    </div>
  )
}

/** How it came to its end: ECS tells for an hour, then only the audit history knows of the task. */
function Ending({ task: { stoppedAt, containers } }: { task: Task }) {
  const now = useNow('minute')
  const ended = containers.flatMap(({ name, exitCode, reason }) => {
    const how = [exitCode !== undefined && `exit ${exitCode}`, reason].filter(Boolean)
    return how.length === 0 ? [] : [{ name, how: how.join(', ') }]
  })
  return (
    <>
      <p className={styles.ending}>
        {stoppedAt !== undefined && `Stopped ${formatMoment(stoppedAt, now)}. `}
        ECS tells of a stopped task for an hour.
      </p>
      {ended.length > 0 && (
        <ul className={styles.endings}>
          {ended.map(({ name, how }) => (
            <li key={name}>
              <Name text={name} />: {displayText(how)}
            </li>
          ))}
        </ul>
      )}
    </>
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
