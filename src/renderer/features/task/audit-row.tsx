import { memo, type ReactNode } from 'react'
import type { AuditEntry, AuditSession, HistoryLine } from '../../../contract/audit.ts'
import type { AuditSource } from '../../../contract/cloud-audit.ts'
import type { CommandSummary } from '../../../contract/command-summary.ts'
import { useServices } from '../../app/services.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { displayText } from '../../ui/display-text.ts'
import { DeploymentIcon, RefusedIcon, ReplaceIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { openReplay } from '../replay/open-replay.ts'
import { endWords, engineWords } from '../replay/session-words.ts'
import { taskActivityWords } from './activity-words.ts'
import styles from './audit.module.css'
import { type ListedEntry, type ServiceChange, visitOf } from './audit-entries.ts'
import { Length, Person, Row } from './audit-row-frame.tsx'
import { CloudRow } from './cloud-row.tsx'
import { CommandChips } from './command-chips.tsx'
import { MissingInCloud, SourceBadge } from './source-badge.tsx'
import { SpikeRow } from './spike-row.tsx'
import type { RowPage } from './use-task-page.ts'

/**
 * One line of the history. A session with a recording opens its replay, a spike
 * the logs. What only the entry itself tells comes a moment later for a line far down.
 */
export const AuditRow = memo(function AuditRow({
  entry,
  page,
  openLogs,
  known,
  commands,
}: {
  entry: ListedEntry
  page: RowPage
  openLogs: (at: number) => void
  /** What the line stands for, as soon as it was read. */
  known?: AuditEntry | undefined
  /** Of a session, as far as it is known. */
  commands?: CommandSummary | undefined
}) {
  switch (entry.kind) {
    case 'session':
      return <SessionRow line={entry} known={known} page={page} commands={commands} />
    case 'refused':
      return <RefusedRow line={entry} known={known} source={page.cloud?.sources[entry.sessionId]} />
    case 'cloud':
      return <CloudRow entry={entry} page={page} />
    case 'service':
      return <ServiceRow entry={entry} />
    case 'spike':
      return <SpikeRow entry={entry} openLogs={openLogs} />
    case 'task-replaced':
      return <ReplacedRow line={entry} known={known} />
    case 'activity':
      return <ActivityRow line={entry} known={known} />
    case 'started':
      return (
        <Row entry={entry} icon={DeploymentIcon} what={startedWords(entry.taskDefinition)}>
          As built, nobody had been inside
        </Row>
      )
  }
})

type Line<Kind extends HistoryLine['kind']> = Extract<HistoryLine, { kind: Kind }>

function startedWords(taskDefinition: string): ReactNode {
  return (
    <>
      <b>Started</b> from <Name text={taskDefinition} />
    </>
  )
}

function SessionRow({
  line,
  known,
  page,
  commands,
}: {
  line: Line<'session'>
  known: AuditEntry | undefined
  page: RowPage
  commands: CommandSummary | undefined
}) {
  const source = page.cloud?.sources[line.sessionId]
  const services = useServices()
  const session = known?.kind === 'session' ? known : undefined
  const { userName, endedAt } = line
  const open = session?.hasRecording ? () => openReplay(services, session) : undefined
  return (
    <Row
      entry={line}
      tone={endedAt === undefined ? 'live' : userName === page.self ? 'me' : 'other'}
      icon={ShellIcon}
      onOpen={open}
      what={
        <>
          <Person userName={userName} /> in <Name text={line.containerName} />,{' '}
          <Length session={visitOf(line)} />
        </>
      }
      source={<SourceBadge source={source} />}
    >
      <MissingInCloud source={source} />
      {session !== undefined && <SessionDetail session={session} commands={commands} />}
    </Row>
  )
}

function SessionDetail({
  session,
  commands,
}: {
  session: AuditSession
  commands: CommandSummary | undefined
}) {
  return (
    <>
      {session.reason !== undefined && (
        <>
          <Name text={session.reason} />.{' '}
        </>
      )}
      {commands === undefined ? (
        <>
          {session.engine !== undefined && `${engineWords[session.engine]} engine. `}
          <Outcome session={session} />
        </>
      ) : (
        <>
          <UnwantedEnd session={session} />
          <CommandChips session={session} summary={commands} />
        </>
      )}
    </>
  )
}

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

function UnwantedEnd({ session: { endReason } }: { session: AuditSession }) {
  if (endReason === undefined || !unwanted.has(endReason)) return null
  return <span className={styles.warn}>{endWords[endReason]}. </span>
}

function RefusedRow({
  line,
  known,
  source,
}: {
  line: Line<'refused'>
  known: AuditEntry | undefined
  source: AuditSource | undefined
}) {
  const message = known?.kind === 'refused' ? displayText(known.message) : undefined
  return (
    <Row
      entry={line}
      tone="refused"
      icon={RefusedIcon}
      what={
        <>
          <Person userName={line.userName} /> got no shell in <Name text={line.containerName} />
        </>
      }
      source={<SourceBadge source={source} />}
    >
      <bdi title={message}>{message}</bdi>
    </Row>
  )
}

function ReplacedRow({ line, known }: { line: Line<'task-replaced'>; known: AuditEntry | undefined }) {
  const serviceName = known?.kind === 'task-replaced' ? known.serviceName : undefined
  return (
    <Row
      entry={line}
      icon={ReplaceIcon}
      what={
        <>
          <Person userName={line.userName} /> replaced this task
        </>
      }
      source={<SourceBadge />}
    >
      {serviceName !== undefined && (
        <>
          <Name text={serviceName} /> started a new one from its image
        </>
      )}
    </Row>
  )
}

function ActivityRow({ line, known }: { line: Line<'activity'>; known: AuditEntry | undefined }) {
  const { icon, words, ofTask = words } = taskActivityWords[line.activity]
  const activity = known?.kind === 'activity' ? known : undefined
  const { sessionOf, reason } = activity?.detail ?? {}
  const isOfTask = activity !== undefined && activity.sessionId === undefined
  return (
    <Row
      entry={line}
      icon={icon}
      what={
        <>
          <Person userName={line.userName} /> {isOfTask ? ofTask : words}
        </>
      }
      source={<SourceBadge />}
    >
      {sessionOf !== undefined && (
        <>
          of <Name text={sessionOf} />
        </>
      )}
      {reason !== undefined && <Name text={reason} />}
    </Row>
  )
}

function ServiceRow({ entry }: { entry: ServiceChange }) {
  const { subject, words, detail } = entry
  return (
    <Row
      entry={entry}
      icon={DeploymentIcon}
      what={
        <>
          <b>
            <Name text={subject} />
          </b>{' '}
          {words}
        </>
      }
    >
      {detail !== undefined && <bdi title={displayText(detail)}>{displayText(detail)}</bdi>}
    </Row>
  )
}
