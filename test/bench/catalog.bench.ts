import type { Page } from '@playwright/test'
import { startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { type CountedCall, startCountingProxy } from './counting-proxy.ts'
import { keyToRows } from './key-to-rows.ts'
import { quantile } from './statistics.ts'

const fullTasks = 5000
/** What ECS gives per call at most (API reference), and the sandbox's services of 25 tasks. */
const pageSizes = { ListServices: 100, DescribeServices: 10, ListTasks: 100, DescribeTasks: 100 } as const
const tasksPerService = 25
/** Narrow by narrow and wide again: 20 key presses, each another list. */
const filterTexts = ['fleet-1', 'api', 'storefront', 'fl']
/** A second of scrolling, a wheel's notch per frame. */
const scrolledFrames = 60
const framesPerSecond = 60
/** Headless Chromium's clock ticks a little unevenly even when nothing happens. */
const tolerance = 0.95
/** Far beyond any budget; for a list that never comes. */
const listLimit = 60_000

/** 5,000 further tasks: time to the rows, calls to ECS, filter and scrolling. */
export const measureCatalog: Benchmark = async (context) => {
  const tasks = scaled(context, fullTasks, 250)
  await using aws = await startLocalAws({ tasks })
  await using proxy = await startCountingProxy(aws.ready.endpoint)
  await using app = await startBenchApp(context, { aws, endpoint: proxy.endpoint })
  const page = app.window
  const approval = await app.porthole.beginSignIn()
  const allowed = approval.allow()
  const started = performance.now()
  await page.locator('[role=treeitem][aria-level="2"]').first().waitFor()
  const firstRows = performance.now() - started
  const fleet = app.porthole.row('fleet')
  await fleet.getByText(`${tasks.toLocaleString('en')} tasks`).waitFor({ timeout: listLimit })
  const allRows = performance.now() - started
  const calls = callsFor(proxy.calls, 'fleet')
  await allowed

  await app.porthole.expand('fleet')
  return [
    { name: `catalog, ${tasks} tasks: first rows after sign-in`, value: firstRows, unit: 'ms' },
    { name: `catalog, ${tasks} tasks: all of them`, value: allRows, unit: 'ms' },
    ...callResults(calls, tasks),
    await filterResult(page),
    await scrollResult(page),
  ]
}

function callsFor(calls: readonly CountedCall[], cluster: string): CountedCall[] {
  return calls.filter(
    ({ operation, input }) => Object.hasOwn(pageSizes, operation) && input.includes(`cluster/${cluster}"`),
  )
}

function callResults(calls: readonly CountedCall[], tasks: number): BenchResult[] {
  const services = Math.ceil(tasks / tasksPerService)
  const items = { ListServices: services, DescribeServices: services, ListTasks: tasks, DescribeTasks: tasks }
  return Object.entries(items).map(([operation, count]) => ({
    name: `catalog: calls of ${operation} for the large cluster`,
    value: calls.filter((call) => call.operation === operation).length,
    unit: 'calls',
    budget: { atMost: Math.ceil(count / pageSizes[operation as keyof typeof pageSizes]) },
  }))
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
  return {
    name: 'catalog: filter, key to painted rows, p95',
    value: quantile(times, 0.95),
    unit: 'ms',
    spread: { low: Math.min(...times), high: Math.max(...times) },
    budget: { atMost: 50 },
  }
}

async function scrollResult(page: Page): Promise<BenchResult> {
  const gaps = await page.evaluate(async (frames) => {
    const list = document.querySelector('[role=tree]')
    if (list === null) throw new Error('There is no list to scroll.')
    const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
    const measured: number[] = []
    let last = await nextFrame()
    for (let frame = 0; frame < frames; frame += 1) {
      list.scrollTop += 120
      const now = await nextFrame()
      measured.push(now - last)
      last = now
    }
    return measured
  }, scrolledFrames)
  const total = gaps.reduce((sum, gap) => sum + gap, 0)
  return {
    name: 'catalog: scrolling',
    value: (gaps.length * 1000) / total,
    unit: 'frames/s',
    spread: { low: 1000 / Math.max(...gaps), high: 1000 / Math.min(...gaps) },
    budget: { atLeast: framesPerSecond * tolerance },
  }
}
