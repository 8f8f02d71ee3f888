import type { AuditSource, CloudEvent } from '../../../contract/cloud-audit.ts'
import { Badge } from '../../ui/badge.tsx'
import { displayText } from '../../ui/display-text.ts'
import { CloudIcon, FileIcon, LocalIcon, MatchedIcon } from '../../ui/icons.ts'
import { formatDuration } from '../../ui/time.ts'
import styles from './audit.module.css'

const badges = {
  matched: {
    tone: 'ok',
    outlined: false,
    icon: MatchedIcon,
    words: 'Matched',
    why: 'Recorded on this computer and in CloudTrail',
  },
  'local-only': {
    tone: 'warn',
    outlined: false,
    icon: LocalIcon,
    words: 'Local only',
    why: 'Recorded on this computer. CloudTrail, which tells of every shell, has no event of it',
  },
  pending: {
    tone: 'neutral',
    outlined: true,
    icon: LocalIcon,
    words: 'CloudTrail pending',
    why: 'Recorded on this computer. CloudTrail may take 15 min to tell of it',
  },
  unknown: {
    tone: 'neutral',
    outlined: true,
    icon: LocalIcon,
    words: 'This computer',
    why: 'Known from this computer alone. CloudTrail was not read, or does not tell of such things',
  },
  cloud: {
    tone: 'info',
    outlined: false,
    icon: CloudIcon,
    words: 'Cloud only',
    why: 'CloudTrail tells of it, and this computer has no record. It was done elsewhere, or what was recorded here is gone',
  },
  // Anybody can write a file, so it never looks like AWS's own word.
  file: {
    tone: 'neutral',
    outlined: true,
    icon: FileIcon,
    words: 'From a file',
    why: 'Told by an imported file. Anybody can write one',
  },
  'matched-file': {
    tone: 'neutral',
    outlined: true,
    icon: MatchedIcon,
    words: 'Matched in a file',
    why: 'Recorded on this computer and told by an imported file. Anybody can write one',
  },
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
  const { tone, outlined, icon: Icon, words, why } = badges[badgeOf(source, event)]
  const imported = (event ?? source)?.imported
  return (
    <Badge
      tone={tone}
      outlined={outlined}
      title={imported === undefined ? why : `${why}: ${fileWords(imported)}`}
    >
      <Icon size={12} stroke={2} aria-hidden />
      <span className={styles.source}>{words}</span>
    </Badge>
  )
}

function fileWords({ name, by }: NonNullable<CloudEvent['imported']>): string {
  return displayText(`${name}, imported by ${by}`)
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
