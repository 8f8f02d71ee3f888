import type { AuditSession } from '../../../contract/audit.ts'
import type { SearchGroup, SearchHit } from '../../../contract/search.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { formatPosition } from '../replay/time-text.ts'
import { SourceBadge } from '../task/source-badge.tsx'
import styles from './audit.module.css'
import { Hit } from './hit.tsx'

/** A session and what was found in it. */
export function HitGroup({
  group: { session, source, hits, hitCount },
  now,
  onOpen,
  onAll,
}: {
  group: Extract<SearchGroup, { kind: 'session' }>
  now: number
  onOpen: (hit?: SearchHit) => void
  /** Shows all that was found in this session. */
  onAll: () => void
}) {
  const { container, userName, startedAt, endedAt, live } = session
  const lasted = live ? 'live' : endedAt === undefined ? undefined : formatDuration(endedAt - startedAt)
  return (
    <section className={styles.group}>
      <div className={styles.entry}>
        <button type="button" className={styles.head} onClick={() => onOpen()}>
          <EnvironmentSquare environment={container.environment} />
          <b>
            <Name text={container.serviceName ?? container.clusterName} /> /{' '}
            <Name text={container.containerName} />
          </b>
          <Name text={userName} />
          <Moment at={startedAt} now={now} />
          <span>{lasted}</span>
        </button>
        <SourceBadge source={source} />
      </div>
      {!session.hasRecording && <p className={styles.note}>{whyNothing(session)}</p>}
      {hits.map((hit) => (
        <Hit
          key={`${hit.kind} ${hit.at} ${hit.text}`}
          hit={hit}
          place={formatPosition(hit.at)}
          onOpen={() => onOpen(hit)}
        />
      ))}
      {hitCount > hits.length && (
        <button type="button" className={styles.rest} onClick={onAll}>
          {hitCount - hits.length} more in this session
        </button>
      )}
    </section>
  )
}

function whyNothing({ recordingShreddedAt }: AuditSession): string {
  return recordingShreddedAt === undefined ? 'It was not recorded.' : 'Its recording was destroyed.'
}
