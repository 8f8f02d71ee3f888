import { exactMoment, formatDuration } from './time.ts'
import { useNow } from './use-now.ts'

const minute = 60_000

/** "4 s ago", kept true while it is looked at; the moment itself on hover. */
export function RelativeTime({ timestamp }: { timestamp: number }) {
  const young = Date.now() - timestamp < minute
  const now = useNow(young ? 'second' : 'minute')
  return (
    <time dateTime={new Date(timestamp).toISOString()} title={exactMoment(timestamp)}>
      {formatDuration(now - timestamp)} ago
    </time>
  )
}
