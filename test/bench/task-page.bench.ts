import { createAuditService } from '../../src/core/audit/audit-client.ts'
import { type BenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { clickToDrawn } from './click-to-drawn.ts'
import {
  closeTab,
  containerOf,
  type HistoryOfYears,
  showTasks,
  startWithHistory,
  type Work,
  workOf,
} from './history-of-years.ts'
import { scrollFrames } from './scroll-frames.ts'
import { startHistory } from './seeded-history.ts'
import { median, quantile } from './statistics.ts'

const fullRounds = 20
const budgetMilliseconds = 100
/** Their commands are asked for at once. */
const summarisedSessions = 100

const page = 'section:has(> div > h2)'
/** The list fills a window of 900 pixels with nine rows; so does the one of a task with ten sessions. */
const parts = {
  rows: { selector: `${page} ol > li`, atLeast: 9 },
  chart: { selector: `${page} [aria-hidden] i[title]`, atLeast: 1 },
  commands: { selector: `${page} li button[title$="show in the replay"]`, atLeast: 9 },
}

/** From the click that opens the page of a task, or its tab, to the painted rows and chart of 1,000 sessions among 10,000. */
export const measureTaskPage: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  const rounds = scaled(context, fullRounds, 3)
  const summaryTimes: number[] = []
  const { app, history } = await startWithHistory(context, aws, async (dataFolder, { long }) => {
    summaryTimes.push(...(await timeSummaries(dataFolder, containerOf(long.taskId).taskArn, rounds)))
  })
  await using _app = app
  const first = await openBoth(app, history, rounds, () => app.window.reload())
  const again = await openBoth(app, history, rounds, async () => {})
  return [
    timesResult(`audit: commands of ${summarisedSessions} sessions in short, p95`, summaryTimes),
    ...results(history, 'first click in a window', first),
    ...results(history, 'click on the task', again),
    ...results(history, 'click on its tab', await switchTabs(app, history, rounds)),
    await scrollTask(app, history),
  ]
}

interface Opening {
  /** Milliseconds to the rows and the chart, and to the commands in the rows. */
  drawn: number
  commands: number
  work: Work
}

/** Of the task with a long history, and of the one with ten sessions at the same time. */
interface Openings {
  long: Opening[]
  short: Opening[]
}

function results({ long, short }: HistoryOfYears, how: string, openings: Openings): BenchResult[] {
  const drawn = (of: readonly Opening[]) => of.map((opening) => opening.drawn)
  const work = (of: readonly Opening[], part: keyof Work) => median(of.map((opening) => opening.work[part]))
  const name = `task page, ${long.sessions.toLocaleString('en')} sessions: ${how} to painted rows and chart, p95`
  return [
    { ...timesResult(name, drawn(openings.long)), budget: { atMost: budgetMilliseconds } },
    timesResult(
      '  the same, to the commands in the rows',
      openings.long.map(({ commands }) => commands),
    ),
    timesResult(`  the same with ${short.sessions} sessions, p95`, drawn(openings.short)),
    {
      name: `  ${long.sessions.toLocaleString('en')} sessions against ${short.sessions}, medians`,
      value: median(drawn(openings.long)) / median(drawn(openings.short)),
      unit: 'times',
    },
    {
      name: `  main thread of the page until all is drawn (with ${short.sessions}: ${work(openings.short, 'page').toFixed(0)} ms), median`,
      value: work(openings.long, 'page'),
      unit: 'ms',
    },
    {
      name: `  core and its audit thread (with ${short.sessions}: ${mean(openings.short).toFixed(0)} ms), mean`,
      value: mean(openings.long),
      unit: 'ms',
    },
  ]
}

/** The system counts in steps of ten milliseconds, which only a mean sees through. */
function mean(openings: readonly Opening[]): number {
  return openings.reduce((sum, { work }) => sum + work.core, 0) / openings.length
}

function timesResult(name: string, times: readonly number[]): BenchResult {
  return {
    name,
    value: quantile(times, 0.95),
    unit: 'ms',
    spread: { low: Math.min(...times), high: Math.max(...times) },
  }
}

/** Core's answer alone: what the rows drawn at first ask for, through the worker and back. */
async function timeSummaries(dataFolder: string, taskArn: string, rounds: number): Promise<number[]> {
  await using worker = startHistory(dataFolder)
  await using audit = createAuditService({ channel: worker.channel })
  const { lines } = await audit.history({ taskArn })
  const sessionIds = lines
    .flatMap((line) => (line.kind === 'session' ? [line.sessionId] : []))
    .slice(0, summarisedSessions)
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    await audit.commandSummaries(sessionIds)
    times.push(performance.now() - began)
  }
  return times
}

/** One after the other, so that what else the machine does is the same for both. */
async function openBoth(
  app: BenchApp,
  { long, short }: HistoryOfYears,
  rounds: number,
  before: () => Promise<unknown>,
): Promise<Openings> {
  const openings: Openings = { long: [], short: [] }
  const open = async (taskId: string) => {
    await before()
    const opening = await openTask(app, taskId)
    await closeTab(app.window)
    return opening
  }
  for (let round = 0; round < rounds; round += 1) {
    openings.long.push(await open(long.taskId))
    openings.short.push(await open(short.taskId))
  }
  return openings
}

async function switchTabs(app: BenchApp, { long, short }: HistoryOfYears, rounds: number): Promise<Openings> {
  const { window } = app
  const tab = (name: string | RegExp) => window.getByRole('tab', { name })
  const search = window.getByRole('textbox', { name: 'Search the audit history' })
  await openTask(app, long.taskId)
  await openTask(app, short.taskId)
  await window.keyboard.press('Alt+Shift+A')
  const openings: Openings = { long: [], short: [] }
  for (let round = 0; round < rounds; round += 1)
    for (const which of ['long', 'short'] as const) {
      await tab(/^Audit/).click()
      await search.waitFor()
      const task = which === 'long' ? long : short
      openings[which].push(await timeOpening(app, () => tab(task.taskId.slice(0, 8)).click()))
    }
  return openings
}

async function openTask(app: BenchApp, taskId: string): Promise<Opening> {
  await showTasks(app)
  const row = app.porthole.row(taskId.slice(0, 8))
  await row.hover()
  return timeOpening(app, () => row.getByRole('button', { name: 'Task page' }).click())
}

async function timeOpening(app: BenchApp, click: () => Promise<void>): Promise<Opening> {
  const [{ rows, chart, commands }, work] = await workOf(app, () => clickToDrawn(app.window, click, parts))
  return { drawn: Math.max(rows, chart), commands, work }
}

/** Through the entries, which are read as they come into sight. */
async function scrollTask(app: BenchApp, { long }: HistoryOfYears): Promise<BenchResult> {
  await app.window.getByRole('tab', { name: long.taskId.slice(0, 8) }).click()
  await app.window.locator(parts.commands.selector).first().waitFor()
  const name = `task page, ${long.sessions.toLocaleString('en')} sessions: scrolling`
  return scrollFrames(app.window, name, 'div:has(> aside):has(section[aria-label="History"])')
}
