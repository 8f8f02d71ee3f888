import { type BenchResult, meetsBudget } from './bench-result.ts'

const headings = ['what', 'measured', 'budget', 'verdict', 'spread']

/** One line per figure, in columns. */
export function resultsTable(results: readonly BenchResult[]): string {
  const rows = [headings, ...results.map(cells)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cells(result: BenchResult): string[] {
  const { name, value, unit, spread } = result
  return [
    name,
    `${format(value)} ${unit}`.trim(),
    budgetText(result),
    verdictText(result),
    spread === undefined ? '' : `${format(spread.low)} to ${format(spread.high)}`,
  ]
}

function budgetText({ budget, unit }: BenchResult): string {
  if (budget === undefined) return ''
  const limit = 'atMost' in budget ? `at most ${format(budget.atMost)}` : `at least ${format(budget.atLeast)}`
  return `${limit} ${unit}`.trim()
}

function verdictText(result: BenchResult): string {
  const met = meetsBudget(result)
  return met === undefined ? '' : met ? 'met' : 'MISSED'
}

/** Three digits say all that a busy machine can tell. */
function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
