import type { Browser } from '@playwright/test'

/** One measured figure. */
export interface BenchResult {
  name: string
  value: number
  unit: string
  /** Smallest and largest value over the rounds; absent for what was measured once. */
  spread?: { low: number; high: number }
  /** Absent for figures that only explain others. */
  budget?: Budget
}

export type Budget = { atMost: number } | { atLeast: number }

export interface BenchContext {
  /** A Chromium of its own, so that one page never takes another's processor time unseen. Disposed by whoever asked. */
  launchChromium(): Promise<Browser>
  /** From above 0 to 1: the part of the full rounds and sizes to run. Below 1 figures are a smoke test. */
  scale: number
  say(line: string): void
}

/** Measures and gives its figures; throws when what it drives does not work. */
export type Benchmark = (context: BenchContext) => Promise<BenchResult[]>

export function meetsBudget({ value, budget }: BenchResult): boolean | undefined {
  if (budget === undefined) return undefined
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast
}

/** `full` at full scale, fewer below, never less than `least`. */
export function scaled(context: BenchContext, full: number, least: number): number {
  return Math.max(least, Math.round(full * context.scale))
}
