import { useRef } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { Segments } from '../../ui/field.tsx'
import { RecordingDot } from '../../ui/glyphs.tsx'
import { BackFiveIcon, ForwardFiveIcon, NextIcon, PauseIcon, PlayIcon, PreviousIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { RedactedText } from '../../ui/redacted-text.tsx'
import { Switch } from '../../ui/switch.tsx'
import { formatDuration } from '../../ui/time.ts'
import { entryAt } from './commands.ts'
import { speeds } from './player.ts'
import styles from './replay.module.css'
import type { Replay } from './replay.ts'
import { replayAttribute } from './replay-commands.ts'
import { formatPosition } from './time-text.ts'
import { Timeline } from './timeline.tsx'
import { useReplay } from './use-replay.ts'

export function PlayerBar({ replay }: { replay: Replay }) {
  const bar = useRef<HTMLDivElement>(null)
  // After a click the keys are the replay's again; who came with Tab stays where they are.
  const giveKeysBack = (event: React.MouseEvent) => {
    if (event.detail === 0) return
    requestAnimationFrame(() => bar.current?.closest<HTMLElement>(`[${replayAttribute}]`)?.focus())
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the controls in it act; this only moves the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys keep the focus where it is
    <div ref={bar} className={styles.player} onClick={giveKeysBack}>
      <Timeline replay={replay} />
      <div className={styles.controls}>
        <Transport replay={replay} />
        <Position replay={replay} />
        <Chapter replay={replay} />
        <NowCommand replay={replay} />
        <SkipIdle replay={replay} />
        <SpeedChoice replay={replay} />
      </div>
    </div>
  )
}

function Transport({ replay }: { replay: Replay }) {
  const playing = useReplay(replay, (state) => state.playing)
  const hasMarkers = useReplay(replay, (state) => state.hasMarkers)
  const stop = useReplay(replay, ({ commands }) => (commands.length > 0 ? 'command' : 'marker'))
  return (
    <>
      {hasMarkers ? (
        <IconButton label={`Previous ${stop}`} onClick={() => replay.previousMarker()}>
          <PreviousIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      ) : (
        <IconButton label="Back 5 s" onClick={() => replay.stepBack()}>
          <BackFiveIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      )}
      <IconButton
        className={styles.play}
        label={playing ? 'Pause' : 'Play'}
        onClick={() => replay.togglePlay()}
      >
        {playing ? (
          <PauseIcon size={15} stroke={2.2} aria-hidden />
        ) : (
          <PlayIcon size={15} stroke={2.2} aria-hidden />
        )}
      </IconButton>
      {hasMarkers ? (
        <IconButton label={`Next ${stop}`} onClick={() => replay.nextMarker()}>
          <NextIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      ) : (
        <IconButton label="Forward 5 s" onClick={() => replay.stepForward()}>
          <ForwardFiveIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
      )}
    </>
  )
}

function Position({ replay }: { replay: Replay }) {
  const position = useReplay(replay, (state) => formatPosition(state.position))
  const duration = useReplay(replay, (state) => formatPosition(state.duration))
  const reading = useReplay(replay, (state) => state.reading.status)
  const following = useReplay(replay, (state) => state.following)
  return (
    <>
      <span className={styles.time}>
        <b>{position}</b> {!following && <span>/ {duration}</span>}
      </span>
      {reading === 'live' && (
        <button
          type="button"
          className={styles.live}
          aria-pressed={following}
          title={following ? 'Shows what happens now' : 'Go to what happens now'}
          onClick={() => replay.seekToEnd()}
        >
          <RecordingDot on={following} />
          Live
        </button>
      )}
    </>
  )
}

/** The command whose output is on the screen, in the room that is left. */
function NowCommand({ replay }: { replay: Replay }) {
  const text = useReplay(replay, ({ commands, position }) => {
    const entry = commands[entryAt(commands, position)]
    return entry?.kind === 'command' ? entry.text : undefined
  })
  return (
    <span className={styles.grow}>
      {text !== undefined && (
        <span className={styles.now} title={displayText(text)}>
          <RedactedText text={text.replaceAll('\n', ' ⏎ ')} />
        </span>
      )}
    </span>
  )
}

/** The marker that was passed last, where no list beside the replay tells what happens. */
function Chapter({ replay }: { replay: Replay }) {
  const label = useReplay(replay, ({ commands, hasMarkers, position }) =>
    hasMarkers && commands.length === 0
      ? replay.recording?.markers.findLast(({ at }) => at <= position)?.label
      : undefined,
  )
  if (label === undefined || label === '') return null
  return <Name className={styles.chapter} text={label} />
}

function SkipIdle({ replay }: { replay: Replay }) {
  const skipIdle = useReplay(replay, (state) => state.skipIdle)
  // In whole seconds: a live recording must not make this flicker.
  const saved = useReplay(replay, (state) => Math.floor(state.saved / 1000) * 1000)
  return (
    <Switch checked={skipIdle} onChange={(checked) => replay.setSkipIdle(checked)}>
      Skip idle{' '}
      <span className={classNames(styles.saved, 'wide-only')}>
        {saved < 1000 ? 'no pauses' : `saves ${formatDuration(saved)}`}
      </span>
    </Switch>
  )
}

const speedChoices = speeds.map((speed) => ({ value: `${speed}` as const, label: `${speed}×` }))

function SpeedChoice({ replay }: { replay: Replay }) {
  const speed = useReplay(replay, (state) => state.speed)
  return (
    <Segments
      label="Speed"
      value={`${speed}` as const}
      choices={speedChoices}
      onChange={(value) => {
        const chosen = speeds.find((each) => `${each}` === value)
        if (chosen !== undefined) replay.setSpeed(chosen)
      }}
    />
  )
}
