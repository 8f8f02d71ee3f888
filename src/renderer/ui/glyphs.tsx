import type { Readiness } from '../../contract/catalog.ts'
import { classNames } from './class-names.ts'
import { displayText } from './display-text.ts'
import styles from './glyphs.module.css'

const readinessWords: Record<Readiness['level'], string> = {
  ready: 'Ready for exec',
  advice: 'Ready, with advice',
  blocked: 'Cannot connect',
  unknown: 'Not checked yet',
}

/** Whether a shell can be opened: disc, half disc, slashed or dotted ring. The shape says it before the colour. */
export function ReadinessGlyph({ readiness }: { readiness: Readiness }) {
  const words = readinessWords[readiness.level]
  const label = readiness.reason === undefined ? words : `${words}: ${displayText(readiness.reason)}`
  return (
    <svg className={classNames(styles.readiness, styles[readiness.level])} viewBox="0 0 12 12" role="img">
      <title>{label}</title>
      {readiness.level === 'ready' && <circle cx="6" cy="6" r="4.3" />}
      {readiness.level === 'advice' && (
        <>
          <circle cx="6" cy="6" r="4.1" />
          <path className={styles.filled} d="M6 2.2a3.8 3.8 0 0 0 0 7.6z" />
        </>
      )}
      {readiness.level === 'blocked' && (
        <>
          <circle cx="6" cy="6" r="4.2" />
          <path d="m3.2 8.8 5.6-5.6" />
        </>
      )}
      {readiness.level === 'unknown' && <circle cx="6" cy="6" r="4.2" />}
    </svg>
  )
}

/** Someone had a shell here since it started, so it may differ from its image. */
export function TouchedGlyph({ label = 'Touched: someone had a shell here' }: { label?: string }) {
  return (
    <svg className={styles.touched} viewBox="0 0 10 10" role="img">
      <title>{label}</title>
      <path d="M5 .6 9.4 5 5 9.4.6 5z" />
    </svg>
  )
}

/** Round and rose: something is being recorded. Red stays free for failure. */
export function RecordingDot({ on = true, label }: { on?: boolean; label?: string }) {
  return (
    <span
      className={classNames(styles.recording, !on && styles.recordingOff)}
      {...(label === undefined
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': label, title: label })}
    />
  )
}

/** Circumference of a circle of radius 6, the ring's own. */
const ringLength = 2 * Math.PI * 6

/** What is left of something as a ring; it turns amber when little is left. */
export function RemainingRing({ fraction, low }: { fraction: number; low: boolean }) {
  const left = Math.max(0, Math.min(1, fraction)) * ringLength
  return (
    <svg className={classNames(styles.ring, low && styles.ringLow)} viewBox="0 0 16 16" aria-hidden="true">
      <circle className={styles.ringBack} cx="8" cy="8" r="6" />
      <circle className={styles.ringFront} cx="8" cy="8" r="6" strokeDasharray={`${left} ${ringLength}`} />
    </svg>
  )
}

export function Spinner({ size = 16 }: { size?: number }) {
  return (
    <svg className={styles.spinner} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6" />
      <path d="M8 2a6 6 0 0 1 6 6" />
    </svg>
  )
}

/** The porthole: outer frame, inner ring, prompt. */
export function Logo({ size = 52 }: { size?: number }) {
  return (
    <svg className={styles.logo} width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      <circle className={styles.logoFrame} cx="24" cy="24" r="21" />
      <circle className={styles.logoRing} cx="24" cy="24" r="14.5" />
      <path d="m19.5 19 5 5-5 5M27 29.5h4" />
    </svg>
  )
}
