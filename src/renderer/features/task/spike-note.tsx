import { Button, IconButton } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { RefreshIcon } from '../../ui/icons.ts'
import styles from './log-lane.module.css'
import type { KnownSpikes } from './spike-feed.ts'
import { readWords, unreadContainers, unreadWords } from './spike-words.ts'
import type { LogSpikesOfPage } from './use-log-spikes.ts'

/** What of the logs was read for the chart, what was not and why, and how to go on. */
export function SpikeNote({
  spikes: { state, lookFurther },
  onLookAgain,
  now,
}: {
  spikes: LogSpikesOfPage
  onLookAgain: () => void
  now: number
}) {
  const { known, reading, error } = state
  if (known === undefined && !reading && error === undefined) return null
  return (
    <div className={styles.note} role="status">
      {known === undefined && reading && <span>Reading error lines</span>}
      {known !== undefined && <span>{readWords(known, reading, now)}</span>}
      {!reading && known?.found.state === 'exhausted' && (
        <Button variant="link" onClick={lookFurther}>
          Read on
        </Button>
      )}
      {known !== undefined && <Unread known={known} />}
      {error !== undefined && (
        <span className={styles.problem} title={displayText(error.action ?? '')}>
          {displayText(error.message)}
        </span>
      )}
      {!reading && (
        <IconButton label="Look for log spikes again" onClick={onLookAgain}>
          <RefreshIcon size={14} stroke={1.75} aria-hidden />
        </IconButton>
      )}
    </div>
  )
}

function Unread({ known }: { known: KnownSpikes }) {
  return unreadContainers(known).map((unread) => (
    <span
      key={unread.problem.message}
      // Logs that go elsewhere are as somebody wanted them.
      className={unread.problem.code === 'LOGS_ELSEWHERE' ? undefined : styles.problem}
      title={displayText(unread.problem.action ?? '')}
    >
      {displayText(unreadWords(unread))}
    </span>
  ))
}
