import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { Badge } from '../../ui/badge.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FileIcon, RefusedIcon, ShellIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { clientWords } from '../transcript/client-words.ts'
import styles from './cloud-files.module.css'

/** Shells that only files told of, newest first, also in accounts that nobody here ever signed in to. */
export function ImportedSessions({ events, now }: { events: readonly CloudEvent[]; now: number }) {
  if (events.length === 0)
    return (
      <EmptyState icon={FileIcon} title="Nothing that only a file tells">
        What AWS itself tells of is on the page of its task.
      </EmptyState>
    )
  return (
    <ol className={styles.imported} aria-label="Sessions from files">
      {events.map((event) => (
        <ImportedRow key={`${event.accountId} ${event.region} ${event.eventId}`} event={event} now={now} />
      ))}
    </ol>
  )
}

function ImportedRow({ event, now }: { event: CloudEvent; now: number }) {
  const { userName, containerName, clusterName, taskId, region, at, endedAt, refusal, imported } = event
  const Icon = refusal === undefined ? ShellIcon : RefusedIcon
  return (
    <li className={styles.importedRow}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <div>
        <p className={styles.importedWhat}>
          <b>
            <Name text={userName} />
          </b>
          {refusal === undefined ? ' in ' : ' was refused in '}
          <Name text={containerName ?? 'a container'} /> of <Name text={clusterName ?? 'a cluster'} />{' '}
          <span className={styles.mono}>{displayText(taskId.slice(0, 8))}</span>
          {endedAt !== undefined && `, ${formatDuration(endedAt - at)}`}
        </p>
        <p className={styles.importedMore} title={whence(event)}>
          {event.kind === 'direct' && (
            <span className={styles.importedWarn}>Went around ECS with ssm:StartSession. </span>
          )}
          <Name text={groupedAccountId(event.accountId)} />, <Name text={region} />. {whence(event)}
        </p>
      </div>
      <span className={styles.importedAt}>{formatMoment(at, now)}</span>
      <Badge tone="neutral" outlined>
        <FileIcon size={12} stroke={2} aria-hidden />
        <span title={imported && displayText(`${imported.name}, imported by ${imported.by}`)}>
          From a file
        </span>
      </Badge>
    </li>
  )
}

function whence({ client, sourceIp, command, refusal }: CloudEvent): string {
  const words = [
    `${clientWords[client]}${sourceIp === undefined ? '' : ` from ${sourceIp}`}.`,
    ...(command === undefined ? [] : [command]),
    ...(refusal === undefined ? [] : [refusal.code]),
  ]
  return displayText(words.join(' '))
}
