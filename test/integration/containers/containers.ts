import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import type {
  ContainerProcess,
  ContainerSpec,
  RunningContainer,
} from '../../../src/sandbox/containers/container-runtime.ts'
import { ensureContainerTools } from '../../../src/sandbox/containers/container-tools.ts'
import { NamespaceRuntime } from '../../../src/sandbox/containers/namespace-runtime.ts'

export const imagesFolder = resolve('resources/sandbox/images')
/** Kept between runs, as the sandbox keeps its own. */
export const cacheFolder = resolve('.cache/containers')

/** The real runtime, with no way to the simulated one: where it cannot work, these tests must fail. */
export async function createNamespaceRuntime(): Promise<NamespaceRuntime> {
  const tools = await ensureContainerTools({ cacheFolder, log: console.log })
  return NamespaceRuntime.create({
    imagesFolder,
    cacheFolder,
    log: () => {},
    now: Date.now,
    busybox: tools.busybox,
  })
}

export function containerSpec(changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    id: `test-${randomUUID()}`,
    hostname: 'ip-10-0-42-17.eu-west-1.compute.internal',
    image: 'tools',
    environment: {},
    onLog: () => {},
    ...changes,
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolvePort(address.port) : reject(address),
      )
    })
  })
}

export interface CommandOutcome {
  output: string
  bytes: number
  digest: string
  code: number
}

/** Runs a command to its end. */
export async function run(container: RunningContainer, command: string): Promise<CommandOutcome> {
  const process = await container.exec(command, { cols: 200, rows: 50 })
  const hash = createHash('sha256')
  const decoder = new TextDecoder()
  let output = ''
  let bytes = 0
  process.onOutput((chunk) => {
    hash.update(chunk)
    bytes += chunk.byteLength
    // Enough to look into; floods are judged by their digest.
    if (output.length < 1_000_000) output += decoder.decode(chunk, { stream: true })
  })
  const code = await new Promise<number>((done) => process.onExit((exit) => done(exit.code)))
  return { output: output.replaceAll('\r\n', '\n'), bytes, digest: hash.digest('hex'), code }
}

/** Runs a script in the container's bash. */
export function script(container: RunningContainer, text: string): Promise<CommandOutcome> {
  return run(container, `/bin/bash -c '${text.replaceAll("'", `'\\''`)}'`)
}

/** Control sequences, operating system commands, device control strings, and short sequences. */
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with one
  /\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|P[^\x1b]*\x1b\\|[=>78()][0AB]?)|\r/g

/**
 * A program on a terminal, driven as a person does: type, and wait for what
 * the screen says. Escape sequences and carriage returns are left out.
 */
export class TerminalDriver {
  readonly process: ContainerProcess
  readonly exited: Promise<{ code: number; signal?: string }>
  #raw = ''
  #taken = 0
  #changed = Promise.withResolvers<void>()

  constructor(process: ContainerProcess) {
    this.process = process
    const decoder = new TextDecoder()
    process.onOutput((chunk) => {
      this.#raw += decoder.decode(chunk, { stream: true })
      this.#changed.resolve()
      this.#changed = Promise.withResolvers()
    })
    this.exited = new Promise((done) => process.onExit(done))
  }

  static async open(
    container: RunningContainer,
    command: string,
    size = { cols: 80, rows: 24 },
  ): Promise<TerminalDriver> {
    return new TerminalDriver(await container.exec(command, size))
  }

  type(text: string): void {
    this.process.write(new TextEncoder().encode(text))
  }

  /** Waits until the text since the last call matches, and takes it. @throws {Error} when the program ends first */
  async until(pattern: RegExp): Promise<string> {
    let ended = false
    for (;;) {
      const text = this.#raw.replace(escapeSequences, '').slice(this.#taken)
      const match = pattern.exec(text)
      if (match) {
        const end = match.index + match[0].length
        this.#taken += end
        return text.slice(0, end)
      }
      if (ended) throw new Error(`The program ended without ${pattern}: ${text}`)
      const end = this.exited.then(() => {
        ended = true
      })
      await Promise.race([this.#changed.promise, end])
    }
  }
}
