import type { Page } from '@playwright/test'
import { prompt } from '../e2e/pages/porthole.ts'
import type { BenchApp } from './bench-app.ts'
import type { MinimalApp } from './minimal-app.ts'
import type { MeasuredOutput, OutputMeasurement } from './terminal-probe.ts'

/** A page with a shell in front and the probe inside: the product or the minimal page. */
export type MeasuredTerminal = Pick<BenchApp | MinimalApp, 'window'> & {
  terminal: MinimalApp['terminal']
}

export function productTerminal({ window, porthole }: BenchApp): MeasuredTerminal {
  return { window, terminal: porthole.terminal }
}

/** What a key press makes the terminal draw. */
export async function outputAfter(
  { window: page }: Pick<MeasuredTerminal, 'window'>,
  key: string,
  measurement: OutputMeasurement,
): Promise<MeasuredOutput> {
  await page.evaluate((options) => window.terminalProbe.awaitOutput(options), measurement)
  await page.keyboard.press(key)
  return page.evaluate(() => window.terminalProbe.output())
}

/** Columns and rows of the shell's terminal, as the shell sees them. */
export async function terminalSize({ terminal }: MeasuredTerminal): Promise<{ cols: number; rows: number }> {
  await terminal.run('clear; stty size', /^\d+ \d+\n/)
  const [rows = 24, cols = 80] = ((await terminal.text()).split('\n')[0] ?? '').split(' ').map(Number)
  return { cols, rows }
}

/** Runs a command that prints nothing, and waits for its end. */
export async function runQuietly(
  { terminal }: MeasuredTerminal,
  command: string,
  limit: number,
): Promise<void> {
  await terminal.run(`clear; ${command}; echo do''ne`, /^done$/m, limit)
  await terminal.waitForText(prompt)
}

export function drawnBytes(page: Page): Promise<number> {
  return page.evaluate(() => window.terminalProbe.drawnBytes())
}
