import type { ComponentType, ReactNode } from 'react'
import type { AuditActivity, AuditEntry, AuditSession } from '../../../contract/audit.ts'
import { replayDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { formatBytes } from '../../ui/bytes.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import {
  DeploymentIcon,
  type IconProps,
  LocalIcon,
  RefusedIcon,
  ReplaceIcon,
  ShellIcon,
} from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatClock, formatDuration, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { endWords, engineWords } from '../replay/session-words.ts'
import { activityWords } from './activity-words.ts'
import styles from './audit.module.css'
import { type ListedEntry, lengthOf, timeOf } from './audit-entries.ts'

/** One line of the history. A session with a recording opens its replay. */
export function AuditRow({ entry, self }: { entry: ListedEntry; self: string | undefined }) {
  switch (entry.kind) {
    case 'session':
      return <SessionRow session={entry} self={self} />
    case 'refused':
      return <RefusedRow entry={entry} />
    case 'task-replaced':
      return <ReplacedRow entry={entry} />
    case 'activity':
      return <ActivityRow entry={entry} />
    case 'started':
      return (
        <Row entry={entry} icon={DeploymentIcon} what={startedWords(entry.taskDefinition)}>
          As built, nobody had been inside
        </Row>
      )
  }
}

function startedWords(taskDefinition: string): ReactNode {
  return (
    <>
      <b>Started</b> from <Name text={taskDefinition} />
    </>
  )
}

function SessionRow({ session, self }: { session: AuditSession; self: string | undefined }) {
  const { workspace } = useServices()
  const { sessionId, container, userName, startedAt } = session
  const open = () => workspace.open(replayDocument({ sessionId, container, userName, startedAt }))
  return (
    <Row
      entry={session}
      tone={session.live ? 'live' : userName === self ? 'me' : 'other'}
      icon={ShellIcon}
      onOpen={session.hasRecording ? open : undefined}
      what={
        <>
          <b>
            <Name text={userName} />
          </b>{' '}
          in <Name text={container.containerName} />, <Length session={session} />
        </>
      }
      local
    >
      {session.reason !== undefined && (
        <>
          <Name text={session.reason} />.{' '}
        </>
      )}
      {session.engine !== undefined && `${engineWords[session.engine]} engine. `}
      <Outcome session={session} />
    </Row>
  )
}

function Length({ session }: { session: AuditSession }) {
  const young = session.live && Date.now() - session.startedAt < minute
  const now = useNow(young ? 'second' : 'minute')
  const length = formatDuration(lengthOf(session, now))
  return session.live ? <span className={styles.liveFor}>live for {length}</span> : length
}

const minute = 60_000

/** Endings that nobody chose are worth a second look. */
const unwanted = new Set<AuditSession['endReason']>(['lost', 'failed', 'interrupted'])

function Outcome({ session }: { session: AuditSession }) {
  const { live, endReason, outputBytes, hasRecording } = session
  const output = formatBytes(outputBytes)
  if (!hasRecording) return <span className={styles.warn}>Nothing was recorded</span>
  if (live) return `${output} of output so far`
  if (endReason === undefined) return `${output} of output`
  return (
    <>
      <span className={unwanted.has(endReason) ? styles.warn : undefined}>{endWords[endReason]}</span>
      {`, ${output} of output`}
    </>
  )
}

function RefusedRow({ entry }: { entry: Extract<AuditEntry, { kind: 'refused' }> }) {
  return (
    <Row
      entry={entry}
      tone="refused"
      icon={RefusedIcon}
      what={
        <>
          <b>
            <Name text={entry.userName} />
          </b>{' '}
          got no shell in <Name text={entry.container.containerName} />
        </>
      }
      local
    >
      <bdi title={displayText(entry.message)}>{displayText(entry.message)}</bdi>
    </Row>
  )
}

function ReplacedRow({ entry }: { entry: Extract<AuditEntry, { kind: 'task-replaced' }> }) {
  return (
    <Row
      entry={entry}
      icon={ReplaceIcon}
      what={
        <>
          <b>
            <Name text={entry.userName} />
          </b>{' '}
          replaced this task
        </>
      }
      local
    >
      {entry.serviceName !== undefined && (
        <>
          <Name text={entry.serviceName} /> started a new one from its image
        </>
      )}
    </Row>
  )
}

function ActivityRow({ entry }: { entry: AuditActivity }) {
  const { icon, words } = activityWords[entry.activity]
  return (
    <Row
      entry={entry}
      icon={icon}
      what={
        <>
          <b>
            <Name text={entry.userName} />
          </b>{' '}
          {words}
        </>
      }
      local
    >
      {entry.detail?.sessionOf !== undefined && (
        <>
          of <Name text={entry.detail.sessionOf} />
        </>
      )}
    </Row>
  )
}

function Row({
  entry,
  tone,
  icon: Icon,
  what,
  local = false,
  onOpen,
  children,
}: {
  entry: ListedEntry
  tone?: 'me' | 'other' | 'live' | 'refused'
  icon: ComponentType<IconProps>
  what: ReactNode
  /** Known from this computer's own ledger. */
  local?: boolean
  onOpen?: (() => void) | undefined
  children?: ReactNode
}) {
  const at = timeOf(entry)
  const content = (
    <>
      <time dateTime={new Date(at).toISOString()} title={formatMoment(at, Date.now())}>
        {formatClock(at)}
      </time>
      <span className={styles.node}>
        <Icon size={12} stroke={2} aria-hidden />
      </span>
      <span className={styles.what}>{what}</span>
      <span className={styles.detail}>{children}</span>
      {local && (
        <Badge outlined>
          <LocalIcon size={12} stroke={2} aria-hidden />
          <span className={styles.source}>This computer</span>
        </Badge>
      )}
    </>
  )
  return (
    <li className={classNames(styles.entry, tone && styles[`is-${tone}`])}>
      {onOpen === undefined ? (
        <div className={styles.row}>{content}</div>
      ) : (
        <button type="button" className={styles.row} title="Open the replay" onClick={onOpen}>
          {content}
        </button>
      )}
    </li>
  )
}
