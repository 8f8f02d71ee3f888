import type { IncomingMessage } from 'node:http'
import type { SandboxOptions, SandboxReady } from './sandbox.ts'
import { type Clock, systemClock } from './services/clock.ts'
import { createCloudTrailService } from './services/cloudtrail/cloudtrail-service.ts'
import { Trail } from './services/cloudtrail/trail.ts'
import { createEc2Service } from './services/ec2/ec2-service.ts'
import { ContainerHost } from './services/ecs/container-host.ts'
import { createEcsService } from './services/ecs/ecs-service.ts'
import { EcsState } from './services/ecs/ecs-state.ts'
import { ExecSessions } from './services/ecs/exec-sessions.ts'
import { Scheduler } from './services/ecs/scheduler.ts'
import { Faults } from './services/faults.ts'
import { type Exchange, splitTarget } from './services/http/exchange.ts'
import { JsonProtocol, toAwsError } from './services/http/json-protocol.ts'
import { QueryServices } from './services/http/query-services.ts'
import { Router } from './services/http/router.ts'
import { type HttpServer, listen } from './services/http/server.ts'
import { createIamService } from './services/iam/iam-service.ts'
import { RoleRegister } from './services/iam/role-register.ts'
import { AccessKeys, iamUserPrincipal } from './services/identity/access-keys.ts'
import { AssumableRoles } from './services/identity/assumable-roles.ts'
import { ConsoleLoginService } from './services/identity/console-login-service.ts'
import { MetadataService } from './services/identity/metadata-service.ts'
import { StsService } from './services/identity/sts-service.ts'
import { KeyStore } from './services/kms/key-store.ts'
import { createKmsService } from './services/kms/kms-service.ts'
import { type LiveLoadBalancer, openLoadBalancers } from './services/load-balancing/live-load-balancer.ts'
import { createLoadBalancingService } from './services/load-balancing/load-balancing-service.ts'
import { LogStore } from './services/logs/log-store.ts'
import { createLogsService } from './services/logs/logs-service.ts'
import {
  createMessageGateway,
  type MessageGatewayServer,
  type SignatureVerdict,
} from './services/message-gateway/gateway.ts'
import { PluginSite } from './services/plugin-site/plugin-site.ts'
import { ObjectStore } from './services/s3/object-store.ts'
import { S3Service } from './services/s3/s3-service.ts'
import { seedWorld } from './services/seed-world.ts'
import { OidcClients } from './services/sign-in/clients.ts'
import { CodeGrants } from './services/sign-in/code-grants.ts'
import { DeviceGrants } from './services/sign-in/device-grants.ts'
import { Directory } from './services/sign-in/directory.ts'
import { OidcService } from './services/sign-in/oidc-service.ts'
import { PortalService } from './services/sign-in/portal-service.ts'
import { Tokens } from './services/sign-in/tokens.ts'
import { type VerifiedCaller, verifySignature } from './services/signing/verify-signature.ts'
import { SessionRegister } from './services/ssm/session-register.ts'
import { createSsmService } from './services/ssm/ssm-service.ts'
import { Transcripts } from './services/ssm/transcripts.ts'
import type { WorldDescription } from './world/world-types.ts'

/** All services of the sandbox, wired together. */
export class Cloud implements AsyncDisposable {
  readonly #world: WorldDescription
  readonly #options: SandboxOptions
  readonly #clock: Clock
  readonly #faults: Faults
  readonly #accessKeys = new AccessKeys()
  readonly #state = new EcsState()
  readonly #keys = new KeyStore()
  readonly #logs: LogStore
  readonly #objects = new ObjectStore()
  readonly #trail = new Trail()
  readonly #register = new SessionRegister()
  readonly #transcripts: Transcripts
  readonly #host: ContainerHost
  readonly #scheduler: Scheduler
  readonly #gateway: MessageGatewayServer
  readonly #loadBalancers: LiveLoadBalancer[] = []
  readonly #router: Router
  #endpoint = ''

  constructor(world: WorldDescription, options: SandboxOptions) {
    this.#world = world
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#faults = new Faults(this.#clock)
    this.#logs = new LogStore(this.#clock)
    this.#transcripts = new Transcripts(this.#logs, this.#objects)
    this.#gateway = this.#createGateway()
    this.#host = new ContainerHost({
      runtime: options.runtime,
      logs: this.#logs,
      onExit: (task, container) => this.#scheduler.containerExited(task, container),
    })
    this.#scheduler = new Scheduler({ clock: this.#clock, host: this.#host, gateway: this.#gateway })
    this.#router = this.#createRouter()
    this.#addOperator()
    seedWorld(world, {
      state: this.#state,
      keys: this.#keys,
      logs: this.#logs,
      objects: this.#objects,
      trail: this.#trail,
      register: this.#register,
      transcripts: this.#transcripts,
      now: this.#clock.now(),
    })
  }

  async listen(): Promise<HttpServer> {
    const server = await listen({
      port: this.#options.port,
      answer: (exchange) => this.#router.answer(exchange),
      now: () => this.#clock.now(),
      upgrade: (request, socket, head) => this.#gateway.handleUpgrade(request, socket, head),
    })
    this.#endpoint = server.endpoint
    return server
  }

  async openLoadBalancers(): Promise<void> {
    this.#loadBalancers.push(...(await openLoadBalancers(this.#world, this.#state)))
  }

  /** A page that cannot be served costs its own task only; the scheduler tries again. */
  async startPages(): Promise<void> {
    const running = this.#state.allTasks().filter((task) => task.desiredStatus === 'RUNNING')
    await Promise.all(
      running.map(async (task) => {
        try {
          await this.#host.startPages(task)
        } catch (thrown) {
          const reason = thrown instanceof Error ? thrown.message : String(thrown)
          this.#options.log?.(`A container of task ${task.id} cannot start: ${reason}`)
          this.#scheduler.failedToStart(task, reason)
        }
      }),
    )
  }

  /** @throws {Error} when the sample is not in the world */
  readyInformation(endpoint: string): SandboxReady {
    const { sample, operator, startUrl } = this.#world
    const cluster = this.#state.cluster(sample, sample.cluster)
    const task = [...(cluster?.tasks.values() ?? [])].find(
      (each) => each.serviceName === sample.service && each.desiredStatus === 'RUNNING',
    )
    if (!task) throw new Error(`The world has no running task of service ${sample.service}.`)
    return {
      endpoint,
      region: sample.region,
      startUrl,
      accessKeyId: operator.accessKeyId,
      secretAccessKey: operator.secretAccessKey,
      sample: {
        cluster: sample.cluster,
        service: sample.service,
        task: task.id,
        container: sample.container,
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#loadBalancers.map((balancer) => balancer[Symbol.asyncDispose]()))
    await this.#scheduler[Symbol.asyncDispose]()
    await this.#gateway[Symbol.asyncDispose]()
  }

  #createGateway(): MessageGatewayServer {
    const create = this.#options.createGateway ?? createMessageGateway
    return create({
      streamUrlBase: () => this.#endpoint.replace(/^http/, 'ws'),
      verifySignature: (request) => this.#judgeUpgrade(request),
      onOutput: (sessionId, bytes) => this.#transcripts.collect(sessionId, bytes),
      clock: this.#clock,
    })
  }

  #createRouter(): Router {
    const clock = this.#clock
    const faults = this.#faults
    const state = this.#state
    const gateway = this.#gateway
    const register = this.#register
    const verify = (exchange: Exchange, signingName: string) => this.#verify(exchange, signingName)
    const sessions = new ExecSessions({
      clock,
      gateway,
      host: this.#host,
      keys: this.#keys,
      register,
      transcripts: this.#transcripts,
    })
    gateway.onEnded((sessionId, at) => sessions.ended(sessionId, at))
    const json = new JsonProtocol({
      services: [
        createEcsService(state, this.#scheduler, sessions),
        createSsmService({ clock, state, gateway, sessions, register }),
        createLogsService(this.#logs, faults),
        createCloudTrailService(this.#trail, clock, faults),
        createKmsService(this.#keys),
      ],
      verify,
      faults,
      trail: this.#trail,
      clock,
    })
    const directory = new Directory(this.#world)
    const tokens = new Tokens(clock, faults)
    const oidc = new OidcService({
      clients: new OidcClients(clock),
      codes: new CodeGrants(clock),
      devices: new DeviceGrants(clock),
      directory,
      tokens,
      endpoint: () => this.#endpoint,
      faults: faults.signIn,
    })
    const portal = new PortalService({ tokens, directory, accessKeys: this.#accessKeys, faults, clock })
    const pluginSite = this.#options.pluginSite ?? new PluginSite(clock)
    const roles = new AssumableRoles(this.#world.roles ?? [], this.#accessKeys, clock)
    const query = new QueryServices({
      services: [
        createIamService(new RoleRegister(this.#world)),
        createEc2Service(state),
        createLoadBalancingService(() => this.#loadBalancers),
      ],
      verify,
      faults,
    })
    return new Router({
      json,
      query,
      s3: new S3Service({ store: this.#objects, verify, faults }),
      sts: new StsService({ verify, faults, roles }),
      oidc,
      portal,
      pluginSite,
      metadata: new MetadataService(roles),
      consoleLogin: new ConsoleLoginService({ roles, clock, endpoint: () => this.#endpoint }),
      faults,
    })
  }

  #verify(request: Exchange, service: string): VerifiedCaller {
    return verifySignature(request, {
      service,
      regions: this.#world.regions,
      now: this.#clock.now(),
      findKey: (accessKeyId) => this.#accessKeys.find(accessKeyId),
      expireAll: this.#faults.expireTokens,
    })
  }

  /** A data channel may be opened unsigned, as older plugins do; a signature that is there must be right. */
  #judgeUpgrade(request: IncomingMessage): SignatureVerdict {
    try {
      verifySignature(
        {
          method: request.method ?? 'GET',
          ...splitTarget(request.url ?? '/'),
          headers: request.headers,
          body: new Uint8Array(),
        },
        {
          service: 'ssmmessages',
          regions: this.#world.regions,
          now: this.#clock.now(),
          findKey: (accessKeyId) => this.#accessKeys.find(accessKeyId),
          expireAll: this.#faults.expireTokens,
        },
      )
      return { ok: true }
    } catch (thrown) {
      const { code, message } = toAwsError(thrown)
      return { ok: false, status: 403, body: JSON.stringify({ __type: code, message }) }
    }
  }

  #addOperator(): void {
    const { accountId, userName, accessKeyId, secretAccessKey } = this.#world.operator
    this.#accessKeys.add({
      accessKeyId,
      secretAccessKey,
      createdAt: this.#clock.now(),
      principal: iamUserPrincipal(accountId, userName, ['*']),
    })
  }
}
