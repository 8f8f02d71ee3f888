import type { SearchAnswer } from '../../../contract/search.ts'

export interface DayBar {
  /** Midnight of its first day. */
  at: number
  sessions: number
  matching: number
}

/** More bars than this are too thin to be seen; each then stands for several days. */
const mostBars = 45

/** One bar per day from the first to today, those without a session too. */
export function dayBars(days: SearchAnswer['days'], from: number | undefined, now: number): DayBar[] {
  const first = from ?? days[0]?.at
  if (first === undefined) return []
  const bars: DayBar[] = []
  for (const date = new Date(first); date.getTime() <= now; date.setDate(date.getDate() + 1))
    bars.push({ at: date.getTime(), sessions: 0, matching: 0 })
  const byDay = new Map(bars.map((bar) => [bar.at, bar]))
  for (const { at, sessions, matching } of days) {
    const bar = byDay.get(at)
    if (bar !== undefined) Object.assign(bar, { sessions, matching })
  }
  return grouped(bars, Math.ceil(bars.length / mostBars))
}

function grouped(bars: DayBar[], size: number): DayBar[] {
  if (size <= 1) return bars
  const groups: DayBar[] = []
  for (let start = 0; start < bars.length; start += size) {
    const part = bars.slice(start, start + size)
    groups.push({
      at: part[0]?.at ?? 0,
      sessions: part.reduce((sum, bar) => sum + bar.sessions, 0),
      matching: part.reduce((sum, bar) => sum + bar.matching, 0),
    })
  }
  return groups
}
