import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { type MeasuredTerminal, productTerminal, terminalSize } from './measured-terminal.ts'
import { type MinimalApp, startMinimalApp } from './minimal-app.ts'
import { RawGateway, type RawSession } from './raw-session.ts'
import { quantile } from './statistics.ts'

/** Short bursts that alternate between the pages, so that a busy second hits both. */
const fullBursts = 24
const keysPerBurst = 20
/** The spread is over so many parts of the run. */
const parts = 4
const text = 'the quick brown fox jumps over the lazy dog'
/** Of the clients without a page: as long as the pages wait between keys. */
const quietBetweenKeys = 15

const sources = ['product', 'minimal', 'gateway', 'pty'] as const
type Source = (typeof sources)[number]
/** Milliseconds from key to echo, by burst. */
type Bursts = Record<Source, number[][]>

/**
 * From a key to the change of the terminal's buffer: the product with everything
 * behind it (core, built-in engine, the local AWS, a shell in a container)
 * against a minimal page with a shell on a pty. What the local AWS adds to a
 * bare pty is measured too, without any page, because AWS is not the product.
 */
export const measureEcho: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  await using app = await startBenchApp(context, { aws })
  await app.porthole.signIn()
  await app.porthole.openShell('nginx storefront example-staging')
  const product = productTerminal(app)
  await using minimal = await startMinimalApp(context, { size: await terminalSize(product) })
  // The terminal's own echo at both ends; no line editor redraws anything.
  for (const { terminal } of [product, minimal]) await terminal.run('clear; echo ready; cat', /^ready$/m)
  using rawGateway = new RawGateway(aws.ready)
  await using session = await rawGateway.open()
  using pty = await connectToPty(minimal)

  const gateway = await rawEchoOfSession(session)
  const measures: Record<Source, () => Promise<number[]>> = {
    product: () => pageEchoes(product),
    minimal: () => pageEchoes(minimal),
    gateway: () => rawEchoes(gateway),
    pty: () => rawEchoes(pty),
  }
  const bursts: Bursts = { product: [], minimal: [], gateway: [], pty: [] }
  for (const source of sources) await measures[source]()
  for (let round = 0; round < scaled(context, fullBursts, parts); round += 1)
    for (const source of sources) bursts[source].push(await measures[source]())
  return [...compare(bursts, 0.5, 'p50', 0.5), ...compare(bursts, 0.95, 'p95', 2)]
}

async function pageEchoes({ window: page }: Pick<MeasuredTerminal, 'window'>): Promise<number[]> {
  await page.evaluate(() => window.terminalProbe.awaitEchoes())
  let times: number[] = []
  for (let count = 1; count <= keysPerBurst; count += 1) {
    await page.keyboard.press(text[count % text.length] ?? 'a')
    times = await page.evaluate((expected) => window.terminalProbe.echoes(expected), count)
  }
  // The kernel's line buffer holds 4,095 characters; an Enter now and then keeps it far from full.
  await page.keyboard.press('Enter')
  await page.evaluate((expected) => window.terminalProbe.echoes(expected), keysPerBurst + 1)
  return times.slice(0, keysPerBurst)
}

/** A terminal's far end without a page. */
interface RawEcho {
  type(text: string): void
  /** Resolves when the next output has come. */
  output(): Promise<void>
}

async function rawEchoes(raw: RawEcho): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; count < keysPerBurst; count += 1) {
    const output = raw.output()
    const started = performance.now()
    raw.type(text[count % text.length] ?? 'a')
    await output
    times.push(performance.now() - started)
    await delay(quietBetweenKeys)
  }
  raw.type('\u0015')
  await raw.output()
  return times
}

async function rawEchoOfSession({ client }: RawSession): Promise<RawEcho> {
  client.type('echo ready; exec cat\r')
  await client.untilText('ready\r\n')
  return {
    type: (typed) => void client.type(typed),
    output() {
      const before = client.outputLength
      return client.until(() => client.outputLength > before)
    },
  }
}

async function connectToPty({ address }: MinimalApp): Promise<RawEcho & Disposable> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/?cols=80&rows=24`, {
    perMessageDeflate: false,
  })
  let heard = ''
  socket.on('message', (bytes: Buffer) => {
    heard += bytes.toString('latin1')
    socket.send(String(bytes.byteLength))
  })
  await once(socket, 'open')
  socket.send(Buffer.from('echo ready; exec cat\r'))
  while (!heard.includes('ready\r\n')) await once(socket, 'message')
  return {
    type: (typed) => socket.send(Buffer.from(typed)),
    output: async () => void (await once(socket, 'message')),
    [Symbol.dispose]: () => socket.terminate(),
  }
}

function compare(bursts: Bursts, fraction: number, label: string, limit: number): BenchResult[] {
  const difference = (more: Source, less: Source) => (over: Bursts) =>
    at(over[more], fraction) - at(over[less], fraction)
  const single = (source: Source) => (over: Bursts) => at(over[source], fraction)
  const unit = 'ms'
  return [
    inParts(bursts, single('product'), { name: `echo: product, ${label}`, unit }),
    inParts(bursts, single('minimal'), { name: `echo: minimal page, ${label}`, unit }),
    inParts(bursts, difference('product', 'minimal'), {
      name: `echo: product over the minimal page, ${label}`,
      unit,
      budget: { atMost: limit },
    }),
    inParts(bursts, difference('gateway', 'pty'), {
      name: `echo: of that, the local AWS over a pty, ${label}`,
      unit,
    }),
  ]
}

/** A figure over all bursts, with its spread over parts of the run. */
function inParts(
  bursts: Bursts,
  figure: (over: Bursts) => number,
  rest: Omit<BenchResult, 'value' | 'spread'>,
): BenchResult {
  const length = Math.ceil(bursts.product.length / parts)
  const partial = Array.from({ length: parts }, (_, part) => {
    const cut = (source: Source) => bursts[source].slice(part * length, (part + 1) * length)
    return { product: cut('product'), minimal: cut('minimal'), gateway: cut('gateway'), pty: cut('pty') }
  })
  const figures = partial.filter(({ product }) => product.length > 0).map(figure)
  return {
    ...rest,
    value: figure(bursts),
    spread: { low: Math.min(...figures), high: Math.max(...figures) },
  }
}

function at(bursts: readonly number[][], fraction: number): number {
  return quantile(bursts.flat(), fraction)
}
