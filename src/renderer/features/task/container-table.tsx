import type { Container, Task } from '../../../contract/catalog.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { ReadinessGlyph, RecordingDot, TouchedGlyph } from '../../ui/glyphs.tsx'
import { ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { exitText } from '../../ui/stop-words.ts'
import { lastShells, type Visit } from './audit-entries.ts'
import styles from './task.module.css'
import { agentWords, shortImage, takesShells } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

export function ContainerTable({ page, task }: { page: TaskPage; task: Task }) {
  const last = lastShells(page.visits)
  const touched = new Set(page.touched?.containers)
  return (
    <section className={styles.containers}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>Container</th>
            <th>Image</th>
            <th>Exec agent</th>
            <th className={styles.health}>{page.task?.status === 'STOPPED' ? 'Ended' : 'Health'}</th>
            <th>Last shell</th>
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {task.containers.map((container) => (
            <Row
              key={container.name}
              page={page}
              container={container}
              touched={touched.has(container.name)}
              last={last.get(container.name)}
              canOpen={page.task !== undefined && takesShells(task)}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({
  page,
  container,
  touched,
  last,
  canOpen,
}: {
  page: TaskPage
  container: Container
  touched: boolean
  last: Visit | undefined
  canOpen: boolean
}) {
  const run = useRunCommand()
  const { name, image, readiness } = container
  // Of a task that is gone a snapshot knows what ran, not how it is.
  const past = page.task === undefined
  const over = page.task?.status === 'STOPPED'
  return (
    <tr>
      <td>
        <span className={styles.container}>
          <ReadinessGlyph readiness={readiness} />
          <Name className={styles.containerName} text={name} />
          {touched && <TouchedGlyph />}
        </span>
      </td>
      <td className={styles.image} title={displayText(image)}>
        <Name text={shortImage(image)} />
      </td>
      <td>{past ? <span className={styles.quiet}>Gone</span> : <Agent container={container} />}</td>
      <td className={styles.health}>
        {!past && (over ? <Exit container={container} /> : <Health health={container.health} />)}
      </td>
      <td>
        <LastShell session={last} />
      </td>
      <td className={styles.open}>
        {canOpen && (
          <Button
            variant="ghost"
            size="small"
            title={`Open a shell in ${displayText(name)}`}
            aria-label={`Open shell in ${displayText(name)}`}
            onClick={() =>
              run('shell.open', {
                kind: 'container',
                container: { ...page.ref, containerName: name },
                readiness,
              })
            }
          >
            <ShellIcon size={14} stroke={1.75} aria-hidden />
            Open shell
          </Button>
        )}
      </td>
    </tr>
  )
}

function Agent({ container: { execAgent, execAgentReason } }: { container: Container }) {
  const className = { RUNNING: undefined, PENDING: styles.warn, STOPPED: styles.danger, ABSENT: styles.quiet }
  return (
    <span
      className={className[execAgent]}
      title={execAgentReason === undefined ? undefined : displayText(execAgentReason)}
    >
      {agentWords[execAgent]}
    </span>
  )
}

function Health({ health }: { health: string }) {
  if (health === 'HEALTHY') return 'Healthy'
  if (health === 'UNHEALTHY') return <span className={styles.danger}>Unhealthy</span>
  return <span className={styles.quiet}>No check</span>
}

function Exit({ container }: { container: Container }) {
  const failed = (container.exitCode ?? 0) !== 0
  return (
    <span
      className={failed ? styles.danger : styles.quiet}
      title={container.reason === undefined ? undefined : displayText(container.reason)}
    >
      {exitText(container) ?? 'Not told'}
    </span>
  )
}

function LastShell({ session }: { session: Visit | undefined }) {
  if (session === undefined) return <span className={styles.quiet}>Never</span>
  if (session.live)
    return (
      <span className={styles.lastShell}>
        <RecordingDot />
        <span>
          <Name text={session.userName} />, now
        </span>
      </span>
    )
  return (
    <span className={classNames(styles.lastShell, styles.past)}>
      <span>
        <Name text={session.userName} />, <RelativeTime timestamp={session.endedAt ?? session.startedAt} />
      </span>
    </span>
  )
}
