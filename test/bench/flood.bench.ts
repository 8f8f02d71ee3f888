import { type BenchApp, startBenchApp, startLocalAws } from './bench-app.ts'
import { type BenchContext, type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import {
  type FloodKind,
  floodFileCommand,
  floodKinds,
  floodLength,
  lastLineNumber,
  linesFor,
} from './flood-data.ts'
import {
  drawnBytes,
  type MeasuredTerminal,
  outputAfter,
  productTerminal,
  runQuietly,
  terminalSize,
} from './measured-terminal.ts'
import { type MinimalApp, startMinimalApp } from './minimal-app.ts'
import { findDescendant, processorSeconds, processTree, rendererProcess } from './processes.ts'
import { median, overRounds } from './statistics.ts'
import type { MeasuredOutput } from './terminal-probe.ts'

const fullFloodBytes = 50e6
const smallestFloodBytes = 2e6
const fullRounds = 3
/** Writing the files, and a flood on a machine that is busy with something else. */
const commandLimit = 60_000
/** Output that stays away this long is lost: pauses of flow control are a hundred times shorter. */
const lostAfter = 5_000
/** After Ctrl-C: no output for this long means that the screen has stopped. */
const stoppedAfter = 500
/** Long enough that buffers along the way are full when Ctrl-C comes. */
const floodedBytes = 4e6

interface Flood {
  kind: FloodKind
  lines: number
}

interface Round {
  product: MeasuredOutput
  minimal: MeasuredOutput
  batched: MeasuredOutput
  /** Milliseconds of bare xterm.js fed from memory. */
  memory: number
  lost: number
  /** Processor seconds of each part of the product. */
  processors: Record<string, number>
}

/**
 * A flood through the whole path in Chromium against other pages of the same
 * run, each with the same flow control: the minimal page, the minimal page with
 * the product's batches, and bare xterm.js fed from memory.
 */
export const measureFlood: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  await using app = await startBenchApp(context, { aws })
  await app.porthole.signIn()
  await app.porthole.openShell('nginx storefront example-staging')
  const product = productTerminal(app)
  const size = await terminalSize(product)
  await using minimal = await startMinimalApp(context, { size })
  await using batched = await startMinimalApp(context, { size, batched: true })
  await using memory = await startMinimalApp(context, { size, memory: true })
  await product.terminal.run('cd /tmp; clear', /:\/tmp#$/)

  const results: BenchResult[] = []
  const byteCount = scaled(context, fullFloodBytes, smallestFloodBytes)
  for (const kind of floodKinds) {
    const flood = { kind, lines: linesFor(kind, byteCount) }
    for (const each of [product, minimal, batched])
      await runQuietly(each, floodFileCommand(kind, flood.lines, kind), commandLimit)
    const rounds: Round[] = []
    for (let round = 0; round < scaled(context, fullRounds, 1); round += 1)
      rounds.push(await floodRound(flood, { app, minimal, batched, memory }))
    results.push(...floodResults(flood, rounds))
  }
  return [...results, ...(await interruptResults(context, product, minimal))]
}

async function floodRound(
  flood: Flood,
  { app, minimal, batched, memory }: { app: BenchApp } & Record<'minimal' | 'batched' | 'memory', MinimalApp>,
): Promise<Round> {
  const meter = await startMeter(app)
  const product = await floodTerminal(productTerminal(app), flood)
  const processors = meter()
  return {
    product,
    minimal: await floodTerminal(minimal, flood),
    batched: await floodTerminal(batched, flood),
    memory: await feedFromMemory(memory, flood),
    lost: Math.max(0, floodLength(flood.kind, flood.lines) - product.byteCount),
    processors,
  }
}

/** Prints the file, and checks that its end is on screen. */
async function floodTerminal(target: MeasuredTerminal, { kind, lines }: Flood): Promise<MeasuredOutput> {
  const { window, terminal } = target
  await window.bringToFront()
  await terminal.type(`clear; cat ${kind}`)
  await terminal.waitForText(new RegExp(`clear; cat ${kind}$`))
  const output = await outputAfter(target, 'Enter', {
    byteCount: floodLength(kind, lines),
    quiet: lostAfter,
  })
  await terminal.waitForText(new RegExp(lastLineNumber(lines)))
  return output
}

function feedFromMemory({ window: page, address }: MinimalApp, { kind, lines }: Flood): Promise<number> {
  return page.evaluate((url) => window.feedFromMemory(url), `${address}/flood/${kind}?lines=${lines}`)
}

/** Processor time of the product's parts from now until it is asked for. */
async function startMeter({ browser }: BenchApp): Promise<() => Record<string, number>> {
  const core = findDescendant('porthole.js')
  const sandbox = findDescendant('sandbox/main.ts')
  const parts: Record<string, number[]> = {
    page: [await rendererProcess(browser)],
    core: core === undefined ? [] : [core],
    'local AWS and its container': sandbox === undefined ? [] : processTree(sandbox),
  }
  const used = () =>
    Object.fromEntries(
      Object.entries(parts).map(([part, ids]) => [
        part,
        ids.map(processorSeconds).reduce((sum, seconds) => sum + seconds, 0),
      ]),
    )
  const before = used()
  return () =>
    Object.fromEntries(Object.entries(used()).map(([part, sum]) => [part, sum - (before[part] ?? 0)]))
}

function floodResults({ kind, lines }: Flood, rounds: readonly Round[]): BenchResult[] {
  const name = kind === 'plain' ? 'plain lines' : 'coloured log lines'
  const megabytes = floodLength(kind, lines) / 1e6
  const speeds = (milliseconds: (round: Round) => number) =>
    rounds.map((round) => megabytes / (milliseconds(round) / 1000))
  const product = speeds((round) => round.product.last)
  const minimal = speeds((round) => round.minimal.last)
  const batched = speeds((round) => round.batched.last)
  const memory = speeds((round) => round.memory)
  const ratio = (base: readonly number[]) =>
    product.map((speed, index) => speed / (base[index] ?? Number.NaN))
  const parts = Object.keys(rounds[0]?.processors ?? {})
  return [
    {
      name: `flood, ${name}: bytes lost`,
      value: rounds.reduce((sum, { lost }) => sum + lost, 0),
      unit: 'bytes',
      budget: { atMost: 0 },
    },
    overRounds(product, { name: `flood, ${name}: product`, unit: 'MB/s' }),
    overRounds(minimal, { name: `flood, ${name}: minimal page`, unit: 'MB/s' }),
    overRounds(batched, { name: `flood, ${name}: minimal page with our batches`, unit: 'MB/s' }),
    overRounds(memory, { name: `flood, ${name}: xterm.js from memory`, unit: 'MB/s' }),
    overRounds(ratio(minimal), {
      name: `flood, ${name}: product against the minimal page`,
      unit: 'times',
      budget: { atLeast: 1.2 },
    }),
    // On the way to 0.6; no budget of its own yet.
    overRounds(ratio(memory), {
      name: `flood, ${name}: product against xterm.js from memory`,
      unit: 'times',
    }),
    overRounds(
      rounds.map((round) => round.product.longestFrame),
      { name: `flood, ${name}: longest frame gap`, unit: 'ms', budget: { atMost: 50 } },
    ),
    overRounds(
      rounds.map((round) => round.minimal.longestFrame),
      { name: `flood, ${name}: longest frame gap of the minimal page`, unit: 'ms' },
    ),
    ...parts.map((part) =>
      overRounds(
        rounds.map(({ processors }) => ((processors[part] ?? 0) * 1000) / megabytes),
        { name: `flood, ${name}: processor time of the ${part}`, unit: 'ms/MB' },
      ),
    ),
  ]
}

async function interruptResults(
  context: BenchContext,
  product: MeasuredTerminal,
  minimal: MeasuredTerminal,
): Promise<BenchResult[]> {
  const times = { product: [] as number[], minimal: [] as number[] }
  for (let round = 0; round < scaled(context, 5, 1); round += 1) {
    times.product.push(await interrupt(product))
    times.minimal.push(await interrupt(minimal))
  }
  return [
    overRounds(times.product, {
      name: 'flood: Ctrl-C until the screen stops',
      unit: 'ms',
      budget: { atMost: 100 },
    }),
    { name: 'flood: the same on the minimal page', value: median(times.minimal), unit: 'ms' },
  ]
}

/** Milliseconds from Ctrl-C on a flood without end to the last change of the terminal's buffer. */
async function interrupt(target: MeasuredTerminal): Promise<number> {
  const { window: page, terminal } = target
  await page.bringToFront()
  await terminal.waitForText(/#$/)
  const before = await drawnBytes(page)
  await terminal.type('clear; while :; do cat plain; done\n')
  await page.waitForFunction(
    (byteCount) => window.terminalProbe.drawnBytes() > byteCount,
    before + floodedBytes,
  )
  const output = await outputAfter(target, 'Control+c', {
    byteCount: Number.MAX_SAFE_INTEGER,
    quiet: stoppedAfter,
  })
  return output.last
}
