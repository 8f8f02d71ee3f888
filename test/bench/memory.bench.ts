import type { CDPSession } from '@playwright/test'
import { type BenchApp, startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { findDescendant, openFileCount, rendererProcess, residentBytes } from './processes.ts'

const fullTabs = 20
const linesPerTab = 5000
const columnsPerLine = 100
const fullOpenedTabs = 100
/** Opened together and closed together: the second that the agent waits is then waited once. */
const tabsAtOnce = 10
/** Before what is counted: code, fonts and caches are loaded by the first tabs. */
const warmUpTabs = 20
/**
 * What a closed tab may leave: its session's few hundred bytes in the lists of
 * what happened. One forgotten terminal is ten times as much.
 */
const bytesLeftPerTab = 20 * 1024
/** A forgotten tab has some hundred nodes. */
const nodesLeftPerTab = 5
/** A forgotten tab holds one open file at least; connections to AWS that are kept alive come and go. */
const openFilesPerTab = 0.1
const filledLimit = 60_000

/** What many tabs need, and what they leave behind when they are closed. */
export const measureMemory: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  await using app = await startBenchApp(context, { aws })
  await app.porthole.signIn()
  const devTools = await app.context.newCDPSession(app.window)
  const opened = scaled(context, fullOpenedTabs, tabsAtOnce)
  const left = await leftBehind(app, devTools, opened)
  const tabs = scaled(context, fullTabs, 2)
  return [...left, ...(await manyTabs(app, devTools, tabs))]
}

async function leftBehind(app: BenchApp, devTools: CDPSession, tabs: number): Promise<BenchResult[]> {
  await openAndClose(app, warmUpTabs)
  const before = await usage(devTools)
  await openAndClose(app, tabs)
  const after = await usage(devTools)
  return [
    {
      name: `memory: page heap left by ${tabs} closed tabs`,
      value: (after.heapBytes - before.heapBytes) / 1024,
      unit: 'KiB',
      budget: { atMost: (tabs * bytesLeftPerTab) / 1024 },
    },
    {
      name: `memory: DOM nodes left by ${tabs} closed tabs`,
      value: after.nodes - before.nodes,
      unit: 'nodes',
      budget: { atMost: tabs * nodesLeftPerTab },
    },
    {
      name: `memory: open files of the core left by ${tabs} closed tabs`,
      value: after.openFiles - before.openFiles,
      unit: 'files',
      budget: { atMost: tabs * openFilesPerTab },
    },
  ]
}

async function openAndClose(app: BenchApp, tabs: number): Promise<void> {
  for (let done = 0; done < tabs; done += tabsAtOnce) {
    for (let count = 0; count < tabsAtOnce; count += 1) await openAnother(app)
    await app.porthole.terminal.waitForText(/#$/)
    for (let count = 0; count < tabsAtOnce; count += 1) await app.window.keyboard.press('Alt+Shift+W')
    await app.porthole.terminal.rows.waitFor({ state: 'detached' })
  }
}

/** Another shell in the same container, without waiting for its prompt. */
async function openAnother({ porthole, window }: BenchApp): Promise<void> {
  const tabs = window.getByRole('tab')
  const before = await tabs.count()
  await porthole.search('nginx storefront example-staging')
  await window.keyboard.press('Control+Enter')
  await tabs.nth(before).waitFor()
}

async function manyTabs(app: BenchApp, devTools: CDPSession, tabs: number): Promise<BenchResult[]> {
  const { terminal } = app.porthole
  const text = 'x'.repeat(columnsPerLine - String(linesPerTab).length - 1)
  for (let count = 0; count < tabs; count += 1) {
    await openAnother(app)
    await terminal.waitForText(/#$/)
    await terminal.run(
      `seq -f '%g ${text}' ${linesPerTab}`,
      new RegExp(`^${linesPerTab} x`, 'm'),
      filledLimit,
    )
  }
  const { heapBytes } = await usage(devTools)
  const resident = residentBytes(await rendererProcess(app.browser))
  const name = `memory: ${tabs} tabs of ${linesPerTab} lines`
  const heap: BenchResult = { name: `${name}, page heap`, value: heapBytes / 1e6, unit: 'MB' }
  if (resident === undefined) return [heap]
  return [
    heap,
    { name: `${name}, renderer process`, value: resident / 1e6, unit: 'MB', budget: { atMost: 600 } },
  ]
}

interface Usage {
  /** Objects and the memory behind typed arrays, where xterm.js keeps its lines. */
  heapBytes: number
  nodes: number
  openFiles: number
}

async function usage(devTools: CDPSession): Promise<Usage> {
  await devTools.send('Performance.enable')
  // Twice: what the first round frees may be all that held something else.
  await devTools.send('HeapProfiler.collectGarbage')
  await devTools.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize } = await devTools.send('Runtime.getHeapUsage')
  const { metrics } = await devTools.send('Performance.getMetrics')
  const core = findDescendant('porthole.js')
  return {
    heapBytes: usedSize + backingStorageSize,
    nodes: metrics.find(({ name }) => name === 'Nodes')?.value ?? 0,
    openFiles: core === undefined ? 0 : openFileCount(core),
  }
}
