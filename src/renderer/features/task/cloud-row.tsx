import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { transcriptDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { displayText } from '../../ui/display-text.ts'
import { AlertIcon, RefusedIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { clientWords } from '../transcript/client-words.ts'
import styles from './audit.module.css'
import type { CloudEntry } from './audit-entries.ts'
import { Length, Person, Row } from './audit-row-frame.tsx'
import { refusalWords } from './refusal-words.ts'
import { SourceBadge } from './source-badge.tsx'
import type { RowPage } from './use-task-page.ts'

/** A shell, or an attempt, that only CloudTrail knows of. */
export function CloudRow({ entry, page }: { entry: CloudEntry; page: RowPage }) {
  const { event } = entry
  return event.refusal === undefined ? (
    <ShellRow entry={entry} page={page} />
  ) : (
    <RefusedRow entry={entry} refusal={event.refusal} />
  )
}

function ShellRow({ entry, page }: { entry: CloudEntry; page: RowPage }) {
  const { event } = entry
  const { workspace } = useServices()
  const { containerName: container } = event
  const isDirect = event.kind === 'direct'
  const transcript = page.cloud?.transcripts[event.eventId]
  const open = () => workspace.open(transcriptDocument(page.ref, event))
  return (
    <Row
      entry={entry}
      tone={isDirect ? 'around' : event.live ? 'live' : event.userName === page.self ? 'me' : 'other'}
      icon={isDirect ? AlertIcon : ShellIcon}
      onOpen={event.awsSessionId === undefined ? undefined : open}
      openTitle={isDirect ? aroundTitle : 'Open the transcript'}
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
      {isDirect && <span className={styles.danger}>Went around ECS, unlogged. </span>}
      <bdi>{displayText(whence(event))}</bdi>
      {transcript !== undefined && `. ${placeWords[transcript.kind]}, ${formatBytes(transcript.bytes)}`}
    </Row>
  )
}

const aroundTitle =
  'Opened with ssm:StartSession, around ECS: what was done is logged nowhere. Deny ssm:StartSession on tasks to prevent it.'

const placeWords = { 'log-group': 'Transcript in CloudWatch Logs', bucket: 'Transcript in S3' }

function RefusedRow({ entry, refusal }: { entry: CloudEntry; refusal: NonNullable<CloudEvent['refusal']> }) {
  const { event } = entry
  const { short, whole } = refusalWords(event, refusal)
  return (
    <Row
      entry={entry}
      tone="refused"
      icon={RefusedIcon}
      what={
        <>
          <Person userName={event.userName} /> was refused
          {event.containerName !== undefined && (
            <>
              {' '}
              in <Name text={event.containerName} />
            </>
          )}
        </>
      }
      source={<SourceBadge event={event} />}
    >
      <bdi title={whole}>{short}</bdi>
    </Row>
  )
}

/** "AWS CLI from 203.0.113.24" */
function whence({ client, sourceIp }: CloudEvent): string {
  return `${clientWords[client]}${sourceIp === undefined ? '' : ` from ${sourceIp}`}`
}
