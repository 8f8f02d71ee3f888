import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { describeWorld } from '../../src/sandbox/world/world.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { startCountedApp } from './counted-app.ts'
import type { CountedCall } from './counting-proxy.ts'
import { keyResult, keyToRows, searchResult } from './key-to-rows.ts'
import { scrollFrames } from './scroll-frames.ts'

const fullTasks = 5000
/** What ECS gives per call at most (API reference). */
const pageSizes = { ListServices: 100, DescribeServices: 10, ListTasks: 100, DescribeTasks: 100 } as const
/** Narrow by narrow and wide again: 20 key presses, each another list. */
const filterTexts = ['fleet-1', 'api', 'storefront', 'fl']
const paletteTexts = ['api fleet-00', 'nginx', 'fleet-09 prod']
/** From the list of accounts on, which comes with the sign-in, to the first names of clusters. */
const firstRowsBudgetMilliseconds = 300
/** Looks at three scopes (8 to 10 calls a minute each), whole reads of their clusters (24 each), and what is in motion. */
const idleCallsPerMinute = 120
const idleMilliseconds = 60_000
/** Far beyond any budget; for a list that never comes. */
const listLimit = 60_000

/** 5,000 further tasks in 50 clusters over three accounts: time to the rows, calls to ECS, filter, palette, scrolling, idling. */
export const measureCatalog: Benchmark = async (context) => {
  const tasks = scaled(context, fullTasks, 250)
  await using counted = await startCountedApp(context, { tasks })
  const { app, proxy } = counted
  const page = app.window
  const approval = await app.porthole.beginSignIn()
  const allowed = approval.allow()
  await page.locator('[role=treeitem][aria-level="1"]').first().waitFor()
  const started = performance.now()
  await page.locator('[role=treeitem][aria-level="2"]').first().waitFor()
  const firstRows = performance.now() - started
  // The demo's own 35 tasks come on top.
  const all = (tasks + 35).toLocaleString('en')
  await page.getByText(`${all} tasks`).waitFor({ timeout: listLimit })
  await page.getByRole('img', { name: 'Loading' }).waitFor({ state: 'detached', timeout: listLimit })
  const allRows = performance.now() - started
  const calls = callResults(proxy.calls, tasks)
  await allowed
  return [
    {
      name: `catalog, ${tasks} tasks: first rows after the accounts`,
      value: firstRows,
      unit: 'ms',
      budget: { atMost: firstRowsBudgetMilliseconds },
    },
    { name: `catalog, ${tasks} tasks: all of them`, value: allRows, unit: 'ms' },
    ...calls,
    await idleResult(proxy.calls, context.scale),
    await filterResult(page),
    await scrollFrames(page, 'catalog: scrolling', '[role=tree]'),
    await paletteResult(page),
  ]
}

/** What the page sizes demand, cluster by cluster of every account that was looked at. */
function callResults(calls: readonly CountedCall[], tasks: number): BenchResult[] {
  const clusters = describeWorld({ tasks })
    .accounts.slice(0, 3)
    .flatMap(({ regions }) => regions.filter(({ name }) => name === 'eu-west-1'))
    .flatMap((region) => region.clusters)
    .map(({ services, standalone = [] }) => ({
      services: services.length,
      tasks: services.reduce((sum, each) => sum + (each.tasks?.length ?? 0), standalone.length),
    }))
  return Object.entries(pageSizes).map(([operation, size]) => {
    const demanded = clusters.reduce((sum, cluster) => {
      const pages = Math.ceil((operation.endsWith('Services') ? cluster.services : cluster.tasks) / size)
      return sum + (operation.startsWith('List') ? Math.max(1, pages) : pages)
    }, 0)
    return {
      name: `catalog: calls of ${operation} for ${clusters.length} clusters`,
      value: calls.filter((call) => call.operation === operation).length,
      unit: 'calls',
      budget: { atMost: demanded },
    }
  })
}

async function idleResult(calls: readonly CountedCall[], scale: number): Promise<BenchResult> {
  const before = calls.length
  const milliseconds = scale < 1 ? idleMilliseconds / 6 : idleMilliseconds
  await delay(milliseconds)
  return {
    name: 'catalog: calls in an idle minute',
    value: ((calls.length - before) * idleMilliseconds) / milliseconds,
    unit: 'calls',
    ...(scale < 1 ? {} : { budget: { atMost: idleCallsPerMinute } }),
  }
}

/** From a key in the palette to the frame that shows what it found. */
async function paletteResult(page: Page): Promise<BenchResult> {
  await page.getByRole('button', { name: /^Search containers/ }).click()
  return searchResult(page, 'catalog: palette, key to painted rows, p95', paletteTexts)
}

async function filterResult(page: Page): Promise<BenchResult> {
  const input = page.getByRole('searchbox', { name: 'Filter' })
  await input.click()
  const times: number[] = []
  for (const text of filterTexts) {
    for (const key of text) times.push(await keyToRows(page, key, '[role=tree]'))
    for (let left = text.length; left > 0; left -= 1)
      times.push(await keyToRows(page, 'Backspace', '[role=tree]'))
  }
  return keyResult('catalog: filter, key to painted rows, p95', times)
}
