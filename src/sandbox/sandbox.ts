import { Cloud } from './cloud.ts'
import type { ContainerRuntime } from './containers/container-runtime.ts'
import type { Clock } from './services/clock.ts'
import type { MessageGatewayOptions, MessageGatewayServer } from './services/message-gateway/gateway.ts'
import type { PluginSite } from './services/plugin-site/plugin-site.ts'
import { describeWorld } from './world/world.ts'
import type { WorldDescription } from './world/world-types.ts'

export interface SandboxOptions {
  /** On 127.0.0.1; 0 for a free one. */
  port: number
  /** Runs the containers. The sandbox disposes it. */
  runtime: ContainerRuntime
  /** Further tasks in the world. */
  tasks?: number
  /** Further accounts in the world. */
  accounts?: number
  world?: WorldDescription
  clock?: Clock
  /** Makes the message gateway; tests pass one with other timing. The sandbox disposes what it makes. */
  createGateway?: (options: MessageGatewayOptions) => MessageGatewayServer
  /** The download site of session-manager-plugin; an empty one when absent. */
  pluginSite?: PluginSite
  log?: (line: string) => void
}

/** What a program needs to use the sandbox. The shape of the ready file. */
export interface SandboxReady {
  endpoint: string
  region: string
  startUrl: string
  /** A long-lived key that may do everything in the sample's account. */
  accessKeyId: string
  secretAccessKey: string
  /** A container that a shell can be opened in. `task` is a task id. */
  sample: { cluster: string; service: string; task: string; container: string }
}

export interface Sandbox extends AsyncDisposable {
  readonly endpoint: string
  readonly ready: SandboxReady
}

/**
 * A local AWS on one HTTP port. Resolves when every container that serves a page
 * serves it, and every call can be made.
 * @throws {NodeJS.ErrnoException} EADDRINUSE and the like, from listening
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  await using started = new AsyncDisposableStack()
  started.use(options.runtime)
  const world = options.world ?? describeWorld({ tasks: options.tasks, accounts: options.accounts })
  const cloud = new Cloud(world, options)
  started.use(cloud)
  const server = started.use(await cloud.listen())
  await cloud.openLoadBalancers()
  await cloud.startPages()
  const running = started.move()
  return {
    endpoint: server.endpoint,
    ready: cloud.readyInformation(server.endpoint),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
