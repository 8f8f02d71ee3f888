import type { CastEvent } from './asciicast.ts'

/**
 * How much happened in each of `bars` equal stretches of a recording, from 0
 * (nothing) to 1 (the busiest). A screenful after each command and a flood of
 * megabytes both have to be seen, so heights go by the logarithm.
 */
export function activityBars(events: readonly CastEvent[], duration: number, bars: number): number[] {
  if (bars <= 0) return []
  const characters = new Array<number>(bars).fill(0)
  for (const event of events) {
    if (event.kind !== 'output') continue
    const bar = duration <= 0 ? 0 : Math.min(bars - 1, Math.floor((event.at / duration) * bars))
    characters[bar] = (characters[bar] ?? 0) + event.text.length
  }
  const logarithms = characters.map((count) => Math.log2(1 + count))
  const most = Math.max(...logarithms)
  return most === 0 ? logarithms : logarithms.map((value) => value / most)
}
