import type { AuditSource } from '../../../contract/cloud-audit.ts'
import { Badge } from '../../ui/badge.tsx'
import { CloudIcon, LocalIcon, MatchedIcon } from '../../ui/icons.ts'
import { formatDuration } from '../../ui/time.ts'
import styles from './audit.module.css'

const badges = {
  matched: { tone: 'ok', outlined: false, icon: MatchedIcon, words: 'Matched' },
  'local-only': { tone: 'warn', outlined: false, icon: LocalIcon, words: 'Local only' },
  pending: { tone: 'neutral', outlined: true, icon: LocalIcon, words: 'CloudTrail pending' },
  unknown: { tone: 'neutral', outlined: true, icon: LocalIcon, words: 'This computer' },
  cloud: { tone: 'info', outlined: false, icon: CloudIcon, words: 'Cloud only' },
} as const

/** Which records have an entry: this computer's, CloudTrail's, or both. */
export function SourceBadge({
  source,
  cloud = false,
}: {
  source?: AuditSource | undefined
  cloud?: boolean
}) {
  const { tone, outlined, icon: Icon, words } = badges[cloud ? 'cloud' : (source?.state ?? 'unknown')]
  return (
    <Badge tone={tone} outlined={outlined}>
      <Icon size={12} stroke={2} aria-hidden />
      <span className={styles.source}>{words}</span>
    </Badge>
  )
}

/** CloudTrail is never so late: an event that is not there by then is worth a question. */
const lateMilliseconds = 3600_000

export function MissingInCloud({ source }: { source: AuditSource | undefined }) {
  if (source?.state !== 'local-only' || (source.missingFor ?? 0) < lateMilliseconds) return null
  return (
    <span className={styles.warn}>No CloudTrail event after {formatDuration(source.missingFor ?? 0)}. </span>
  )
}
