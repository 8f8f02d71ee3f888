import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import chartStyles from './audit.module.css'
import type { ChartTime } from './chart-time.ts'
import styles from './log-lane.module.css'
import { layoutSpikes, type SpikeLayout } from './spike-layout.ts'
import { spikeTitle } from './spike-words.ts'
import type { LogSpikesOfPage } from './use-log-spikes.ts'

/** Error lines over time, once somebody asked for them. */
export function LogLane({
  spikes: { state, look, openLogs },
  time,
  now,
}: {
  spikes: LogSpikesOfPage
  time: ChartTime
  now: number
}) {
  const { known, reading, error } = state
  const offered = known === undefined && !reading && error === undefined
  return (
    <div className={classNames(chartStyles.lane, styles.lane)}>
      <span className={chartStyles.laneName} aria-hidden="true">
        Logs
      </span>
      <div className={styles.plot}>
        {offered && (
          <button type="button" className={styles.show} onClick={() => look(time)}>
            Show log spikes
          </button>
        )}
        {known !== undefined && <Bars layout={layoutSpikes(known, time)} openLogs={openLogs} now={now} />}
      </div>
    </div>
  )
}

/** A picture of the rows that spikes have in the list below. */
function Bars({
  layout,
  openLogs,
  now,
}: {
  layout: SpikeLayout
  openLogs: (at: number) => void
  now: number
}) {
  return (
    <div aria-hidden="true">
      {layout.unread > 0 && (
        <i className={styles.unread} style={{ width: percent(layout.unread) }} title="Not read" />
      )}
      {layout.bars.map(({ key, left, width, tall, spiking }) => (
        <i
          key={key}
          className={classNames(styles.bar, spiking && styles.spiking)}
          style={{
            left: percent(left),
            width: `max(2px, calc(${percent(width)} - 1px))`,
            height: `max(2px, ${percent(tall * barPart)})`,
          }}
        />
      ))}
      {layout.marks.map(({ key, left, named }) => (
        <button
          key={key}
          type="button"
          // The row in the list is what the keyboard has.
          tabIndex={-1}
          className={styles.mark}
          style={{ left: percent(left) }}
          title={displayText(spikeTitle(named, now))}
          onClick={() => openLogs(named.spike.peak)}
        />
      ))}
    </div>
  )
}

/** Of the lane's height; the rest is for the marks. */
const barPart = 0.62

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)}%`
}
