import type { Marker } from './recording.ts'

/** Markers that fall on one pixel of the timeline: one mark to the eye. */
export interface Mark {
  /** Pixels from the left. */
  left: number
  /** One of the commands there failed. */
  failed: boolean
}

/**
 * @param failed when commands began that failed, in whole milliseconds
 * @returns at most one for each pixel, in order: a long session has ten thousand commands
 */
export function marksOn(
  markers: readonly Marker[],
  failed: ReadonlySet<number>,
  duration: number,
  width: number,
): Mark[] {
  const marks = new Map<number, Mark>()
  for (const { at } of markers) {
    const left = duration <= 0 ? 0 : Math.round((at / duration) * width)
    const mark = marks.get(left)
    const isFailed = failed.has(Math.round(at))
    if (mark === undefined) marks.set(left, { left, failed: isFailed })
    else mark.failed ||= isFailed
  }
  return [...marks.values()]
}
