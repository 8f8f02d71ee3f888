import type { AuditSource, CloudEvent } from '../../../contract/cloud-audit.ts'
import { Badge } from '../../ui/badge.tsx'
import { displayText } from '../../ui/display-text.ts'
import { CloudIcon, FileIcon, LocalIcon, MatchedIcon } from '../../ui/icons.ts'
import { formatDuration } from '../../ui/time.ts'
import styles from './audit.module.css'

const badges = {
  matched: { tone: 'ok', outlined: false, icon: MatchedIcon, words: 'Matched' },
  'local-only': { tone: 'warn', outlined: false, icon: LocalIcon, words: 'Local only' },
  pending: { tone: 'neutral', outlined: true, icon: LocalIcon, words: 'CloudTrail pending' },
  unknown: { tone: 'neutral', outlined: true, icon: LocalIcon, words: 'This computer' },
  cloud: { tone: 'info', outlined: false, icon: CloudIcon, words: 'Cloud only' },
  // Anybody can write a file, so it never looks like AWS's own word.
  file: { tone: 'neutral', outlined: true, icon: FileIcon, words: 'From a file' },
  'matched-file': { tone: 'neutral', outlined: true, icon: MatchedIcon, words: 'Matched in a file' },
} as const

/** Which records have an entry: this computer's, CloudTrail's, or both. */
export function SourceBadge({
  source,
  event,
}: {
  source?: AuditSource | undefined
  /** Of an entry that this computer does not have. */
  event?: CloudEvent | undefined
}) {
  const { tone, outlined, icon: Icon, words } = badges[badgeOf(source, event)]
  const imported = (event ?? source)?.imported
  return (
    <Badge tone={tone} outlined={outlined}>
      <Icon size={12} stroke={2} aria-hidden />
      <span
        className={styles.source}
        title={imported && displayText(`${imported.name}, imported by ${imported.by}`)}
      >
        {words}
      </span>
    </Badge>
  )
}

function badgeOf(source: AuditSource | undefined, event: CloudEvent | undefined): keyof typeof badges {
  if (event !== undefined) return event.imported === undefined ? 'cloud' : 'file'
  if (source?.state === 'matched' && source.imported !== undefined) return 'matched-file'
  return source?.state ?? 'unknown'
}

/** CloudTrail is never so late: an event that is not there by then is worth a question. */
const lateMilliseconds = 3600_000

export function MissingInCloud({ source }: { source: AuditSource | undefined }) {
  if (source?.state !== 'local-only' || (source.missingFor ?? 0) < lateMilliseconds) return null
  return (
    <span className={styles.warn}>No CloudTrail event after {formatDuration(source.missingFor ?? 0)}. </span>
  )
}
