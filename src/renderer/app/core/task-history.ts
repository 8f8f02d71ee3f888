import type { HistoryLine, PlacedEntry, TaskHistory } from '../../../contract/audit.ts'

/** A task's history as the page keeps it: all its lines, newest first, and the newest entries. */
export interface KeptHistory {
  /** From where the core is asked for news. */
  place: string
  lines: readonly HistoryLine[]
  newest: readonly PlacedEntry[]
}

/** What is known after an answer of the core; lines that did not change stay the same objects. */
export function followHistory(
  before: KeptHistory | undefined,
  { place, isWhole, lines, newest }: TaskHistory,
): KeptHistory {
  if (before === undefined || isWhole) return { place, lines, newest }
  if (lines.length === 0) return { ...before, place, newest }
  const bySeq = new Map([...before.lines, ...lines].map((line) => [line.seq, line]))
  const all = [...bySeq.values()].sort((left, right) => right.at - left.at || right.seq - left.seq)
  return { place, lines: all, newest }
}

export function isLive(line: HistoryLine): boolean {
  return line.kind === 'session' && line.endedAt === undefined
}
