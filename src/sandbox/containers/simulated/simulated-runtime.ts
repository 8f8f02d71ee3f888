import { dirname, join } from 'node:path'
import { splitCommand } from '../../../../resources/sandbox/agent/command-line.ts'
import {
  type ContainerProcess,
  type ContainerRuntime,
  type ContainerSpec,
  ExecError,
  type RunningContainer,
} from '../container-runtime.ts'
import { containerEnvironment, type Image, loadImage } from '../image.ts'
import { MemoryFiles } from './memory-files.ts'
import { commands, type ShellState } from './simulated-commands.ts'
import { SimulatedPageServer } from './simulated-page-server.ts'
import { SimulatedProcess } from './simulated-process.ts'

const shellNames = ['sh', 'bash', '/bin/sh', '/bin/bash', '/usr/bin/bash', '/usr/bin/sh']

/** Often enough to look alive, seldom enough to cost nothing. */
const logIntervalMilliseconds = 40_000

/** Containers that only look like some, for systems without namespaces. Nothing they do leaves this process. */
export class SimulatedRuntime implements ContainerRuntime {
  readonly kind = 'simulated'
  readonly #imagesFolder: string
  readonly #now: () => number
  readonly #running = new Set<SimulatedContainer>()

  constructor(options: { imagesFolder: string; now: () => number }) {
    this.#imagesFolder = options.imagesFolder
    this.#now = options.now
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const image = await loadImage(this.#imagesFolder, spec.image)
    const files = await imageFiles(image, join(dirname(this.#imagesFolder), 'base'), spec)
    const container = new SimulatedContainer({ image, spec, files, now: this.#now })
    await container.open()
    this.#running.add(container)
    container.exited.then(() => this.#running.delete(container))
    return container
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((container) => container.stop()))
  }
}

class SimulatedContainer implements RunningContainer {
  readonly exited: Promise<void>
  readonly #image: Image
  readonly #spec: ContainerSpec
  readonly #files: MemoryFiles
  readonly #now: () => number
  readonly #exited = Promise.withResolvers<void>()
  readonly #processes = new Set<SimulatedProcess>()
  readonly #resources = new AsyncDisposableStack()
  #stopped = false

  constructor(options: { image: Image; spec: ContainerSpec; files: MemoryFiles; now: () => number }) {
    this.#image = options.image
    this.#spec = options.spec
    this.#files = options.files
    this.#now = options.now
    this.exited = this.#exited.promise
  }

  async open(): Promise<void> {
    if (this.#image.pages !== undefined && this.#spec.port !== undefined) {
      const server = new SimulatedPageServer({
        files: this.#files,
        pages: this.#image.pages,
        onRequest: (line) => this.#log(line),
        now: this.#now,
      })
      await server.listen(this.#spec.port)
      this.#resources.use(server)
    }
    if (this.#image.logLines !== undefined) this.#writeLog(this.#image.logLines)
  }

  async exec(command: string): Promise<ContainerProcess> {
    if (this.#stopped) throw new ExecError(`The container ${this.#spec.id} has stopped.`)
    const process = this.#start(command)
    this.#processes.add(process)
    process.ended.then(() => this.#processes.delete(process))
    return process
  }

  async stop(): Promise<void> {
    if (this.#stopped) return this.exited
    this.#stopped = true
    for (const process of this.#processes) process.kill()
    await this.#resources.disposeAsync()
    this.#exited.resolve()
  }

  #start(command: string): SimulatedProcess {
    const [name = '', ...args] = words(command)
    const state: ShellState = {
      files: this.#files,
      environment: {
        ...containerEnvironment(this.#image, this.#spec),
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
      },
      hostname: this.#spec.hostname,
      main: this.#image.main.join(' '),
      folder: '/',
    }
    if (shellNames.includes(name)) {
      return args[0] === '-c' ? SimulatedProcess.command(state, args[1] ?? '') : SimulatedProcess.shell(state)
    }
    if (!Object.hasOwn(commands, name)) {
      const reason = name.includes('/') ? `fork/exec ${name}: no such file or directory` : notFound(name)
      throw refusal(reason)
    }
    const quoted = [name, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    return SimulatedProcess.command(state, quoted.join(' '))
  }

  #writeLog(path: string): void {
    const [first = '', ...others] = this.#files.readText(path).trim().split('\n')
    this.#log(first)
    let next = 0
    const timer = setInterval(() => this.#log(others[next++ % others.length] ?? ''), logIntervalMilliseconds)
    this.#resources.defer(() => clearInterval(timer))
  }

  #log(line: string): void {
    this.#spec.onLog(line, this.#now())
  }
}

function words(command: string): string[] {
  try {
    return splitCommand(command)
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error))
  }
}

function notFound(name: string): string {
  return `exec: "${name}": executable file not found in $PATH`
}

/** The agent's words, as resources/sandbox/agent/exec-agent.ts has them. */
function refusal(reason: string): ExecError {
  return new ExecError(`Unable to start command: Failed to start pty: ${reason}`)
}

async function imageFiles(image: Image, baseFolder: string, spec: ContainerSpec): Promise<MemoryFiles> {
  const files = new MemoryFiles()
  for (const folder of ['/bin', '/home', '/tmp', '/var/log', '/etc', '/root', '/usr/bin'])
    files.makeFolder(folder)
  await files.load(baseFolder)
  await files.load(image.files)
  files.write('/etc/hostname', new TextEncoder().encode(`${spec.hostname}\n`))
  if (image.templates) fillTemplates(files, image.templates, containerEnvironment(image, spec))
  return files
}

/** Does what the image's entry point does in a real container. */
function fillTemplates(files: MemoryFiles, list: string, environment: Record<string, string>): void {
  for (const path of files.readText(list).trim().split('\n')) {
    const text = files.readText(path).replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
      return environment[name] ?? placeholder
    })
    files.write(path, new TextEncoder().encode(text))
  }
}
