import { type MouseEvent, useMemo, useState } from 'react'
import type { LogRange } from '../../../contract/logs.ts'
import { displayText } from '../../ui/display-text.ts'
import { RecordingDot } from '../../ui/glyphs.tsx'
import { Name } from '../../ui/name.tsx'
import { formatClock, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { axisMoments, type Bar, barCount, barsOf, placeOf, ticksOf } from './axis.ts'
import type { FeedState } from './log-feed.ts'
import styles from './logs.module.css'
import type { ShownRows } from './rows.ts'
import type { ShellMark, ShellSpan } from './shell-marks.ts'

const height = 62
/** The smallest bar that one sees. */
const smallest = 2

/** How many lines there were when, and who was inside. A click goes to that moment. */
export function TimeAxis({
  state,
  shown,
  shells,
  range,
  view,
  onJump,
}: {
  state: FeedState
  shown: ShownRows
  shells: { marks: readonly ShellMark[]; spans: readonly ShellSpan[] }
  range: LogRange
  view: { from: number; to: number } | undefined
  onJump: (at: number) => void
}) {
  const now = useNow()
  const { from } = range
  const to = range.to ?? now
  const bars = useMemo(() => barsOf(shown.lines, from, to), [shown.lines, from, to])
  const [noted, setNoted] = useState<ShellMark | undefined>(undefined)
  const place = (at: number) => `${(placeOf(at, from, to) * 100).toFixed(3)}%`
  const jump = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    onJump(Math.round(from + ((event.clientX - box.left) / box.width) * (to - from)))
  }
  const spans = shells.spans.filter((span) => (span.to ?? now) >= from && span.from < to)
  const ticks = ticksOf(
    shells.marks.filter(({ at }) => at >= from && at < to),
    from,
    to,
  )
  const known = state.complete ? from : (state.lines[0]?.at ?? from)
  return (
    <div className={styles.axis}>
      <div className={styles.axisLabels}>
        <span>Lines</span>
        <span>Shells</span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; "Jump to a time" does the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div className={styles.plot} onClick={jump} data-testid="log-axis">
        {view !== undefined && (
          <i
            className={styles.viewport}
            style={{
              left: place(view.from),
              width: `max(3px, calc(${place(view.to)} - ${place(view.from)}))`,
            }}
          />
        )}
        {known > from && (
          <i className={styles.unread} style={{ width: place(known) }} title="Not loaded yet" />
        )}
        <Histogram bars={bars} />
        <div className={styles.lane}>
          {spans.map((span) => (
            <Span key={span.sessionId} span={span} left={place(span.from)} right={place(span.to ?? to)} />
          ))}
          {ticks.map((mark) => (
            <i
              key={mark.key}
              className={styles.tick}
              data-mark={mark.kind}
              data-failed={mark.failed}
              style={{ left: place(mark.at) }}
              title={displayText(`${mark.userName}: ${mark.text}`)}
              onPointerEnter={() => setNoted(mark)}
              onPointerLeave={() => setNoted(undefined)}
            />
          ))}
        </div>
        {noted !== undefined && (
          <i
            className={styles.note}
            data-flip={placeOf(noted.at, from, to) < 0.3}
            style={{ left: place(noted.at) }}
          >
            <Name text={noted.text} />
          </i>
        )}
        <AxisWords from={from} to={to} live={range.to === undefined} place={place} />
      </div>
    </div>
  )
}

function Histogram({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ all }) => all))
  const tall = (count: number) => (count === 0 ? 0 : Math.max(smallest, (count / most) * (height - 4)))
  return (
    <svg
      className={styles.histogram}
      viewBox={`0 0 ${barCount * 7} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bars.map(({ all, warn, error }, index) => {
        const [errorTall, warnTall] = [tall(error), tall(warn)]
        const top = height - Math.max(tall(all), errorTall + warnTall)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place on the axis
          <g key={index} transform={`translate(${index * 7} 0)`}>
            <rect className={styles.barAll} y={top} width="5" height={height - top} />
            {warn > 0 && <rect className={styles.barWarn} y={top + errorTall} width="5" height={warnTall} />}
            {error > 0 && <rect className={styles.barError} y={top} width="5" height={errorTall} />}
          </g>
        )
      })}
    </svg>
  )
}

function Span({ span, left, right }: { span: ShellSpan; left: string; right: string }) {
  const live = span.to === undefined
  const words = `${span.userName} in ${span.containerName}${live ? ', live' : ''}`
  return (
    <div
      className={styles.span}
      style={{ left, width: `max(4px, calc(${right} - ${left}))` }}
      title={displayText(words)}
    >
      <span className={styles.who} data-inside={Number.parseFloat(left) < 22}>
        {live && <RecordingDot />}
        <Name text={words} />
      </span>
    </div>
  )
}

function AxisWords({
  from,
  to,
  live,
  place,
}: {
  from: number
  to: number
  live: boolean
  place: (at: number) => string
}) {
  const { moments, step } = axisMoments(from, to)
  const write = (at: number) =>
    step < 60_000
      ? new Date(at).toTimeString().slice(0, 8)
      : step >= 12 * 3_600_000
        ? formatMoment(at, to)
        : formatClock(at)
  return (
    <div className={styles.axisWords} aria-hidden="true">
      {moments
        .filter((at) => placeOf(at, from, to) > 0.02 && placeOf(at, from, to) < 0.93)
        .map((at) => (
          <span key={at} style={{ left: place(at) }}>
            {write(at)}
          </span>
        ))}
      <span className={styles.now}>{live ? 'Now' : write(to)}</span>
    </div>
  )
}
