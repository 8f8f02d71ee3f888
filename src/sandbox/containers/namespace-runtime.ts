import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, cp, link, mkdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer, type Server, Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { ensureBaseRoot } from './base-root.ts'
import type { RunningContainer } from './container-runtime.ts'
import {
  type ContainerProcess,
  type ContainerRuntime,
  type ContainerSpec,
  ExecError,
} from './container-runtime.ts'
import { hostProgramFolders } from './container-tools.ts'
import { ExecAgentClient } from './exec-agent-client.ts'
import { addressOf, containerEnvironment, type Image, loadImage } from './image.ts'
import { namespaceCommand } from './namespace-command.ts'
import { type ContainerOwner, folderIngredients, StagedFolders } from './staged-folder.ts'

/**
 * Who root inside is outside, when the sandbox runs as real root: an id far
 * above those of users, of systemd's containers and of /etc/subuid, so it owns
 * nothing and no process.
 */
const unprivilegedOwner = { uid: 2_000_000_000, gid: 2_000_000_000 }

/** A start takes about 50 ms; the first one on a cold disk a second. */
const startTimeoutMilliseconds = 20_000

/** File descriptors of process 1, as resources/sandbox/agent/init lists them. */
const descriptors = { orders: 0, output: 1, errors: 2, agent: 3, news: 4, page: 5 } as const

export interface NamespaceRuntimeOptions {
  /** resources/sandbox/images; its siblings `base`, `agent` and `namespaces` belong to it. */
  imagesFolder: string
  cacheFolder: string
  log: (line: string) => void
  now: () => number
  /** Where tools for the containers are taken from. Set by tests that hide some. */
  programFolders?: string[]
  busybox?: string
}

/** Containers as real processes in namespaces of their own, each in a throwaway root. Linux only. */
export class NamespaceRuntime implements ContainerRuntime {
  readonly kind = 'namespaces'
  readonly #options: NamespaceRuntimeOptions
  readonly #owner: ContainerOwner
  readonly #staged: StagedFolders
  readonly #base: string
  readonly #agent: string
  readonly #hostRootDevice: string
  readonly #running = new Set<NamespaceContainer>()

  private constructor(
    options: NamespaceRuntimeOptions,
    prepared: {
      owner: ContainerOwner
      staged: StagedFolders
      base: string
      agent: string
      hostRootDevice: string
    },
  ) {
    this.#options = options
    this.#owner = prepared.owner
    this.#staged = prepared.staged
    this.#base = prepared.base
    this.#agent = prepared.agent
    this.#hostRootDevice = prepared.hostRootDevice
  }

  /** Builds what all containers share. @throws {Error} when this system cannot have such containers */
  static async create(options: NamespaceRuntimeOptions): Promise<NamespaceRuntime> {
    const owner = process.getuid?.() === 0 ? unprivilegedOwner : undefined
    await mkdir(options.cacheFolder, { recursive: true })
    const staged = new StagedFolders(options.cacheFolder, owner)
    const resources = dirname(options.imagesFolder)
    const ptyModule = nativePtyModule()
    const [base, agent, hostRoot] = await Promise.all([
      ensureBaseRoot({
        staged,
        ownFiles: join(resources, 'base'),
        packages: join(resources, 'packages'),
        programFolders: options.programFolders ?? hostProgramFolders,
        guests: [process.execPath, ptyModule],
        busybox: options.busybox,
      }),
      stageAgent(staged, join(resources, 'agent'), ptyModule),
      stat('/'),
    ])
    return new NamespaceRuntime(options, { owner, staged, base, agent, hostRootDevice: String(hostRoot.dev) })
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const image = await loadImage(this.#options.imagesFolder, spec.image)
    const imageFolder = await this.#stageImage(image)
    const page = spec.port === undefined ? undefined : await listenForPage(spec.id, spec.port)
    const child = this.#spawn(image, spec, imageFolder, page)
    // The container has its own copy of the socket; with ours the port would outlive it.
    page?.close()
    const container = new NamespaceContainer(child, {
      spec,
      readyLine: image.readyLine,
      now: this.#options.now,
      log: this.#options.log,
    })
    this.#running.add(container)
    container.exited.then(() => this.#running.delete(container))
    await container.ready
    return container
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((container) => container.stop()))
  }

  #spawn(image: Image, spec: ContainerSpec, imageFolder: string, page: Server | undefined): ChildProcess {
    const command = namespaceCommand({
      sources: {
        scripts: join(dirname(this.#options.imagesFolder), 'namespaces'),
        base: this.#base,
        image: imageFolder,
        agent: this.#agent,
      },
      owner: this.#owner,
      hostname: spec.hostname,
      address: addressOf(spec.hostname),
      agentFolder: `/ecs-execute-command-${randomUUID()}`,
      hostRootDevice: this.#hostRootDevice,
      main: image.main,
    })
    return spawn(command.file, command.args, {
      cwd: '/',
      // Nothing of the host's environment comes in: it may hold credentials.
      env: containerEnvironment(image, spec),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...(page ? [descriptorOf(page)] : [])],
    })
  }

  async #stageImage(image: Image): Promise<string> {
    const ingredients = await folderIngredients(image.files)
    return this.#staged.publish(`image-${image.name}`, ingredients, (folder) =>
      cp(image.files, folder, { recursive: true, verbatimSymlinks: true }),
    )
  }
}

class NamespaceContainer implements RunningContainer {
  /** Settles once the main process has been started, or could not be. */
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #id: string
  readonly #log: (line: string) => void
  readonly #ready = Promise.withResolvers<void>()
  readonly #exited = Promise.withResolvers<void>()
  readonly #agent: ExecAgentClient
  readonly #startTimer: NodeJS.Timeout
  readonly #startErrors: string[] = []
  #isReady = false
  #agentStarted = false
  #stopped = false

  constructor(
    child: ChildProcess,
    options: { spec: ContainerSpec; readyLine?: string; now: () => number; log: (line: string) => void },
  ) {
    const { spec, readyLine, now, log } = options
    this.#child = child
    this.#id = spec.id
    this.#log = log
    this.ready = this.#ready.promise
    this.exited = this.#exited.promise
    this.#agent = new ExecAgentClient(stdioSocket(child, descriptors.agent))
    this.#startTimer = setTimeout(() => this.#failStart('it did not get ready'), startTimeoutMilliseconds)
    const takeLine = (line: string) => {
      spec.onLog(line, now())
      if (readyLine && line.endsWith(readyLine)) this.#becomeReady()
    }
    eachLine(child.stdout, takeLine)
    eachLine(child.stderr, (line) => {
      if (!this.#isReady) this.#startErrors.push(line)
      takeLine(line)
    })
    eachLine(stdioSocket(child, descriptors.news), (line) => {
      if (line === 'main-started' && !readyLine) this.#becomeReady()
      else this.#heard(line)
    })
    child.on('error', (error) => {
      this.#failStart(error.message)
      this.#gone()
    })
    child.on('close', () => {
      this.#failStart(this.#startErrors.join('; ') || 'it ended at once')
      this.#gone()
    })
    // Writing an order to a container that has just died is no error of the sandbox.
    child.stdin?.on('error', () => {})
  }

  async exec(command: string, size: { cols: number; rows: number }): Promise<ContainerProcess> {
    if (this.#stopped) throw new ExecError(`The container ${this.#id} has stopped.`)
    if (!this.#agentStarted) {
      this.#agentStarted = true
      this.#child.stdin?.write('start-agent\n')
    }
    return this.#agent.exec(command, size)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#child.kill('SIGKILL')
    await this.exited
  }

  #heard(line: string): void {
    if (line === 'agent-stopped') {
      this.#agent.close('The exec agent in this container has stopped. Replace the task to get it back.')
    } else if (line !== 'main-started') {
      this.#log(`${this.#id}: ${line}`)
    }
  }

  #becomeReady(): void {
    clearTimeout(this.#startTimer)
    this.#isReady = true
    this.#ready.resolve()
  }

  #failStart(reason: string): void {
    clearTimeout(this.#startTimer)
    if (this.#isReady) return
    this.#ready.reject(new Error(`The container ${this.#id} could not be started: ${reason}`))
    this.#child.kill('SIGKILL')
  }

  #gone(): void {
    this.#stopped = true
    this.#agent.close(`The container ${this.#id} has stopped.`)
    this.#exited.resolve()
  }
}

/**
 * The network inside is the container's own, so the socket of its page is
 * opened outside and handed in, as a port mapping leads in.
 */
function listenForPage(id: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      reject(new Error(`The container ${id} could not be started: ${error.message}`))
    })
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Node tells a server's descriptor by its handle only. @throws {Error} when the handle has another shape */
function descriptorOf(server: Server): number {
  const handle: unknown = Reflect.get(server, '_handle')
  const descriptor: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  if (typeof descriptor === 'number' && descriptor > 2) return descriptor
  throw new Error('This Node does not tell the descriptor of a listening socket')
}

function stdioSocket(child: ChildProcess, descriptor: number): Socket {
  const stream = child.stdio[descriptor]
  if (stream instanceof Socket) return stream
  throw new Error(`File descriptor ${descriptor} of the container is not open`)
}

function eachLine(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}

function nativePtyModule(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('node-pty/package.json'))
  return join(folder, 'build', 'Release', 'pty.node')
}

/** The exec agent with all it needs to run: Node and the native half of node-pty. */
async function stageAgent(staged: StagedFolders, sources: string, ptyModule: string): Promise<string> {
  const node = await stat(process.execPath)
  const ingredients = [
    ...(await folderIngredients(sources)),
    `${process.execPath} ${node.size} ${node.mtimeMs}`,
    `${(await stat(ptyModule)).mtimeMs}`,
  ]
  return staged.publish('agent', ingredients, async (folder) => {
    await cp(sources, folder, { recursive: true })
    await copyFile(ptyModule, join(folder, 'pty.node'))
    await linkOrCopy(process.execPath, join(folder, 'node'))
  })
}

/** Node has 120 MB, so it is linked where the file system allows it. */
async function linkOrCopy(source: string, destination: string): Promise<void> {
  await link(source, destination).catch(() => copyFile(source, destination, constants.COPYFILE_FICLONE))
}
