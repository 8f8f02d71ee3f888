import type { BenchResult } from './bench-result.ts'

/** @throws {RangeError} without values */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  const position = (sorted.length - 1) * fraction
  const low = sorted[Math.floor(position)]
  const high = sorted[Math.ceil(position)]
  if (low === undefined || high === undefined) throw new RangeError('No values to take a quantile of')
  return low + (high - low) * (position - Math.floor(position))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The median over rounds, with its spread. */
export function overRounds(
  values: readonly number[],
  rest: Omit<BenchResult, 'value' | 'spread'>,
): BenchResult {
  return { ...rest, value: median(values), spread: { low: Math.min(...values), high: Math.max(...values) } }
}
