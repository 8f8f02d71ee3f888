import { memo, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { classNames } from '../../ui/class-names.ts'
import { activityBars } from './activity.ts'
import { isFailed } from './commands.ts'
import { marksOn } from './marks.ts'
import type { OutputHit } from './output-search.ts'
import type { Replay } from './replay.ts'
import { formatPosition } from './time-text.ts'
import styles from './timeline.module.css'
import { useReplay } from './use-replay.ts'

/** One bar and its gap, in pixels. */
const barPitch = 4

/** A live recording redraws its bars when it has grown by this part, not with every letter. */
const growthWorthDrawing = 1.01

/** The whole recording at a glance: where something happened, what was found, and where one is. */
export function Timeline({ replay }: { replay: Replay }) {
  const place = useRef<HTMLDivElement>(null)
  const width = useWidth(place)
  const duration = useReplay(replay, (state) => state.duration)
  const hits = useReplay(replay, (state) => state.hits)
  const [pointedAt, setPointedAt] = useState<number>()
  const dragging = useRef(false)

  const timeUnder = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return box.width === 0
      ? 0
      : (Math.min(box.width, Math.max(0, event.clientX - box.left)) / box.width) * duration
  }
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    dragging.current = true
    event.currentTarget.setPointerCapture(event.pointerId)
    replay.seek(timeUnder(event))
  }
  const move = (event: PointerEvent) => {
    const time = timeUnder(event)
    setPointedAt(time)
    if (dragging.current) replay.seek(time)
  }
  const up = () => {
    dragging.current = false
  }

  return (
    <Slider replay={replay} duration={duration}>
      <div
        ref={place}
        className={styles.scrub}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onPointerLeave={() => setPointedAt(undefined)}
      >
        <Activity replay={replay} width={width} />
        <Hits hits={hits} duration={duration} width={width} />
        <div className={styles.track} />
        <Markers replay={replay} duration={duration} width={width} />
        <Gaps replay={replay} duration={duration} />
        <Head replay={replay} duration={duration} />
        {pointedAt !== undefined && duration > 0 && (
          <span className={styles.pointed} style={{ left: percent(pointedAt, duration) }}>
            {formatPosition(pointedAt)}
          </span>
        )}
      </div>
    </Slider>
  )
}

/** What a screen reader is told; the keys are commands of the replay. */
function Slider({
  replay,
  duration,
  children,
}: {
  replay: Replay
  duration: number
  children: React.ReactNode
}) {
  const second = useReplay(replay, ({ position }) => Math.floor(position / 1000))
  return (
    <div
      className={styles.slider}
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={Math.floor(duration / 1000)}
      aria-valuenow={second}
      aria-valuetext={`${formatPosition(second * 1000)} of ${formatPosition(duration)}`}
    >
      {children}
    </div>
  )
}

const Activity = memo(function Activity({ replay, width }: { replay: Replay; width: number }) {
  const complete = useReplay(replay, ({ reading }) => reading.status !== 'loading')
  // Rounded, so that it changes when there is something to see.
  const step = useReplay(replay, ({ duration }) => growthStep(duration))
  const outputStep = useReplay(replay, ({ outputLength }) => growthStep(outputLength))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the recording grows in place; the steps say when
  const bars = useMemo(
    () =>
      activityBars(
        replay.recording?.events ?? [],
        replay.recording?.duration ?? 0,
        Math.floor(width / barPitch),
      ),
    [replay, width, step, outputStep, complete],
  )
  return (
    <svg className={styles.activity} width={width} height={activityHeight} aria-hidden="true">
      {bars.map((height, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={index}
          className={height === 0 ? styles.quiet : undefined}
          x={index * barPitch}
          y={activityHeight - barHeight(height)}
          width={2.6}
          height={barHeight(height)}
          rx={0.8}
        />
      ))}
    </svg>
  )
})

const activityHeight = 26

function barHeight(activity: number): number {
  return activity === 0 ? 1.5 : 3 + activity * 16
}

function growthStep(value: number): number {
  return value <= 0 ? 0 : Math.floor(Math.log(value) / Math.log(growthWorthDrawing))
}

/** Marks of what was found; hits that would fall on one pixel are one mark. */
const Hits = memo(function Hits({
  hits,
  duration,
  width,
}: {
  hits: readonly OutputHit[]
  duration: number
  width: number
}) {
  const places = useMemo(
    () => [...new Set(hits.map(({ at }) => Math.round((at / Math.max(1, duration)) * width)))],
    [hits, duration, width],
  )
  return (
    <div className={styles.hits}>
      {places.map((left) => (
        <i key={left} style={{ left }} />
      ))}
    </div>
  )
})

function Markers({ replay, duration, width }: { replay: Replay; duration: number; width: number }) {
  const has = useReplay(replay, (state) => state.hasMarkers)
  const commands = useReplay(replay, (state) => state.commands)
  const marks = useMemo(() => {
    const failed = new Set(commands.filter(isFailed).map(({ startedAt }) => startedAt))
    return marksOn(replay.recording?.markers ?? [], failed, duration, width)
  }, [replay, commands, duration, width])
  if (!has) return null
  return (
    <div className={styles.marks}>
      {marks.map(({ left, failed }) => (
        <i key={left} className={failed ? styles.failed : undefined} style={{ left }} />
      ))}
    </div>
  )
}

/** Where the recording was paused: nothing of that time is in it. */
function Gaps({ replay, duration }: { replay: Replay; duration: number }) {
  const commands = useReplay(replay, (state) => state.commands)
  return commands.map((entry) => {
    if (entry.kind !== 'gap') return null
    const { startedAt, endedAt = duration } = entry
    return (
      <div
        key={startedAt}
        className={styles.gap}
        style={{ left: percent(startedAt, duration), width: percent(endedAt - startedAt, duration) }}
      />
    )
  })
}

/** What has been played and where one is: the only parts that move. */
function Head({ replay, duration }: { replay: Replay; duration: number }) {
  const position = useReplay(replay, (state) => state.position)
  const catchingUp = useReplay(replay, (state) => state.catchingUp !== undefined)
  const left = percent(position, duration)
  return (
    <>
      <div className={styles.done} style={{ width: left }} />
      <div className={classNames(styles.head, catchingUp && styles.waiting)} style={{ left }} />
    </>
  )
}

function percent(part: number, whole: number): string {
  return `${whole <= 0 ? 0 : (part / whole) * 100}%`
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const target = element.current
    if (target === null) return
    const observer = new ResizeObserver(() => setWidth(target.clientWidth))
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return width
}
