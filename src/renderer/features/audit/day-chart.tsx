import { formatDay } from '../../ui/time.ts'
import styles from './audit.module.css'
import type { DayBar } from './day-bars.ts'

/** What the search leaves of each day's sessions: blue is what fits, where something was searched at all. */
export function DayChart({ bars, narrowed }: { bars: readonly DayBar[]; narrowed: boolean }) {
  const most = Math.max(1, ...bars.map(({ sessions }) => sessions))
  if (bars.length === 0) return null
  const height = (count: number) => `${(count / most) * 100}%`
  return (
    <figure className={styles.chart} aria-label={chartLabel(bars, narrowed)}>
      <div className={styles.bars}>
        {bars.map((bar) => (
          <div key={bar.at} className={styles.bar} title={barTitle(bar, narrowed)}>
            <i className={styles.all} style={{ height: height(bar.sessions) }} />
            {narrowed && <i className={styles.matching} style={{ height: height(bar.matching) }} />}
          </div>
        ))}
      </div>
      <figcaption className={styles.axis} aria-hidden>
        {dayTicks(bars).map(({ at, place }) => (
          <span key={at} style={{ left: `${place * 100}%` }}>
            {formatDay(new Date(at))}
          </span>
        ))}
        <span className={styles.axisEnd}>Today</span>
      </figcaption>
    </figure>
  )
}

function barTitle({ at, sessions, matching }: DayBar, narrowed: boolean): string {
  const day = formatDay(new Date(at))
  if (narrowed) return `${day}: ${matching} of ${sessions}`
  return `${day}: ${sessions === 1 ? '1 session' : `${sessions} sessions`}`
}

function chartLabel(bars: readonly DayBar[], narrowed: boolean): string {
  const busiest = bars.reduce((most, bar) => (bar.sessions > most.sessions ? bar : most))
  const total = bars.reduce((sum, { sessions }) => sum + sessions, 0)
  const fits = bars.reduce((sum, { matching }) => sum + matching, 0)
  const most = total === 0 ? '' : `, most on ${formatDay(new Date(busiest.at))}`
  return `Sessions per day: ${narrowed ? `${fits} of ${total}` : total}${most}`
}

/** Four days are named before today; fewer where there are few. */
const mostTicks = 4

/** Days that are written below their bars, as parts of the width. The last bar is today's. */
export function dayTicks(bars: readonly DayBar[]): { at: number; place: number }[] {
  const step = Math.max(1, Math.ceil(bars.length / mostTicks))
  return bars
    .map(({ at }, index) => ({ at, index }))
    .filter(({ index }) => index % step === 0 && bars.length - index > step / 2)
    .map(({ at, index }) => ({ at, place: index / bars.length }))
}
