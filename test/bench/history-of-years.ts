import { rmSync } from 'node:fs'
import { cp, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs'
import type { Page } from '@playwright/test'
import type { ContainerRef } from '../../src/contract/session.ts'
import { type BenchApp, type LocalAws, startBenchApp } from './bench-app.ts'
import { type BenchContext, scaled } from './bench-result.ts'
import { findDescendant, processorSeconds } from './processes.ts'
import { seedHistory } from './seeded-history.ts'

const fullSessions = 10_000
/** Of the task with a long history: every tenth session was there. */
const everyNth = 10
const otherTasks = 500
/** Of the task that everything is compared with in the same run. */
const shortHistory = 10
/** Of one session in that task. */
export const manyCommands = 10_000
/** Of the long task at the smallest scale: more than a window shows and than the core tells at once. */
const leastSessionsOfTask = 100

/** Two tasks of one service of the local AWS, among whose sessions are 10,000 in all. */
export interface HistoryOfYears {
  sessions: number
  long: { taskId: string; sessions: number }
  short: { taskId: string; sessions: number }
}

/** Of the local AWS, in the accounts that are looked at first. */
const demoTasks = 35

const folders = new Map<number, Promise<string>>()

/** The app on a copy of the history, signed in; written once for all benchmarks of a run. */
export async function startWithHistory(
  context: BenchContext,
  aws: LocalAws,
  onData?: (dataFolder: string, history: HistoryOfYears) => Promise<void>,
): Promise<{ app: BenchApp; history: HistoryOfYears }> {
  const history = await describeHistory(context, aws)
  const app = await startBenchApp(context, {
    aws,
    // Years of it are older than the rule: destroying them would be measured along with everything else.
    settings: { retention: {} },
    prepareData: async (dataFolder) => {
      const written = folders.get(history.sessions) ?? writeHistory(history)
      folders.set(history.sessions, written)
      await cp(await written, dataFolder, { recursive: true })
      await onData?.(dataFolder, history)
    },
  })
  await app.porthole.signIn()
  return { app, history }
}

async function describeHistory(context: BenchContext, aws: LocalAws): Promise<HistoryOfYears> {
  const sessions = scaled(context, fullSessions, everyNth * leastSessionsOfTask)
  const { endpoint, region, accessKeyId, secretAccessKey, sample } = aws.ready
  const ecs = new ECSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  const { cluster, service, task: taskId } = sample
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }))
  ecs.destroy()
  const other = taskArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)).find((id) => id !== taskId)
  if (other === undefined) throw new Error('The service has no second task.')
  return {
    sessions,
    long: { taskId, sessions: sessions / everyNth },
    short: { taskId: other, sessions: shortHistory },
  }
}

/** Thirty thousand facts that are each on the disk before the next take minutes; in memory, where there is such a folder, one. */
async function writeHistory({ sessions, long, short }: HistoryOfYears): Promise<string> {
  const memory = '/dev/shm'
  const isThere = await stat(memory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const folder = await mkdtemp(path.join(isThere ? memory : tmpdir(), 'porthole-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const isOfShort = (index: number) => index % everyNth !== 0 && index > sessions - shortHistory - 2
  await seedHistory({
    dataFolder: folder,
    sessions,
    containerOf: (index) => {
      if (index % everyNth === 0) return containerOf(long.taskId)
      return containerOf(isOfShort(index) ? short.taskId : `other-${index % otherTasks}`)
    },
    commandsOf: (index) => (index === sessions - 1 ? manyCommands : undefined),
  })
  return folder
}

export function containerOf(taskId: string): ContainerRef {
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

/** Shows the tasks of the service, once the window has done what it does when it was just loaded. */
export async function showTasks({ window: page, porthole }: BenchApp): Promise<void> {
  // All of the demo's: before that another account's service of this name may be the first.
  await page.getByText(`${demoTasks} tasks`).first().waitFor()
  const service = porthole.row('storefront')
  await page.waitForFunction(() => document.querySelector('[role=treeitem] [aria-label=Loading]') === null)
  // A window that is loaded again has it open as it was, and a click would close it.
  if ((await service.getAttribute('aria-expanded')) !== 'true') await service.click()
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
}

export async function closeTab(page: Page): Promise<void> {
  const tabs = page.getByRole('tab')
  const before = await tabs.count()
  await page.getByRole('button', { name: 'Close tab' }).first().click()
  await page.waitForFunction((count) => document.querySelectorAll('[role=tab]').length < count, before)
}

/** Processor time: of the page's main thread in milliseconds, and of the core with its audit thread. */
export interface Work {
  page: number
  core: number
}

/** What was worked for an act, from its beginning until its promise resolves. */
export async function workOf<Result>(app: BenchApp, act: () => Promise<Result>): Promise<[Result, Work]> {
  const cdp = await app.window.context().newCDPSession(app.window)
  await cdp.send('Performance.enable')
  const core = findDescendant('--data-folder')
  const read = async (): Promise<Work> => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
    return { page: seconds * 1000, core: core === undefined ? 0 : processorSeconds(core) * 1000 }
  }
  const before = await read()
  const result = await act()
  const after = await read()
  await cdp.detach()
  return [result, { page: after.page - before.page, core: after.core - before.core }]
}
