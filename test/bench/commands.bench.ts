import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock } from '../../src/core/clock.ts'
import { CommandTracker } from '../../src/core/session/commands/command-tracker.ts'
import { SessionStream } from '../../src/core/session/session-stream.ts'
import { type BenchContext, type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { overRounds, quantile } from './statistics.ts'

const sides = ['on', 'off'] as const
type Side = (typeof sides)[number]

const size = { cols: 120, rows: 40 }
const fullFloodBytes = 256e6
const smallestFloodBytes = 8e6
const batchBytes = 64 * 1024
/** Alternating, so that a busy second hits both. */
const fullRounds = 7
const keysPerRound = 400
const prompt = '\x1b]133;D;0\x07\x1b]133;A\x07root@web:/# \x1b]133;B\x07'
/** Coloured, and in whole lines, of which what scrolls away need not be parsed. */
const logLine =
  '\x1b[32mINFO\x1b[0m 2026-11-20T12:00:00.000Z GET /index.html 200 17 ms \x1b[36m10.0.3.17\x1b[0m\r\n'
const line = 'echo the quick brown fox'

/** A session as the host ties it together, with a page that takes all at once, with and without finding commands. */
class Session implements Disposable {
  readonly #stream: SessionStream
  readonly #tracker: CommandTracker | undefined
  #resumed: PromiseWithResolvers<void> | undefined
  #shown = Promise.withResolvers<void>()

  constructor(findsCommands: boolean) {
    const stream = new SessionStream({
      stream: 1,
      size,
      startTimer: systemClock.after,
      watchScreen: (terminal) => this.#tracker?.watch(terminal),
    })
    this.#stream = stream
    if (findsCommands)
      this.#tracker = new CommandTracker({
        clock: systemClock,
        inspect: (then) => stream.inspectScreen(then),
        mark: () => {},
      })
    stream.connect({
      write: () => {},
      resize: () => {},
      pause: () => {
        this.#resumed ??= Promise.withResolvers()
      },
      resume: () => {
        this.#resumed?.resolve()
        this.#resumed = undefined
      },
    })
  }

  /** Resolves when the page is shown what comes. */
  async attach(): Promise<void> {
    const live = Promise.withResolvers<void>()
    const viewer: Parameters<SessionStream['attach']>[0] = {
      post: (frame) => {
        if (frame.kind === 'snapshot') live.resolve()
        if (frame.kind !== 'output') return
        this.#stream.acked(viewer, frame.bytes.byteLength)
        this.#shown.resolve()
        this.#shown = Promise.withResolvers()
      },
    }
    this.#stream.attach(viewer)
    await live.promise
  }

  typed(text: string): void {
    const bytes = Buffer.from(text)
    this.#stream.input(bytes)
    this.#tracker?.typed(bytes)
  }

  output(bytes: Uint8Array): void {
    this.#stream.output(bytes)
    this.#tracker?.output(bytes)
  }

  /** Resolves when the page has got the next output. */
  get shown(): Promise<void> {
    return this.#shown.promise
  }

  /** Resolves when the session lets its source go on. */
  get open(): Promise<void> {
    return this.#resumed?.promise ?? Promise.resolve()
  }

  [Symbol.dispose](): void {
    this.#tracker?.end()
    this.#stream[Symbol.dispose]()
  }
}

/**
 * What finding commands costs: the same session with and without it in one run,
 * for keys and their echo in a shell with marks, and for a flood after Enter.
 */
export const measureCommands: Benchmark = async (context) => {
  const rounds = scaled(context, fullRounds, 2)
  const floods: Record<Side, Flood[]> = { on: [], off: [] }
  const echoes: Record<Side, number[][]> = { on: [], off: [] }
  for (let round = 0; round < rounds; round += 1)
    for (const side of sides) {
      floods[side].push(await flood(context, side === 'on'))
      echoes[side].push(await echoTimes(side === 'on'))
    }
  return [...floodResults(floods), ...echoResults(echoes, 0.5, 'p50'), ...echoResults(echoes, 0.95, 'p95')]
}

interface Flood {
  /** MB/s, from the engine's call to the page's frame. */
  speed: number
  /** Milliseconds of the processor for a MB: what a busy machine does not change. */
  processor: number
}

/** Coloured log lines after Enter, as from `cat`. */
async function flood(context: BenchContext, findsCommands: boolean): Promise<Flood> {
  using session = new Session(findsCommands)
  await session.attach()
  session.output(Buffer.from(prompt))
  session.typed('cat log\r')
  const batch = Buffer.from(logLine.repeat(Math.floor(batchBytes / logLine.length)))
  const byteCount = scaled(context, fullFloodBytes, smallestFloodBytes)
  session.output(Buffer.from('cat log\r\n\x1b]133;C\x07'))
  const used = process.cpuUsage()
  const began = performance.now()
  for (let sent = 0; sent < byteCount; sent += batch.byteLength) {
    // A copy, as each message of a real connection is memory of its own.
    session.output(batch.slice())
    await session.open
    await nextTurn()
  }
  const megabytes = byteCount / 1e6
  const milliseconds = performance.now() - began
  const { user, system } = process.cpuUsage(used)
  return {
    speed: megabytes / (milliseconds / 1000),
    processor: (user + system) / 1000 / megabytes,
  }
}

/** Milliseconds from a key to the frame with its echo, which an engine gives in the next turn of the loop. */
async function echoTimes(findsCommands: boolean): Promise<number[]> {
  using session = new Session(findsCommands)
  await session.attach()
  session.output(Buffer.from(prompt))
  const times: number[] = []
  for (let count = 0; count < keysPerRound; count += 1) {
    const place = count % (line.length + 1)
    const key = line[place] ?? '\r'
    const began = performance.now()
    const { shown } = session
    session.typed(key)
    await nextTurn()
    session.output(Buffer.from(key === '\r' ? `\r\n\x1b]133;C\x07the quick brown fox\r\n${prompt}` : key))
    await shown
    times.push(performance.now() - began)
    // Longer than a batch waits, as between two keys of a person.
    await new Promise((resolve) => setTimeout(resolve, 8))
  }
  return times
}

function floodResults(floods: Record<Side, Flood[]>): BenchResult[] {
  const speed = (side: Side) => floods[side].map((each) => each.speed)
  const ratios = floods.on.map(
    ({ processor }, round) => processor / (floods.off[round]?.processor ?? Number.NaN),
  )
  return [
    overRounds(speed('on'), { name: 'commands: flood through a session that finds them', unit: 'MB/s' }),
    overRounds(speed('off'), { name: 'commands: the same without', unit: 'MB/s' }),
    overRounds(ratios, {
      name: 'commands: processor time of the flood, with against without',
      unit: 'times',
      budget: { atMost: 1.3 },
    }),
  ]
}

function echoResults(echoes: Record<Side, number[][]>, fraction: number, label: string): BenchResult[] {
  const at = (side: Side) => echoes[side].map((times) => quantile(times, fraction))
  const off = at('off')
  const differences = at('on').map((milliseconds, round) => milliseconds - (off[round] ?? Number.NaN))
  return [
    overRounds(off, { name: `commands: key to frame without finding them, ${label}`, unit: 'ms' }),
    overRounds(differences, {
      name: `commands: finding them adds to a key, ${label}`,
      unit: 'ms',
      budget: { atMost: 0.2 },
    }),
  ]
}
