import type { StoredLine } from './line-store.ts'
import type { ShellMark } from './shell-marks.ts'

/** Bars of the histogram: as many as a wide window draws apart from each other. */
export const barCount = 150

export interface Bar {
  readonly all: number
  readonly warn: number
  readonly error: number
}

/** How many lines each part of the range has, and how serious they are. */
export function barsOf(lines: readonly StoredLine[], from: number, to: number): Bar[] {
  const bars = Array.from({ length: barCount }, () => ({ all: 0, warn: 0, error: 0 }))
  const span = Math.max(1, to - from)
  for (const { at, level } of lines) {
    const bar = bars[Math.floor(((at - from) * barCount) / span)]
    if (bar === undefined) continue
    bar.all += 1
    if (level === 'warn') bar.warn += 1
    else if (level === 'error') bar.error += 1
  }
  return bars
}

/** Marks nearer to each other than this part of the axis are one tick: a tick is two pixels wide. */
const tickPlaces = 400

/** What is drawn of many marks. Of those in one place a failed one, else the first. */
export function ticksOf(marks: readonly ShellMark[], from: number, to: number): ShellMark[] {
  const ticks = new Map<number, ShellMark>()
  for (const mark of marks) {
    const place = Math.floor(((mark.at - from) * tickPlaces) / Math.max(1, to - from))
    const drawn = ticks.get(place)
    if (drawn === undefined || (mark.failed === true && drawn.failed !== true)) ticks.set(place, mark)
  }
  return [...ticks.values()]
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const steps = [
  second,
  5 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
]
const mostLabels = 8

/** Round moments to write under the axis, in the person's own time zone. */
export function axisMoments(from: number, to: number): { moments: number[]; step: number } {
  const step = steps.find((each) => (to - from) / each <= mostLabels) ?? 24 * hour
  const offset = new Date(from).getTimezoneOffset() * minute
  const moments: number[] = []
  for (let at = Math.ceil((from - offset) / step) * step + offset; at < to; at += step) moments.push(at)
  return { moments, step }
}

/** Place of a moment on the axis, 0 to 1. */
export function placeOf(at: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from)))
}
