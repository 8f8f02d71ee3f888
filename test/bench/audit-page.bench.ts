import type { Page } from '@playwright/test'
import { type BenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { clickToDrawn } from './click-to-drawn.ts'
import { closeTab, showTasks, startWithHistory, type Work, workOf } from './history-of-years.ts'
import { scrollFrames } from './scroll-frames.ts'
import { median, quantile } from './statistics.ts'

const fullRounds = 10
/** The session's own page has the same: what is opened is there before anybody wonders. */
const budgetMilliseconds = 100

/** More groups than a window of 900 pixels shows, and the filters with their counts. */
const parts = {
  found: { selector: 'main section > div > button:has(b)', atLeast: 12 },
  filters: { selector: 'aside input[type=checkbox], aside [aria-pressed]', atLeast: 3 },
}

/** From the key that opens the search over 10,000 sessions to its painted list and filters, and scrolling in it. */
export const measureAuditPage: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  const rounds = scaled(context, fullRounds, 3)
  const { app, history } = await startWithHistory(context, aws)
  await using _app = app
  const first = await openAudit(app, rounds, () => app.window.reload())
  const again = await openAudit(app, rounds, async () => {})
  await open(app)
  const name = `audit page, ${history.sessions.toLocaleString('en')} sessions`
  return [
    ...results(`${name}: first time in a window to painted list and filters, p95`, first),
    ...results(`${name}: again, p95`, again),
    await scrollFrames(app.window, `${name}: scrolling`, 'main'),
  ]
}

interface Opening {
  drawn: number
  work: Work
}

async function openAudit(app: BenchApp, rounds: number, before: () => Promise<unknown>): Promise<Opening[]> {
  const openings: Opening[] = []
  for (let round = 0; round < rounds; round += 1) {
    await before()
    await showTasks(app)
    openings.push(await open(app))
    await closeTab(app.window)
  }
  return openings
}

async function open({ window, ...app }: BenchApp): Promise<Opening> {
  const press = (page: Page) => page.keyboard.press('Alt+Shift+A')
  const [drawn, work] = await workOf({ window, ...app }, () =>
    clickToDrawn(window, () => press(window), parts, 'keydown'),
  )
  return { drawn: Math.max(drawn.found, drawn.filters), work }
}

function results(name: string, openings: readonly Opening[]): BenchResult[] {
  const times = openings.map(({ drawn }) => drawn)
  return [
    {
      name,
      value: quantile(times, 0.95),
      unit: 'ms',
      spread: { low: Math.min(...times), high: Math.max(...times) },
      budget: { atMost: budgetMilliseconds },
    },
    {
      name: '  main thread of the page until all is drawn, median',
      value: median(openings.map(({ work }) => work.page)),
      unit: 'ms',
    },
  ]
}
