import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { transcriptDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { displayText } from '../../ui/display-text.ts'
import { RefusedIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { clientWords } from '../transcript/client-words.ts'
import styles from './audit.module.css'
import type { CloudEntry } from './audit-entries.ts'
import { Length, Person, Row } from './audit-row-frame.tsx'
import { SourceBadge } from './source-badge.tsx'
import type { TaskPage } from './use-task-page.ts'

/** A shell, or an attempt, that only CloudTrail knows of. */
export function CloudRow({ entry, page }: { entry: CloudEntry; page: TaskPage }) {
  const { event } = entry
  return event.refusal === undefined ? (
    <ShellRow entry={entry} page={page} />
  ) : (
    <RefusedRow entry={entry} refusal={event.refusal} />
  )
}

function ShellRow({ entry, page }: { entry: CloudEntry; page: TaskPage }) {
  const { event } = entry
  const { workspace } = useServices()
  const container = containerOf(event, page)
  const transcript = page.cloud?.transcripts[event.eventId]
  const open = () => workspace.open(transcriptDocument(page.ref, { ...event, containerName: container }))
  return (
    <Row
      entry={entry}
      tone={event.live ? 'live' : event.userName === page.self ? 'me' : 'other'}
      icon={ShellIcon}
      onOpen={event.awsSessionId === undefined ? undefined : open}
      openTitle="Open the transcript"
      what={
        <>
          <Person userName={event.userName} />
          {container !== undefined && (
            <>
              {' '}
              in <Name text={container} />
            </>
          )}
          {(event.live || event.endedAt !== undefined) && (
            <>
              , <Length session={{ startedAt: event.at, endedAt: event.endedAt, live: event.live }} />
            </>
          )}
        </>
      }
      source={<SourceBadge event={event} />}
    >
      {event.kind === 'direct' && (
        <span className={styles.warn}>Went around ECS with ssm:StartSession, which nothing logs. </span>
      )}
      <bdi>{displayText(whence(event))}</bdi>
      {transcript !== undefined && ` ${placeWords[transcript.kind]}, ${formatBytes(transcript.bytes)}`}
    </Row>
  )
}

const placeWords = { 'log-group': 'Transcript in CloudWatch Logs', bucket: 'Transcript in S3' }

function RefusedRow({ entry, refusal }: { entry: CloudEntry; refusal: NonNullable<CloudEvent['refusal']> }) {
  const { event } = entry
  const call = event.kind === 'exec' ? 'ecs:ExecuteCommand' : 'ssm:StartSession'
  const words = [
    `${refusal.code.replace(/Exception$/, '')} on ${call}`,
    ...(event.roleName === undefined ? [] : [`role ${event.roleName}`]),
  ].join(', ')
  return (
    <Row
      entry={entry}
      tone="refused"
      icon={RefusedIcon}
      what={
        <>
          <Person userName={event.userName} /> was refused
        </>
      }
      source={<SourceBadge event={event} />}
    >
      <bdi title={displayText(refusal.message ?? words)}>{displayText(words)}</bdi>
    </Row>
  )
}

/** Session Manager names only what ran in the container, not the container. */
function containerOf({ containerName, runtimeId }: CloudEvent, { task }: TaskPage): string | undefined {
  if (containerName !== undefined || runtimeId === undefined) return containerName
  return task?.containers.find((container) => container.runtimeId === runtimeId)?.name
}

/** "AWS CLI from 203.0.113.24." */
function whence({ client, sourceIp }: CloudEvent): string {
  return `${clientWords[client]}${sourceIp === undefined ? '' : ` from ${sourceIp}`}.`
}
