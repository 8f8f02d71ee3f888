import { createServer } from 'node:net'
import type { ContainerRuntime, ContainerSpec, RunningContainer } from '../../containers/container-runtime.ts'
import type { LogStore, LogStream } from '../logs/log-store.ts'
import { awslogsGroup, logStreamName } from './container-logs.ts'
import type { LiveContainer, LiveTask } from './ecs-state.ts'

export interface ContainerHostOptions {
  runtime: ContainerRuntime
  logs: LogStore
  /** A container's main process ended although nobody stopped its task. */
  onExit: (task: LiveTask, container: LiveContainer) => void
}

/**
 * Runs the containers of live tasks. Those that serve a page start with their
 * task; all others wait for their first session, so that a world of thousands
 * of tasks costs nothing.
 */
export class ContainerHost {
  readonly #options: ContainerHostOptions
  readonly #portsInUse = new Set<number>()

  constructor(options: ContainerHostOptions) {
    this.#options = options
  }

  /** Starts what has to run from the beginning. @throws whatever the runtime throws */
  async startPages(task: LiveTask): Promise<void> {
    this.#openLogs(task)
    const serving = task.containers.filter((container) => container.description.page !== undefined)
    await Promise.all(serving.map((container) => this.started(task, container)))
  }

  /** The running container, started now if need be. @throws whatever the runtime throws */
  started(task: LiveTask, container: LiveContainer): Promise<RunningContainer> {
    container.running ??= this.#start(task, container)
    return container.running
  }

  /** Kills everything of the task and removes its roots. */
  async stop(task: LiveTask): Promise<void> {
    await Promise.all(task.containers.map((container) => this.#stop(container)))
  }

  /** Streams exist as soon as their task runs; looking into one starts the container that writes it. */
  #openLogs(task: LiveTask): void {
    for (const container of task.containers) {
      if (container.description.program === undefined) continue
      this.#streamOf(task, container)?.onAsked(() => {
        if (task.desiredStatus !== 'RUNNING' || task.startedAt === undefined) return
        // A container that cannot start says so to whoever opens a shell in it.
        this.started(task, container).catch(() => undefined)
      })
    }
  }

  #streamOf(task: LiveTask, { description }: LiveContainer): LogStream | undefined {
    const group = awslogsGroup(description)
    if (group === undefined) return undefined
    return this.#options.logs.stream(task.cluster, group, logStreamName(description.name, task.id))
  }

  async #start(task: LiveTask, container: LiveContainer): Promise<RunningContainer> {
    const { description } = container
    if (description.program === undefined) {
      throw new Error(`Nothing can run image ${description.image} in the sandbox.`)
    }
    if (description.page !== undefined) container.hostPort = await this.#takePort()
    const running = await this.#options.runtime.start(this.#spec(task, container, description.program))
    void running.exited.then(() => {
      if (task.desiredStatus === 'RUNNING') this.#options.onExit(task, container)
    })
    return running
  }

  #spec(task: LiveTask, container: LiveContainer, program: string): ContainerSpec {
    const { name, environment = {} } = container.description
    const { region } = task.cluster
    const stream = this.#streamOf(task, container)
    return {
      id: `${task.id}-${name}`.toLowerCase().replace(/[^a-z0-9-]/g, '-'),
      hostname: `ip-${task.privateIp.replaceAll('.', '-')}.${region}.compute.internal`,
      image: program,
      environment: {
        CLUSTER_NAME: task.cluster.name,
        SERVICE_NAME: task.serviceName ?? 'standalone',
        TASK_ID: task.id,
        ...environment,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_EXECUTION_ENV: `AWS_ECS_${task.launchType}`,
      },
      ...(container.hostPort !== undefined && { port: container.hostPort }),
      onLog: (line, at) => stream?.append(at, line),
    }
  }

  async #stop(container: LiveContainer): Promise<void> {
    const { running, hostPort } = container
    container.running = undefined
    // A container that could not start has nothing to stop; its failure was reported by whoever started it.
    await running?.then(
      (it) => it.stop(),
      () => undefined,
    )
    if (hostPort !== undefined) this.#portsInUse.delete(hostPort)
  }

  /** Two askers can be given the same port when neither listens yet, so ours are remembered. */
  async #takePort(): Promise<number> {
    for (;;) {
      const port = await freePort()
      if (this.#portsInUse.has(port)) continue
      this.#portsInUse.add(port)
      return port
    }
  }
}

/** A port on 127.0.0.1 that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
