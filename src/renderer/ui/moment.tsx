import { exactMoment, formatMoment } from './time.ts'

/** "14:31" or "17 Nov, 09:40"; the second and the time zone on hover. */
export function Moment({
  at,
  now,
  className,
}: {
  /** Epoch milliseconds. */
  at: number
  now: number
  className?: string | undefined
}) {
  return (
    <time className={className} dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
      {formatMoment(at, now)}
    </time>
  )
}
