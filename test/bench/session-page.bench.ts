import type { Page } from '@playwright/test'
import { type BenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { clickToDrawn, type Drawing } from './click-to-drawn.ts'
import { closeTab, manyCommands, showTasks, startWithHistory, type Work, workOf } from './history-of-years.ts'
import { scrollFrames } from './scroll-frames.ts'
import { manyCommandsSeconds } from './seeded-history.ts'
import { median, quantile } from './statistics.ts'

const fullRounds = 10
const commands = 'section[aria-label="Commands"]'

/** The first of its commands beside the screen, and the recording read to its end. */
const parts: Drawing<'rows' | 'whole'> = {
  rows: { selector: `${commands} [data-command]`, atLeast: 10 },
  whole: { selector: `[role=slider][aria-valuemax="${manyCommandsSeconds(manyCommands)}"]`, atLeast: 1 },
}

/** A session with 10,000 commands in one recording: opened, jumped in, and its commands scrolled. */
export const measureSessionPage: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  const rounds = scaled(context, fullRounds, 3)
  const { app, history } = await startWithHistory(context, aws)
  await using _app = app
  const openings: Opening[] = []
  for (let round = 0; round < rounds; round += 1) {
    openings.push(await openSession(app, history.short.taskId))
    if (round < rounds - 1) await closeTab(app.window)
  }
  const jumps: number[] = []
  for (let round = 0; round < rounds * 2; round += 1)
    jumps.push(await jump(app.window, Math.floor(((round * 7) % 20) * (manyCommands / 20))))
  const name = `session page, ${manyCommands.toLocaleString('en')} commands`
  return [
    times(
      `${name}: click to painted commands, p95`,
      openings.map(({ rows }) => rows),
    ),
    times(
      '  the same, until the recording is read to its end',
      openings.map(({ whole }) => whole),
    ),
    {
      name: '  main thread of the page until then, median',
      value: median(openings.map(({ work }) => work.page)),
      unit: 'ms',
    },
    times(`${name}: click on a command to its moment on the screen, p95`, jumps),
    await scrollFrames(app.window, `${name}: scrolling`, commandList),
  ]
}

const commandList = `${commands} > div:has([data-command]):not(:has(input))`

/** In a row names and commands lie over the button that opens the replay. */
const besideNames = { x: 10, y: 10 }

interface Opening {
  rows: number
  whole: number
  work: Work
}

/** In a window that knows nothing yet: what was read of a recording stays with the window. */
async function openSession(app: BenchApp, taskId: string): Promise<Opening> {
  const { window, porthole } = app
  await window.reload()
  await showTasks(app)
  const row = porthole.row(taskId.slice(0, 8))
  await row.hover()
  await row.getByRole('button', { name: 'Task page' }).click()
  // The newest session of that task is the long one.
  const session = window.getByRole('button', { name: /in nginx/ }).first()
  await session.waitFor()
  const [drawn, work] = await workOf(app, () =>
    clickToDrawn(window, () => session.click({ position: besideNames }), parts),
  )
  await closeTab(window)
  return { ...drawn, work }
}

/** To a command anywhere; the screen follows through all the output that lies between. */
async function jump(page: Page, index: number): Promise<number> {
  await page.locator(commandList).evaluate((list, fraction) => {
    list.scrollTop = list.scrollHeight * fraction
  }, index / manyCommands)
  const row = page.locator(`${commands} [data-command="${index}"]`)
  await row.waitFor()
  const there = `html:not(:has([role=progressbar])) [data-command="${index}"][aria-current]`
  const { current } = await clickToDrawn(page, () => row.click(), {
    current: { selector: there, atLeast: 1 },
  })
  return current
}

function times(name: string, values: readonly number[]): BenchResult {
  return {
    name,
    value: quantile(values, 0.95),
    unit: 'ms',
    spread: { low: Math.min(...values), high: Math.max(...values) },
  }
}
