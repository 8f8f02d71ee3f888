import path from 'node:path'
import { type BenchApp, startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, scaled } from './bench-result.ts'
import { outputAfter } from './measured-terminal.ts'
import { RawGateway } from './raw-session.ts'
import { overRounds } from './statistics.ts'

const fullRounds = 7
const pluginFolder = path.resolve(import.meta.dirname, '../fixtures/plugin')
/** The gateway needs about one second to the first output; a minute means that it will not come. */
const promptLimit = 60_000

/**
 * From the key that opens a shell to its prompt in the terminal's buffer, over
 * what the gateway needs for the same by itself: the agent alone waits a second
 * before its first output. In that second the plugin starts.
 */
export const measureOpenShell: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  const searchPath = `${pluginFolder}${path.delimiter}${process.env.PATH}`
  await using builtIn = await startBenchApp(context, { aws, settings: { engine: 'built-in' } })
  await using plugin = await startBenchApp(context, {
    aws,
    settings: { engine: 'plugin' },
    environment: { PATH: searchPath },
  })
  using gateway = new RawGateway(aws.ready)
  const measurements = {
    gateway: () => timed(() => gateway.open()),
    builtIn: () => openFromPalette(builtIn),
    plugin: () => openFromPalette(plugin),
  }
  const measured = { gateway: [] as number[], builtIn: [] as number[], plugin: [] as number[] }
  await builtIn.porthole.signIn()
  await plugin.porthole.signIn()
  // The first of each starts the container and connections that later ones find.
  for (const measure of Object.values(measurements)) await measure()
  for (let round = 0; round < scaled(context, fullRounds, 2); round += 1)
    for (const name of ['gateway', 'builtIn', 'plugin'] as const)
      measured[name].push(await measurements[name]())

  const over = (values: number[], base: number[]) => values.map((value, index) => value - (base[index] ?? 0))
  const unit = 'ms'
  return [
    overRounds(measured.gateway, { name: 'open shell: the gateway by itself', unit }),
    overRounds(measured.builtIn, { name: 'open shell: built-in engine, key to prompt', unit }),
    overRounds(over(measured.builtIn, measured.gateway), {
      name: 'open shell: built-in engine over the gateway',
      unit,
      budget: { atMost: 150 },
    }),
    overRounds(measured.plugin, { name: 'open shell: plugin engine, key to prompt', unit }),
    overRounds(over(measured.plugin, measured.gateway), {
      name: 'open shell: plugin engine (test plugin) over the gateway',
      unit,
      budget: { atMost: 300 },
    }),
  ]
}

/** Milliseconds until `open` resolves; what it opened is closed again. */
async function timed(open: () => Promise<AsyncDisposable>): Promise<number> {
  const started = performance.now()
  await using _session = await open()
  return performance.now() - started
}

async function openFromPalette({ porthole, window }: BenchApp): Promise<number> {
  await window.bringToFront()
  await porthole.search('nginx storefront example-staging')
  const { first } = await outputAfter({ window }, 'Enter', { byteCount: 1, quiet: promptLimit })
  await window.keyboard.press('Alt+Shift+W')
  await porthole.terminal.rows.waitFor({ state: 'detached' })
  return first
}
