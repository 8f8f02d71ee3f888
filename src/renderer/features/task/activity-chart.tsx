import { useMemo } from 'react'
import type { HistoryLine } from '../../../contract/audit.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import styles from './audit.module.css'
import { type ChartLane, type ChartPoint, type ChartSpan, layoutChart } from './chart-layout.ts'
import type { ChartTime } from './chart-time.ts'
import { LogLane } from './log-lane.tsx'
import type { LogSpikesOfPage } from './use-log-spikes.ts'
import type { TaskPage } from './use-task-page.ts'

/**
 * Who was inside when, and since when the task differs from what was built. A
 * picture of the list below it, but for the button that asks for log spikes.
 */
export function ActivityChart({
  page: { task, self, touched, cloud, changes, visits },
  lines,
  spikes,
  time,
  now,
}: {
  page: TaskPage
  lines: readonly HistoryLine[]
  spikes: LogSpikesOfPage
  time: ChartTime
  now: number
}) {
  const { from, to, isOver } = time
  const events = cloud?.events
  const startedAt = task?.startedAt
  const touchedSince = touched?.since
  const layout = useMemo(
    () => layoutChart({ lines, visits, events, changes, from, to, self, startedAt, touchedSince }),
    [lines, visits, events, changes, from, to, self, startedAt, touchedSince],
  )

  return (
    <div className={styles.chart}>
      <div className={styles.lanes}>
        {layout.ticks.map(({ at, left }) => (
          <u key={at} style={{ left: percent(left) }} aria-hidden="true" />
        ))}
        {layout.lanes.map((lane) => (
          <Lane key={lane.label} lane={lane} />
        ))}
        <LogLane spikes={spikes} time={time} now={now} />
        <StateLane asBuilt={layout.asBuilt} touchedSince={touched?.since} now={now} />
      </div>
      <div className={styles.axis} aria-hidden="true">
        {layout.ticks.map(({ at, left, label }) => (
          <span key={at} style={{ left: percent(left) }}>
            {label}
          </span>
        ))}
        <span className={styles.axisEnd}>{isOver ? formatMoment(to, now) : 'Now'}</span>
      </div>
    </div>
  )
}

function Lane({ lane: { label, spans, points } }: { lane: ChartLane }) {
  return (
    <div className={styles.lane} aria-hidden="true">
      <Name className={styles.laneName} text={label} />
      <div>
        {spans.map((span) => (
          <i
            key={span.key}
            className={classNames(styles.span, styles[span.tone])}
            // The end stays where it is when a short session is drawn wider than it was.
            style={{
              left: `min(${percent(span.left)}, 100% - 4px)`,
              width: `max(4px, ${percent(span.width)})`,
            }}
            title={spanTitle(span)}
          />
        ))}
        {points.map((point) => (
          <i
            key={point.key}
            className={classNames(styles.point, point.kind === 'refused' ? styles.refused : styles.change)}
            style={{ left: `min(${percent(point.left)}, 100% - 8px)` }}
            title={pointTitle(point)}
          />
        ))}
      </div>
    </div>
  )
}

function spanTitle({ userName, containerName, sessions, tone, length }: ChartSpan): string {
  const parts = [
    userName ?? 'Several people',
    containerName,
    sessions > 1 ? `${sessions.toLocaleString('en')} sessions` : undefined,
    tone === 'live' ? 'live' : formatDuration(length),
  ]
  return displayText(parts.filter((part) => part !== undefined).join(', '))
}

function pointTitle({ kind, userName }: ChartPoint): string {
  if (kind === 'started' || userName === undefined) return 'Started'
  if (kind === 'service') return displayText(userName)
  return displayText(kind === 'refused' ? `${userName}, refused` : `Replaced by ${userName}`)
}

/** Below this part of the width a label has no room inside its band. */
const roomForLabel = 0.24

function StateLane({
  asBuilt,
  touchedSince,
  now,
}: {
  asBuilt: number
  touchedSince: number | undefined
  now: number
}) {
  const words = touchedSince === undefined ? '' : `Touched since ${formatMoment(touchedSince, now)}`
  const labelInside = 1 - asBuilt >= roomForLabel
  return (
    <div className={classNames(styles.lane, styles.state)} aria-hidden="true">
      <span className={styles.laneName}>State</span>
      <div>
        {asBuilt > 0 && (
          <i className={styles.asBuilt} style={{ width: `calc(${percent(asBuilt)} - 2px)` }}>
            <span>As built</span>
            {touchedSince !== undefined && !labelInside && <span className={styles.outside}>{words}</span>}
          </i>
        )}
        {touchedSince !== undefined && (
          <i className={styles.touched} style={{ left: `min(${percent(asBuilt)}, 100% - 4px)` }}>
            {labelInside && <span>{words}</span>}
          </i>
        )}
      </div>
    </div>
  )
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)}%`
}
