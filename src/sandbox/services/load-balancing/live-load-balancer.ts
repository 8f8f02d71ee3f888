import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { LoadBalancerDescription, WorldDescription } from '../../world/world-types.ts'
import type { Place } from '../ecs/arns.ts'
import { type EcsState, isRunning, type LiveService, tasksOf } from '../ecs/ecs-state.ts'
import { stableHex } from '../identifiers.ts'

/**
 * A load balancer in front of a service: one that faces the internet is a port
 * of 127.0.0.1, where what comes is handed to the running tasks in turn. So its
 * address stays when a task is replaced.
 */
export class LiveLoadBalancer implements AsyncDisposable {
  readonly service: LiveService
  readonly description: LoadBalancerDescription
  readonly createdAt: number
  readonly #server: Server | undefined
  readonly #sockets = new Set<Socket>()
  #turn = 0

  private constructor(service: LiveService, description: LoadBalancerDescription) {
    this.service = service
    this.description = description
    this.createdAt = service.createdAt
    if (description.scheme === 'internet-facing') this.#server = createServer((socket) => this.#serve(socket))
  }

  static async open(service: LiveService, description: LoadBalancerDescription): Promise<LiveLoadBalancer> {
    const made = new LiveLoadBalancer(service, description)
    made.#server?.listen(0, '127.0.0.1')
    if (made.#server) await once(made.#server, 'listening')
    return made
  }

  /** AWS's name for an inner one leads nowhere from here, as it does outside of a VPC. */
  get dnsName(): string {
    const { name, scheme } = this.description
    return scheme === 'internal'
      ? `internal-${name}-${this.id}.${this.place.region}.elb.amazonaws.com`
      : 'localhost'
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? 443
  }

  get place(): Place {
    return this.service.cluster
  }

  /** Sixteen hex digits, the same in every run. */
  get id(): string {
    return stableHex(`load balancer ${this.service.arn}`, 16)
  }

  get arn(): string {
    return this.#arn(`loadbalancer/app/${this.description.name}/${this.id}`)
  }

  get listenerArn(): string {
    return this.#arn(
      `listener/app/${this.description.name}/${this.id}/${stableHex(`listener ${this.service.arn}`, 16)}`,
    )
  }

  get targetGroupArn(): string {
    return this.#arn(`targetgroup/${this.description.name}/${this.id}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #arn(resource: string): string {
    const { region, accountId } = this.place
    return `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`
  }

  #serve(client: Socket): void {
    const ports = tasksOf(this.service)
      .filter((task) => isRunning(task) && task.desiredStatus === 'RUNNING')
      .flatMap((task) => task.containers)
      .flatMap(({ description, hostPort }) =>
        description.name === this.description.container && hostPort !== undefined ? [hostPort] : [],
      )
    const port = ports[this.#turn++ % Math.max(1, ports.length)]
    this.#keep(client)
    if (port === undefined) {
      client.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      return
    }
    const target = connect(port, '127.0.0.1')
    this.#keep(target)
    client.pipe(target).pipe(client)
    client.on('close', () => target.destroy())
    target.on('close', () => client.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    // Either end may go at any time; `close` follows and ends the other.
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
  }
}

/** Those of a world, each with its service told of it. */
export function openLoadBalancers(world: WorldDescription, state: EcsState): Promise<LiveLoadBalancer[]> {
  const wanted = world.accounts.flatMap(({ id: accountId, regions }) =>
    regions.flatMap(({ name: region, clusters }) =>
      clusters.flatMap(({ name, services }) =>
        services.flatMap(({ name: serviceName, loadBalancer }) => {
          const service = state.cluster({ accountId, region }, name)?.services.get(serviceName)
          return service && loadBalancer ? [{ service, loadBalancer }] : []
        }),
      ),
    ),
  )
  return Promise.all(
    wanted.map(async ({ service, loadBalancer }) => {
      const opened = await LiveLoadBalancer.open(service, loadBalancer)
      const { container: containerName, containerPort } = loadBalancer
      service.target = { targetGroupArn: opened.targetGroupArn, containerName, containerPort }
      return opened
    }),
  )
}
