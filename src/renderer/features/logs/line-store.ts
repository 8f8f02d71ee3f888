import { type LineLevel, levelOf } from '../../../contract/line-level.ts'
import type { LogLine } from '../../../contract/logs.ts'

export interface StoredLine extends LogLine {
  /** Stays the same thing over every change of the list. */
  readonly key: number
  readonly level: LineLevel
}

/** A page keeps so many lines, about 25 MB of usual ones. The oldest go first. */
export const mostLines = 50_000

/** The lines of a view in the order of time. Each change makes a new list, so that React sees it. */
export class LineStore {
  #lines: readonly StoredLine[] = []
  #nextKey = 1
  #dropped = 0

  get lines(): readonly StoredLine[] {
    return this.#lines
  }

  /** How many lines had to go to make room for newer ones. */
  get dropped(): number {
    return this.#dropped
  }

  get isFull(): boolean {
    return this.#lines.length >= mostLines
  }

  /** Lines that arrive in any order; most of them before or after all others. */
  add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return
    const added = lines.map((line) => ({ ...line, key: this.#nextKey++, level: levelOf(line.text) }))
    added.sort((left, right) => left.at - right.at)
    const all = mergeByTime(this.#lines, added)
    const surplus = Math.max(0, all.length - mostLines)
    this.#dropped += surplus
    this.#lines = surplus === 0 ? all : all.slice(surplus)
  }

  clear(): void {
    this.#lines = []
    this.#dropped = 0
  }
}

/** Both sorted; of one moment the first list's come first. */
export function mergeByTime<Item extends { at: number }, Other extends { at: number }>(
  first: readonly Item[],
  second: readonly Other[],
): (Item | Other)[] {
  const firstEnd = first.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  if (second.length === 0 || firstEnd <= (second[0]?.at ?? 0)) return [...first, ...second]
  const merged: (Item | Other)[] = []
  let index = 0
  for (const item of second) {
    for (let next = first[index]; next !== undefined && next.at <= item.at; next = first[index]) {
      merged.push(next)
      index += 1
    }
    merged.push(item)
  }
  return [...merged, ...first.slice(index)]
}
