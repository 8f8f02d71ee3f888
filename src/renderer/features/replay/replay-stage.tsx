import '@xterm/xterm/css/xterm.css'
import { Button, IconButton } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { classNames } from '../../ui/class-names.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { MaximiseIcon, RestoreIcon } from '../../ui/icons.ts'
import { useTerminalPlace } from '../terminal/use-terminal-place.ts'
import { PlayerBar } from './player-bar.tsx'
import styles from './replay.module.css'
import type { Replay } from './replay.ts'
import { SearchBar } from './search-bar.tsx'
import { useReplay } from './use-replay.ts'

/** The film itself: search, screen and player, whatever stands around them. */
export function ReplayStage({
  replay,
  taskId,
  expectedOutput,
  inFront,
  full,
  onFull,
}: {
  replay: Replay
  /** In whose sessions to search on; absent for a recording that is nobody's here. */
  taskId: string | undefined
  /** Bytes of output to come, where they are known before they are read. */
  expectedOutput: number | undefined
  inFront: boolean
  full: boolean
  onFull: (full: boolean) => void
}) {
  return (
    <section className={styles.replay} aria-label="Replay">
      <div className={styles.tools}>
        <SearchBar replay={replay} taskId={taskId} inFront={inFront} />
        <ScreenTools replay={replay} full={full} onFull={onFull} />
      </div>
      <Progress replay={replay} expectedOutput={expectedOutput} />
      <Problems replay={replay} />
      <Screen replay={replay} />
      <PlayerBar replay={replay} />
    </section>
  )
}

function ScreenTools({
  replay,
  full,
  onFull,
}: {
  replay: Replay
  full: boolean
  onFull: (full: boolean) => void
}) {
  const cols = useReplay(replay, ({ size }) => size?.cols)
  const rows = useReplay(replay, ({ size }) => size?.rows)
  return (
    <div className={styles.screenTools}>
      {cols !== undefined && (
        <span className={styles.size} title="Columns and rows of the recorded terminal">
          {cols} by {rows}
        </span>
      )}
      <CopyButton label="Copy screen" text={() => replay.terminal.screenText()} />
      <IconButton label={full ? 'Show details' : 'Hide details'} pressed={full} onClick={() => onFull(!full)}>
        {full ? (
          <RestoreIcon size={14} stroke={1.75} aria-hidden />
        ) : (
          <MaximiseIcon size={14} stroke={1.75} aria-hidden />
        )}
      </IconButton>
    </div>
  )
}

/** The place of the screen on the page; the terminal itself belongs to the replay. */
function Screen({ replay }: { replay: Replay }) {
  const place = useTerminalPlace(replay.terminal)
  const catchingUp = useReplay(replay, (state) => state.catchingUp !== undefined)
  return (
    <div className={styles.screen}>
      <div className={classNames(styles.paper, catchingUp && styles.away)} ref={place} />
    </div>
  )
}

/** A line below the tools while the recording is read, or the screen is on a long way. */
function Progress({ replay, expectedOutput = 0 }: { replay: Replay; expectedOutput: number | undefined }) {
  const reading = useReplay(replay, (state) => state.reading)
  const read = useReplay(replay, ({ outputLength }) => outputLength)
  const catchingUp = useReplay(replay, (state) => state.catchingUp)
  const guess = expectedOutput > 0 ? Math.min(1, read / expectedOutput) : undefined
  const fraction = catchingUp ?? (reading.status === 'loading' ? (reading.fraction ?? guess) : undefined)
  const label = catchingUp === undefined ? 'Reading the recording' : 'Going there'
  return (
    <div className={styles.progress}>
      {fraction !== undefined && (
        <div
          role="progressbar"
          aria-label={label}
          aria-valuenow={Math.round(fraction * 100)}
          style={{ width: `${fraction * 100}%` }}
        />
      )}
    </div>
  )
}

function Problems({ replay }: { replay: Replay }) {
  const reading = useReplay(replay, (state) => state.reading)
  const unreadable = useReplay(replay, (state) => state.unreadableLines)
  const first = useReplay(replay, (state) => state.firstUnreadableLine)
  if (reading.status !== 'failed' && unreadable === 0) return null
  return (
    <div className={styles.problems}>
      {reading.status === 'failed' && (
        <ErrorCallout
          error={reading.error}
          action={reading.error.retryable && <Button onClick={() => replay.retry()}>Try again</Button>}
        />
      )}
      {unreadable > 0 && (
        <Callout
          tone="warn"
          title={
            unreadable === 1
              ? '1 line of this recording cannot be read'
              : `${unreadable} lines of this recording cannot be read`
          }
        >
          {unreadable === 1 ? 'It is' : 'The first is'} line {first}. What stood there is missing from the
          replay.
        </Callout>
      )}
    </div>
  )
}
