/** A stretch in which nothing happens: replay plays up to `from` and goes on at `to`. Milliseconds. */
export interface IdleSkip {
  readonly from: number
  readonly to: number
}

/**
 * The most that a pause takes when idle time is skipped: long enough to see
 * that somebody stopped to think, short enough not to wait with them.
 */
export const longestPause = 2000

/** What is skipped between two moments at which something happened. */
export function skipBetween(
  before: number,
  after: number,
  limit: number = longestPause,
): IdleSkip | undefined {
  return after - before > limit ? { from: before + limit, to: after } : undefined
}

/**
 * The position after playing `by` milliseconds from `position`. A position
 * inside a skipped stretch goes to its end at once.
 * @param skips in order, without overlap
 */
export function advance(position: number, by: number, skips: readonly IdleSkip[]): number {
  let at = position
  let left = by
  for (let index = firstEndingAfter(skips, at); index < skips.length; index += 1) {
    const skip = skips[index]
    if (skip === undefined || at + left <= skip.from) break
    left -= Math.max(0, skip.from - at)
    at = skip.to
  }
  return at + left
}

function firstEndingAfter(skips: readonly IdleSkip[], position: number): number {
  let low = 0
  let high = skips.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((skips[middle]?.to ?? 0) > position) high = middle
    else low = middle + 1
  }
  return low
}
