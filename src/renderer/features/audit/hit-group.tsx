import type { AuditSession } from '../../../contract/audit.ts'
import type { SearchGroup, SearchHit } from '../../../contract/search.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { LogsIcon, PlayIcon, ShellIcon } from '../../ui/icons.ts'
import { Moment } from '../../ui/moment.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { formatPosition } from '../replay/time-text.ts'
import { SourceBadge } from '../task/source-badge.tsx'
import styles from './audit.module.css'

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
        <Hit key={`${hit.kind} ${hit.at} ${hit.text}`} hit={hit} onOpen={() => onOpen(hit)} />
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

function Hit({ hit, onOpen }: { hit: SearchHit; onOpen: () => void }) {
  const Icon = hit.kind === 'command' ? ShellIcon : LogsIcon
  const { exitCode, confidence } = hit
  return (
    <button
      type="button"
      className={classNames(styles.hit, hit.kind === 'output' && styles.output)}
      onClick={onOpen}
    >
      <span className={styles.at}>{formatPosition(hit.at)}</span>
      <Icon size={12} stroke={1.75} aria-label={hit.kind === 'command' ? 'Command' : 'Output'} />
      <span className={styles.text} title={displayText(hit.text.trim())}>
        <Highlighted hit={hit} />
      </span>
      {exitCode !== undefined && (
        <span className={classNames(styles.exit, exitCode !== 0 && styles.failed)}>exit {exitCode}</span>
      )}
      {exitCode === undefined && confidence === 'likely' && (
        <span className={styles.exit} title="Likely, read from the screen">
          ≈
        </span>
      )}
      <PlayIcon className={styles.play} size={12} stroke={1.75} aria-hidden />
    </button>
  )
}

/**
 * What was found is in sight in the narrowest window too: a line that has more
 * than this before it is shown from a little before. In characters.
 */
const textBefore = 36
const shownBefore = 20
const mostText = 400

function Highlighted({ hit: { text, highlights } }: { hit: SearchHit }) {
  const first = highlights[0]?.[0] ?? 0
  const start = first > textBefore ? first - shownBefore : 0
  const end = Math.min(text.length, start + mostText)
  const parts: React.ReactNode[] = start > 0 ? ['…'] : []
  let position = start
  for (const [from, to] of highlights) {
    if (from < position || to > end) continue
    parts.push(displayText(text.slice(position, from)))
    parts.push(<mark key={from}>{displayText(text.slice(from, to))}</mark>)
    position = to
  }
  parts.push(displayText(text.slice(position, end)))
  return <>{parts}</>
}
