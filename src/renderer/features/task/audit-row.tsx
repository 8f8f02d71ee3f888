import type { ReactNode } from 'react'
import type { AuditActivity, AuditEntry, AuditSession } from '../../../contract/audit.ts'
import type { AuditSource } from '../../../contract/cloud-audit.ts'
import type { CommandSummary } from '../../../contract/command-summary.ts'
import { useServices } from '../../app/services.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { displayText } from '../../ui/display-text.ts'
import { DeploymentIcon, RefusedIcon, ReplaceIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { openReplay } from '../replay/open-replay.ts'
import { endWords, engineWords } from '../replay/session-words.ts'
import { activityWords } from './activity-words.ts'
import styles from './audit.module.css'
import type { ListedEntry, ServiceChange } from './audit-entries.ts'
import { Length, Person, Row } from './audit-row-frame.tsx'
import { CloudRow } from './cloud-row.tsx'
import { CommandChips } from './command-chips.tsx'
import { MissingInCloud, SourceBadge } from './source-badge.tsx'
import { SpikeRow } from './spike-row.tsx'
import type { TaskPage } from './use-task-page.ts'

/** One line of the history. A session with a recording opens its replay, a spike the logs. */
export function AuditRow({
  entry,
  page,
  openLogs,
  commands,
}: {
  entry: ListedEntry
  page: TaskPage
  openLogs: (at: number) => void
  /** Of a session, as far as it is known. */
  commands?: CommandSummary | undefined
}) {
  switch (entry.kind) {
    case 'session':
      return <SessionRow session={entry} page={page} commands={commands} />
    case 'refused':
      return <RefusedRow entry={entry} source={page.cloud?.sources[entry.sessionId]} />
    case 'cloud':
      return <CloudRow entry={entry} page={page} />
    case 'service':
      return <ServiceRow entry={entry} />
    case 'spike':
      return <SpikeRow entry={entry} openLogs={openLogs} />
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

function SessionRow({
  session,
  page,
  commands,
}: {
  session: AuditSession
  page: TaskPage
  commands: CommandSummary | undefined
}) {
  const source = page.cloud?.sources[session.sessionId]
  const services = useServices()
  const { container, userName } = session
  const open = () => openReplay(services, session)
  return (
    <Row
      entry={session}
      tone={session.live ? 'live' : userName === page.self ? 'me' : 'other'}
      icon={ShellIcon}
      onOpen={session.hasRecording ? open : undefined}
      what={
        <>
          <Person userName={userName} /> in <Name text={container.containerName} />,{' '}
          <Length session={session} />
        </>
      }
      source={<SourceBadge source={source} />}
    >
      <MissingInCloud source={source} />
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
    </Row>
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
  entry,
  source,
}: {
  entry: Extract<AuditEntry, { kind: 'refused' }>
  source: AuditSource | undefined
}) {
  return (
    <Row
      entry={entry}
      tone="refused"
      icon={RefusedIcon}
      what={
        <>
          <Person userName={entry.userName} /> got no shell in <Name text={entry.container.containerName} />
        </>
      }
      source={<SourceBadge source={source} />}
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
          <Person userName={entry.userName} /> replaced this task
        </>
      }
      source={<SourceBadge />}
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
          <Person userName={entry.userName} /> {words}
        </>
      }
      source={<SourceBadge />}
    >
      {entry.detail?.sessionOf !== undefined && (
        <>
          of <Name text={entry.detail.sessionOf} />
        </>
      )}
      {entry.detail?.reason !== undefined && <Name text={entry.detail.reason} />}
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
