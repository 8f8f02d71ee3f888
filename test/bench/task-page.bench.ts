import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { ContainerRef } from '../../src/contract/session.ts'
import { createAuditService } from '../../src/core/audit/audit-client.ts'
import { type BenchApp, startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { clickToDrawn } from './click-to-drawn.ts'
import { seedHistory, startHistory } from './seeded-history.ts'
import { quantile } from './statistics.ts'

const fullSessions = 10_000
/** Of the task whose page is drawn: every tenth session was there. */
const everyNth = 10
const otherTasks = 500
const fullRounds = 20
const budgetMilliseconds = 100

/** As many as the list draws at first. */
const rowsAtFirst = 100
const history = 'section:has(> div > h2)'
const parts = {
  rows: { selector: `${history} ol > li`, atLeast: rowsAtFirst },
  chart: { selector: `${history} [aria-hidden] i[title]`, atLeast: 1 },
  commands: { selector: `${history} li button[title$="show in the replay"]`, atLeast: rowsAtFirst },
}

/** From the click that opens the page of a task, or its tab, to the painted rows and chart of 1,000 sessions among 10,000. */
export const measureTaskPage: Benchmark = async (context) => {
  const sessions = scaled(context, fullSessions, everyNth * rowsAtFirst)
  await using aws = await startLocalAws()
  const { task } = aws.ready.sample
  const rounds = scaled(context, fullRounds, 3)
  const summaryTimes: number[] = []
  await using app = await startBenchApp(context, {
    aws,
    prepareData: async (dataFolder) => {
      await writeHistory(dataFolder, sessions, task)
      summaryTimes.push(...(await timeSummaries(dataFolder, containerOf(task).taskArn, rounds)))
    },
  })
  await app.porthole.signIn()
  const title = (how: string) =>
    `task page, ${(sessions / everyNth).toLocaleString('en')} sessions: ${how} to painted rows and chart, p95`
  return [
    timesResult(`audit: commands of ${rowsAtFirst} sessions in short, p95`, summaryTimes),
    ...resultsOf(title('first click in a window'), await openInFreshWindow(app, task, rounds)),
    ...resultsOf(title('click on the task'), await openAgain(app, task, rounds)),
    ...resultsOf(title('click on its tab'), await switchTabs(app, task, rounds)),
  ]
}

type Times = Awaited<ReturnType<typeof clickToDrawn<keyof typeof parts>>>

function resultsOf(name: string, times: readonly Times[]): BenchResult[] {
  const drawn = times.map(({ rows, chart }) => Math.max(rows, chart))
  const complete = times.map(({ commands }) => commands)
  return [
    { ...timesResult(name, drawn), budget: { atMost: budgetMilliseconds } },
    timesResult('  the same, to the commands in the rows', complete),
  ]
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
  const entries = await audit.entries(taskArn)
  const sessionIds = entries
    .filter((entry) => entry.kind === 'session')
    .slice(0, rowsAtFirst)
    .map(({ sessionId }) => sessionId)
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    await audit.commandSummaries(sessionIds)
    times.push(performance.now() - began)
  }
  return times
}

/** Nothing is known yet: everything is asked of the core. */
async function openInFreshWindow(app: BenchApp, task: string, rounds: number): Promise<Times[]> {
  const times: Times[] = []
  for (let round = 0; round < rounds; round += 1) {
    await app.window.reload()
    times.push(await clickTask(app, task))
    await closeTab(app.window)
  }
  return times
}

async function openAgain(app: BenchApp, task: string, rounds: number): Promise<Times[]> {
  const times: Times[] = []
  for (let round = 0; round < rounds; round += 1) {
    times.push(await clickTask(app, task))
    await closeTab(app.window)
  }
  return times
}

async function switchTabs(app: BenchApp, task: string, rounds: number): Promise<Times[]> {
  const { window: page } = app
  await clickTask(app, task)
  await page.keyboard.press('Alt+Shift+A')
  const search = page.getByRole('textbox', { name: 'Search the audit history' })
  const tab = (name: string | RegExp) => page.getByRole('tab', { name })
  const times: Times[] = []
  for (let round = 0; round < rounds; round += 1) {
    await tab(/^Audit/).click()
    await search.waitFor()
    times.push(await clickToDrawn(page, () => tab(task.slice(0, 8)).click(), parts))
  }
  return times
}

async function clickTask({ window: page, porthole }: BenchApp, task: string): Promise<Times> {
  await page.getByRole('img', { name: 'Loading' }).waitFor({ state: 'detached' })
  const service = porthole.row('storefront')
  await service.waitFor()
  // A window that is loaded again has it open as it was, and a click would close it.
  if ((await service.getAttribute('aria-expanded')) !== 'true') await service.click()
  // What a window does when it was just loaded is not the page's.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
  const row = porthole.row(task.slice(0, 8))
  await row.hover()
  return clickToDrawn(page, () => row.getByRole('button', { name: 'Task page' }).click(), parts)
}

async function closeTab(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close tab' }).click()
  await page.locator(history).waitFor({ state: 'detached' })
}

/** Thirty thousand facts that are each on the disk before the next take minutes; in memory, where there is such a folder, one. */
async function writeHistory(dataFolder: string, sessions: number, taskId: string): Promise<void> {
  const memory = '/dev/shm'
  const isThere = await stat(memory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const folder = await mkdtemp(path.join(isThere ? memory : tmpdir(), 'porthole-bench-'))
  try {
    await seedHistory({
      dataFolder: folder,
      sessions,
      containerOf: (index) =>
        index % everyNth === 0 ? containerOf(taskId) : containerOf(`other-${index % otherTasks}`),
    })
    await cp(folder, dataFolder, { recursive: true })
  } finally {
    await rm(folder, { recursive: true })
  }
}

function containerOf(taskId: string): ContainerRef {
  const place = 'arn:aws:ecs:eu-west-1:111122223333'
  return {
    scope: {
      identityId: 'sso:bench',
      accountId: '111122223333',
      roleName: 'PlatformEngineer',
      region: 'eu-west-1',
    },
    environment: 'production',
    clusterArn: `${place}:cluster/web`,
    clusterName: 'web',
    serviceName: 'storefront',
    taskArn: `${place}:task/web/${taskId}`,
    taskId,
    containerName: 'nginx',
  }
}
