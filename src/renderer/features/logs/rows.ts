import { useMemo } from 'react'
import type { LogRange } from '../../../contract/logs.ts'
import { mergeByTime, type StoredLine } from './line-store.ts'
import type { FeedState } from './log-feed.ts'
import { countMatches, isShownLevel, searchExpression } from './log-filter.ts'
import { isContainerShown, type ViewOptions } from './options.ts'
import type { ShellMark } from './shell-marks.ts'

export type LogRow = StoredLine | ShellMark

export interface ShownRows {
  /** Lines and marks in the order of time. */
  readonly rows: readonly LogRow[]
  /** Of the chosen containers, whatever their level: what the histogram counts. */
  readonly lines: readonly StoredLine[]
  readonly expression: RegExp | undefined
  /** The text is no regular expression. */
  readonly badExpression: boolean
  /** How often the search was found. */
  readonly matches: number
  /** Positions in `rows` of lines in which it was found. */
  readonly matchRows: readonly number[]
  readonly errors: number
}

export function isMark(row: LogRow): row is ShellMark {
  return 'kind' in row
}

/** What of the lines is shown, with what was done between them. */
export function useRows(
  { lines, sources }: FeedState,
  marks: readonly ShellMark[],
  options: ViewOptions,
  range: LogRange,
): ShownRows {
  return useMemo(
    () =>
      chooseRows(
        lines,
        sources.map(({ container }) => container),
        marks,
        options,
        range,
      ),
    [lines, sources, marks, options, range],
  )
}

export function chooseRows(
  lines: readonly StoredLine[],
  containers: readonly string[],
  marks: readonly ShellMark[],
  options: ViewOptions,
  { from, to = Number.POSITIVE_INFINITY }: LogRange,
): ShownRows {
  const expression = searchExpression(options.search)
  const ofContainers = lines.filter(({ source }) => isContainerShown(options, containers[source] ?? ''))
  const counts = new Map<number, number>()
  if (expression !== undefined)
    for (const line of ofContainers) {
      const count = countMatches(line, expression)
      if (count > 0) counts.set(line.key, count)
    }
  const onlyMatches = options.onlyMatches && expression !== undefined
  const shown = ofContainers.filter(
    (line) => isShownLevel(line, options.level) && (!onlyMatches || counts.has(line.key)),
  )
  const shownMarks = options.shells ? marks.filter(({ at }) => at >= from && at < to) : []
  // Of one moment the command comes first: it is what caused the line.
  const rows = mergeByTime<ShellMark, StoredLine>(shownMarks, shown)
  const matchRows: number[] = []
  rows.forEach((row, index) => {
    if (!isMark(row) && counts.has(row.key)) matchRows.push(index)
  })
  return {
    rows,
    lines: ofContainers,
    expression,
    badExpression: options.search.text !== '' && options.search.isExpression && expression === undefined,
    matches: shown.reduce((sum, { key }) => sum + (counts.get(key) ?? 0), 0),
    matchRows,
    errors: ofContainers.reduce((sum, { level }) => sum + (level === 'error' ? 1 : 0), 0),
  }
}
