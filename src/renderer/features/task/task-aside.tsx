import type { ReactNode } from 'react'
import type { Cluster, Task } from '../../../contract/catalog.ts'
import type { CloudHistory } from '../../../contract/cloud-audit.ts'
import type { ReadinessReport } from '../../../contract/readiness.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { ReadinessGlyph } from '../../ui/glyphs.tsx'
import { AlertIcon, CheckIcon, CloseIcon, CloudIcon, FileIcon, LocalIcon, LockIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { PersonLink } from '../audit/person-link.tsx'
import { useReadiness } from '../readiness/use-readiness.ts'
import styles from './aside.module.css'
import { visitorsOf } from './audit-entries.ts'
import { type ReadinessPoint, readinessPoints, reportPoints } from './readiness-points.ts'
import { TaskHold } from './task-hold.tsx'
import { shortArn } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

export function TaskAside({ page }: { page: TaskPage }) {
  return (
    <aside className={styles.aside}>
      {page.task !== undefined && page.cluster !== undefined && (
        <ReadinessSummary task={page.task} cluster={page.cluster} page={page} />
      )}
      <RecordedIn page={page} />
      <WhoWasInside page={page} />
    </aside>
  )
}

function ReadinessSummary({ task, cluster, page }: { task: Task; cluster: Cluster; page: TaskPage }) {
  const run = useRunCommand()
  const { report } = useReadiness(page.ref, false)
  const { readiness } = task
  const points = report?.finishedAt === undefined ? readinessPoints(task) : reportPoints(report)
  const level = levelOf(readiness.level, report)
  return (
    <section>
      <Heading text="Readiness">
        <RelativeTime timestamp={report?.finishedAt ?? cluster.updatedAt} />
      </Heading>
      <div className={classNames(styles.verdict, styles[level])}>
        <ReadinessGlyph readiness={level === readiness.level ? readiness : { level }} />
        <span>{verdictWords[level]}</span>
      </div>
      <ul className={styles.points}>
        {points.map((point) => (
          <Point key={point.words} point={point} />
        ))}
      </ul>
      <Button variant="link" onClick={() => run('readiness.open', { kind: 'task', task: page.ref })}>
        {report === undefined ? 'Check everything' : `${report.checks.length} checks`}
      </Button>
    </section>
  )
}

/** A check knows more than the list, and the list has the latest word on what bars the way at once. */
function levelOf(known: Task['readiness']['level'], report: ReadinessReport | undefined) {
  if (known === 'blocked' || report?.finishedAt === undefined) return known
  if (report.obstacles.length > 0) return 'blocked'
  const hasAdvice = report.checks.some(({ status, quiet }) => status === 'advice' && quiet !== true)
  return hasAdvice ? 'advice' : known
}

const verdictWords = {
  ready: 'Ready for exec',
  advice: 'Ready, with advice',
  blocked: 'Cannot connect',
  unknown: 'Not known yet',
}

const pointIcons = { good: CheckIcon, advice: AlertIcon, bad: CloseIcon }

function Point({ point: { state, words } }: { point: ReadinessPoint }) {
  const Icon = pointIcons[state]
  return (
    <li className={styles[state]}>
      <Icon size={11} stroke={2.2} aria-hidden />
      <bdi>{displayText(words)}</bdi>
    </li>
  )
}

/** Where a record of what happens inside is kept: ours, and what the cluster is set to keep. */
function RecordedIn({ page: { ref, cluster, lines = [], cloud } }: { page: TaskPage }) {
  const recorded = lines.filter((line) => line.kind === 'session' && line.hasRecording)
  return (
    <section>
      <Heading text="Recorded in">
        {recorded[0] !== undefined && <TaskHold task={ref} lines={lines} />}
      </Heading>
      <dl className={styles.places}>
        <Place icon={<LocalIcon size={14} stroke={1.75} aria-hidden />} name="This computer">
          {recorded.length === 1 ? '1 recording' : `${recorded.length} recordings`}
        </Place>
        {cloud !== undefined && (
          <Place icon={<CloudIcon size={14} stroke={1.75} aria-hidden />} name="CloudTrail">
            <CloudTrailReach cloud={cloud} />
          </Place>
        )}
        {cluster !== undefined && <ClusterRecords logging={cluster.execLogging} />}
      </dl>
    </section>
  )
}

/** CloudTrail's event history holds ninety days; less until all of it was read once. */
function CloudTrailReach({ cloud: { read, reading, problem } }: { cloud: CloudHistory }) {
  const now = useNow('minute')
  if (read === undefined) return problem === undefined && reading ? 'Reading…' : 'Not read'
  const days = Math.round((now - read.from) / day)
  return days === 1 ? '1 day' : `${days} days`
}

const day = 24 * 3600_000

function ClusterRecords({ logging }: { logging: Cluster['execLogging'] }) {
  const { mode, logGroup, bucket, kmsKeyId } = logging
  return (
    <>
      {mode !== 'NONE' && (logGroup !== undefined || mode === 'DEFAULT') && (
        <Place icon={<FileIcon size={14} stroke={1.75} aria-hidden />} name="CloudWatch Logs">
          {logGroup === undefined ? (
            <span title="DEFAULT: the log group of the task definition's awslogs driver, where it has one">
              Task's group
            </span>
          ) : (
            <Name className={styles.mono} text={shortArn(logGroup)} />
          )}
        </Place>
      )}
      {mode !== 'NONE' && bucket !== undefined && (
        <Place icon={<CloudIcon size={14} stroke={1.75} aria-hidden />} name="S3">
          <Name className={styles.mono} text={bucket} />
        </Place>
      )}
      {mode === 'NONE' && (
        <Place icon={<CloudIcon size={14} stroke={1.75} aria-hidden />} name="Cluster logging">
          Off
        </Place>
      )}
      <Place icon={<LockIcon size={14} stroke={1.75} aria-hidden />} name="Session key">
        {kmsKeyId === undefined ? (
          'None, TLS only'
        ) : (
          <Name className={styles.mono} text={shortArn(kmsKeyId)} />
        )}
      </Place>
    </>
  )
}

function Place({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {icon}
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

function WhoWasInside({ page }: { page: TaskPage }) {
  const now = useNow('minute')
  const visitors = visitorsOf(page.visits, now)
  if (visitors.length === 0) return null
  const from = page.task?.taskDefinition
  return (
    <section>
      <Heading text="Who was inside" />
      <ul className={styles.people}>
        {visitors.map(({ userName, sessions, inside }) => (
          <li key={userName}>
            <Avatar userName={userName} self={userName === page.self} />
            <PersonLink className={styles.person} userName={userName} />
            <span className={styles.total}>
              {sessions === 1 ? '1 session' : `${sessions} sessions`}
              {/* Nothing is known of the length of what only CloudTrail tells, until Session Manager does. */}
              {inside > 0 && `, ${formatDuration(inside)}`}
            </span>
          </li>
        ))}
      </ul>
      <p className={styles.note}>
        Files in this task may differ from its image.
        {from !== undefined && page.ref.serviceName !== undefined && (
          <>
            {' '}
            Replacing it starts again from <Name className={styles.mono} text={from} />.
          </>
        )}
      </p>
    </section>
  )
}

function Heading({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className={styles.heading}>
      <h2>{text}</h2>
      {children !== undefined && <span>{children}</span>}
    </div>
  )
}
