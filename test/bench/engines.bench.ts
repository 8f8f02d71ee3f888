import path from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { ssmSessionControl } from '../../src/core/data-channel/session-control.ts'
import { createBuiltInEngine } from '../../src/core/session/built-in-engine.ts'
import type { Engine, EngineRequest, EngineSession } from '../../src/core/session/engine.ts'
import { createPluginEngine } from '../../src/core/session/plugin-engine.ts'
import { type LocalAws, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { findDescendant, processorSeconds, processTree } from './processes.ts'
import { RawGateway, type SessionGrant } from './raw-session.ts'
import { median, overRounds, quantile } from './statistics.ts'

const realPlugin = process.env.PORTHOLE_PLUGIN
const pluginFile =
  realPlugin ?? path.resolve(import.meta.dirname, '../fixtures/plugin/session-manager-plugin')
const pluginName = realPlugin === undefined ? 'test plugin' : 'real plugin'

const fullRounds = 5
const floodMegabytes = 16
const keystrokes = 100
const limitMilliseconds = 120_000

interface Measured {
  prompt: number[]
  megabytesPerSecond: number[]
  processorSecondsPerMegabyte: number[]
  echo: number[]
}

/**
 * Both engines by themselves against one gateway that is not held to AWS's
 * pace: what each adds, and what each costs. `PORTHOLE_PLUGIN` names a real
 * plugin; the budgets are promises against that one.
 */
export const measureEngines: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  using gateway = new RawGateway(aws.ready)
  const ssm = ({ ssmEndpoint, region, credentials }: EngineRequest) =>
    ssmSessionControl({ endpoint: ssmEndpoint, region, credentials })
  await using plugin = createPluginEngine({
    findPlugin: async () => ({ status: 'supported', path: pluginFile, version: pluginName }),
    ssm,
    clock: systemClock,
    environment: { PATH: process.env.PATH, HOME: process.env.HOME },
    platform: process.platform,
  })
  const engines: Record<'builtIn' | 'plugin', Engine> = { builtIn: createBuiltInEngine({ ssm }), plugin }
  const measured = { builtIn: emptyMeasures(), plugin: emptyMeasures() }
  // The first session starts the container.
  await measureOnce(engines.builtIn, aws, gateway, emptyMeasures(), 1, 3)
  for (let round = 0; round < scaled(context, fullRounds, 1); round += 1)
    for (const name of ['builtIn', 'plugin'] as const)
      await measureOnce(
        engines[name],
        aws,
        gateway,
        measured[name],
        scaled(context, floodMegabytes, 1),
        scaled(context, keystrokes, 5),
      )
  return resultsOf(measured)
}

function emptyMeasures(): Measured {
  return { prompt: [], megabytesPerSecond: [], processorSecondsPerMegabyte: [], echo: [] }
}

async function measureOnce(
  engine: Engine,
  aws: LocalAws,
  gateway: RawGateway,
  measured: Measured,
  megabytes: number,
  keys: number,
): Promise<void> {
  const shell = await BenchShell.open(engine, aws, await gateway.grant())
  measured.prompt.push(shell.promptMilliseconds)
  const bytes = megabytes * 1024 * 1024
  const sandbox = findDescendant('sandbox')
  const processorBefore = processorTime(sandbox)
  const started = performance.now()
  await shell.run(
    `stty -echo; yes 0123456789abcdef | head -c ${bytes}; stty echo; echo fin$((1+1))`,
    /fin2\s/,
  )
  measured.megabytesPerSecond.push(megabytes / ((performance.now() - started) / 1000))
  measured.processorSecondsPerMegabyte.push((processorTime(sandbox) - processorBefore) / megabytes)
  for (let key = 0; key < keys; key += 1) measured.echo.push(await shell.echo('a'))
  await shell.session.close()
}

/** Of this process and of what it started, without the local AWS. */
function processorTime(sandbox: number | undefined): number {
  const others = new Set(sandbox === undefined ? [] : processTree(sandbox))
  return processTree(process.pid)
    .filter((id) => !others.has(id))
    .reduce((sum, id) => sum + processorSeconds(id), 0)
}

/** A session of an engine with nothing above it. */
class BenchShell {
  readonly session: EngineSession
  promptMilliseconds = 0
  #recent = ''
  #waiting: (() => void) | undefined
  #end: string | undefined

  private constructor(engine: Engine, aws: LocalAws, grant: SessionGrant) {
    const { endpoint, region, accessKeyId, secretAccessKey } = aws.ready
    this.session = engine.start(
      {
        awsSessionId: grant.sessionId,
        streamUrl: grant.streamUrl,
        tokenValue: grant.tokenValue,
        target: 'ecs:not_encrypted_here',
        region,
        ssmEndpoint: endpoint,
        kmsEndpoint: endpoint,
        size: { cols: 120, rows: 40 },
        credentials: async () => ({ accessKeyId, secretAccessKey }),
      },
      {
        ready: () => undefined,
        encrypted: () => undefined,
        output: (bytes) => {
          this.#recent = (this.#recent + Buffer.from(bytes).toString('latin1')).slice(-200)
          this.#waiting?.()
        },
        degraded: () => undefined,
        recovered: () => undefined,
        reconnecting: () => undefined,
        reconnected: () => undefined,
        ended: (reason, error) => {
          this.#end = `${reason} ${error?.message ?? ''}`
          this.#waiting?.()
        },
      },
    )
  }

  static async open(engine: Engine, aws: LocalAws, grant: SessionGrant): Promise<BenchShell> {
    const started = performance.now()
    const shell = new BenchShell(engine, aws, grant)
    await shell.#until(() => shell.#recent.length > 0)
    shell.promptMilliseconds = performance.now() - started
    await shell.run("bind 'set enable-bracketed-paste off' 2>/dev/null; PS1='ready''> '", /ready> $/)
    return shell
  }

  async run(line: string, pattern: RegExp): Promise<void> {
    this.#recent = ''
    this.session.write(Buffer.from(`${line}\r`))
    await this.#until(() => pattern.test(this.#recent))
  }

  /** Milliseconds from a key to its echo. */
  async echo(key: string): Promise<number> {
    this.#recent = ''
    const pressed = performance.now()
    this.session.write(Buffer.from(key))
    await this.#until(() => this.#recent.includes(key))
    return performance.now() - pressed
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Waited in vain: ${this.#recent}`)), limitMilliseconds)
      const look = () => {
        if (!condition() && this.#end === undefined) return
        clearTimeout(timer)
        this.#waiting = undefined
        if (this.#end === undefined) resolve()
        else reject(new Error(`The session ended: ${this.#end}`))
      }
      this.#waiting = look
      look()
    })
  }
}

function resultsOf({ builtIn, plugin }: Record<'builtIn' | 'plugin', Measured>): BenchResult[] {
  const both = [
    ['built-in', builtIn],
    [pluginName, plugin],
  ] as const
  const isPromise = realPlugin !== undefined
  return [
    ...both.map(([name, { prompt }]) =>
      overRounds(prompt, { name: `engines: ${name}, start to prompt`, unit: 'ms' }),
    ),
    ...both.map(([name, { megabytesPerSecond }]) =>
      overRounds(megabytesPerSecond, { name: `engines: ${name}, throughput`, unit: 'MB/s' }),
    ),
    {
      name: `engines: throughput, built-in over ${pluginName}`,
      value: median(builtIn.megabytesPerSecond) / median(plugin.megabytesPerSecond),
      unit: 'x',
      ...(isPromise ? { budget: { atLeast: 2 } } : {}),
    },
    ...both.map(([name, { processorSecondsPerMegabyte }]) =>
      overRounds(
        processorSecondsPerMegabyte.map((seconds) => seconds * 1000),
        { name: `engines: ${name}, processor time per MB`, unit: 'ms' },
      ),
    ),
    {
      name: `engines: processor time per MB, built-in over ${pluginName}`,
      value: median(builtIn.processorSecondsPerMegabyte) / median(plugin.processorSecondsPerMegabyte),
      unit: 'x',
      ...(isPromise ? { budget: { atMost: 1 } } : {}),
    },
    ...both.flatMap(([name, { echo }]) => [
      { name: `engines: ${name}, key to echo, p50`, value: quantile(echo, 0.5), unit: 'ms' },
      { name: `engines: ${name}, key to echo, p95`, value: quantile(echo, 0.95), unit: 'ms' },
    ]),
  ]
}
