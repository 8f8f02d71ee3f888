import type { AuditSession } from '../../../contract/audit.ts'
import type { RetentionSettings } from '../../../contract/retention.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { formatDay } from '../../ui/time.ts'

export const dayMilliseconds = 86_400_000
const megabyte = 1024 * 1024

/** What is held, in words: the hold on a task is not this session's to release. */
const holdWords = {
  session: 'On hold',
  task: 'On hold, with its task',
  both: 'On hold, itself and with its task',
}

export function holdsOf({ holds = [] }: Pick<AuditSession, 'holds'>): keyof typeof holdWords | undefined {
  if (holds.length > 1) return 'both'
  return holds[0]
}

/**
 * How long a recording stays, by every rule that could take it: "Until 23 Feb",
 * "Until 23 Feb, while all fit in 500 MB", "On hold, with its task".
 */
export function keptWords(
  session: Pick<AuditSession, 'holds' | 'live' | 'endedAt'>,
  { days, megabytes }: RetentionSettings,
  now: number,
): string {
  const hold = holdsOf(session)
  if (hold !== undefined) return holdWords[hold]
  const room = megabytes === undefined ? undefined : `while all fit in ${formatBytes(megabytes * megabyte)}`
  if (days === undefined) return room === undefined ? 'For ever' : capitalised(room)
  const until =
    session.live || session.endedAt === undefined
      ? `${days} days from its end`
      : `Until ${dayWords(session.endedAt + days * dayMilliseconds, now)}`
  return room === undefined ? until : `${until}, ${room}`
}

/** "23 Feb 2027": at what hour of it is nobody's plan. */
function dayWords(timestamp: number, now: number): string {
  const date = new Date(timestamp)
  const isThisYear = date.getFullYear() === new Date(now).getFullYear()
  return isThisYear ? formatDay(date) : `${formatDay(date)} ${date.getFullYear()}`
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
