import path from 'node:path'
import { createChannelPair } from '../../../src/channel/in-process-channel.ts'
import type {
  ContainerRef,
  Engine as EngineName,
  Session,
  TerminalSize,
} from '../../../src/contract/session.ts'
import type { AuditService } from '../../../src/core/audit/audit-service.ts'
import { type AwsClients, createAwsClients } from '../../../src/core/aws/clients.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { type CatalogService, createCatalogService } from '../../../src/core/catalog/catalog-service.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { ssmSessionControl } from '../../../src/core/data-channel/session-control.ts'
import { createPluginFinder, type PluginSearch } from '../../../src/core/plugin/find-plugin.ts'
import { createBuiltInEngine } from '../../../src/core/session/built-in-engine.ts'
import type { EngineRequest } from '../../../src/core/session/engine.ts'
import { createExecuteCommand, createTerminateSession } from '../../../src/core/session/execute-command.ts'
import { createPluginEngine } from '../../../src/core/session/plugin-engine.ts'
import { createSessionHost, type SessionHost } from '../../../src/core/session/session-host.ts'
import { createSessionService, type SessionService } from '../../../src/core/session/session-service.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import type { Clock as SandboxClock } from '../../../src/sandbox/services/clock.ts'
import type { AgentSettings } from '../../../src/sandbox/services/message-gateway/agent-settings.ts'
import type { FaultPlan } from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import {
  createMessageGateway,
  type MessageGatewayServer,
} from '../../../src/sandbox/services/message-gateway/gateway.ts'
import { type BytePage, createBytePage } from '../../fixtures/byte-page.ts'
import { createMemoryRecorders } from '../../fixtures/memory-recorders.ts'
import { createNamespaceRuntime } from '../containers/containers.ts'

const pluginFolder = path.resolve('test/fixtures/plugin')
/** Where the sandbox's sample container is. */
const accountId = '111122223333'

/** What is looked through for a pattern; a flood must not make every look slower. */
const recentTextCharacters = 64 * 1024

/**
 * The agent without the waits that real ones have, but for the one after a
 * command that cannot start: a plugin on a busy computer needs it to connect.
 */
const briskAgent = { firstOutputDelay: 0, chunkInterval: 0 }

type SessionAudit = Pick<
  AuditService,
  'recorders' | 'sessionOpened' | 'sessionEnded' | 'shellRefused' | 'note' | 'integrity'
>

const noLedger = {
  sessionOpened: async () => {},
  sessionEnded: async () => {},
  shellRefused: async () => {},
  note: async () => {},
  integrity: () => Promise.reject(new Error('There is no ledger.')),
}

/** A session with a page that shows it. */
export interface Shell {
  id: string
  /** All output that its page got. */
  received: readonly Uint8Array[]
  page: BytePage
  type(text: string): void
  resize(size: TerminalSize): void
  /** Resolves when the output since the last `shows` matches, with what matched. */
  shows(pattern: RegExp): Promise<readonly string[]>
  /** Types a line and waits for output, which its echo must not look like. */
  run(line: string, pattern: RegExp): Promise<readonly string[]>
  /** Resolves when the session has reached this state. */
  until(state: Session['state']): Promise<Session>
  /** Resolves with the first picture of the session, past or coming, that is as wanted. */
  which(isWanted: (session: Session) => boolean): Promise<Session>
  /** Every picture of the session so far. */
  readonly history: readonly Session[]
}

export interface SessionFixtureOptions {
  /** Of the local AWS, which may disagree with ours. */
  sandboxClock?: SandboxClock
  /** Default: recordings in memory, and no ledger. */
  audit?: SessionAudit
  /** What differs from the brisk agent. */
  agent?: Partial<AgentSettings>
  /** The plugin to use; default: the test plugin. */
  plugin?: string
  /** The setting at the start. */
  recordingRequired?: boolean
}

/** The session service, its host and both engines against a sandbox with real containers. */
export class SessionFixture implements AsyncDisposable {
  readonly service: SessionService
  readonly catalog: CatalogService
  /** The sample container of the sandbox. */
  readonly container: ContainerRef
  readonly clients: AwsClients
  readonly recorders = createMemoryRecorders()
  readonly log: string[] = []
  readonly gateway: MessageGatewayServer
  /** What goes wrong in the sessions that are opened next. */
  nextFaults: FaultPlan | undefined
  /** The setting. */
  recordingRequired: boolean
  readonly #endpoint: string
  readonly #host: SessionHost
  readonly #resources: AsyncDisposableStack

  private constructor(
    sandbox: Sandbox,
    parts: {
      gateway: MessageGatewayServer
      options: SessionFixtureOptions
      faults: { next: () => FaultPlan | undefined }
    },
    resources: AsyncDisposableStack,
  ) {
    const { audit, plugin: pluginFile, recordingRequired = false } = parts.options
    this.#resources = resources
    this.recordingRequired = recordingRequired
    this.gateway = parts.gateway
    this.#endpoint = sandbox.endpoint
    parts.faults.next = () => this.nextFaults
    const { endpoint, accessKeyId, secretAccessKey } = sandbox.ready
    const credentials = async () => ({ accessKeyId, secretAccessKey })
    const endpoints = createEndpoints({
      environment: { AWS_ENDPOINT_URL: endpoint },
      config: () => Promise.reject(new Error('No test may read the config of this computer')),
    })
    const connection = resources.use(createAwsConnection({ endpoints, version: '0.0.0' }))
    this.container = sampleContainerOf(sandbox)
    const clients = resources.use(
      createAwsClients({ connection, credentials: { credentials, forgetCredentials: () => {} } }),
    )
    const caller = async () => ({ arn: `arn:aws:iam::${accountId}:user/test`, accountId, userName: 'test' })
    const ssm = ({ ssmEndpoint, region, credentials: fresh }: EngineRequest) =>
      ssmSessionControl({ endpoint: ssmEndpoint, region, credentials: fresh })
    const environment = { PATH: `${pluginFolder}:${process.env.PATH}` }
    const { platform } = process
    const finder = createPluginFinder({ environment, platform })
    // A plugin that is named is used whatever its version: the suite is what judges it.
    const findPlugin = async (): Promise<PluginSearch> =>
      pluginFile === undefined
        ? finder.find()
        : { status: 'supported', path: pluginFile, version: 'named by the test' }
    const log = (message: string) => void this.log.push(message)
    const clock = systemClock
    this.clients = clients
    this.catalog = resources.use(createCatalogService({ clients, caller, clock, random: Math.random }))
    const { catalog } = this
    const plugin = resources.use(createPluginEngine({ findPlugin, ssm, clock, environment, platform }))
    const engines = { plugin, 'built-in': createBuiltInEngine({ ssm }) }
    this.#host = resources.use(
      createSessionHost({ engines, recorders: audit?.recorders ?? this.recorders, clock, log }),
    )
    const [near, far] = createChannelPair()
    this.#host.serveControl(far)
    this.service = resources.use(
      createSessionService({
        host: { connect: () => near },
        clock,
        audit: audit ?? noLedger,
        recordingRequired: () => this.recordingRequired,
        isProduction: ({ environment }) => environment === 'production',
        describeForExec: catalog.describeForExec,
        onCluster: catalog.onCluster,
        executeCommand: createExecuteCommand(clients),
        terminateSession: createTerminateSession(clients),
        credentials,
        forgetCredentials: () => {},
        caller,
        endpoints,
        clockCorrection: () => connection.clockDifference.correction(),
        findPlugin,
        engineChoice: () => 'auto',
        platform,
        log,
      }),
    )
  }

  static async start(options: SessionFixtureOptions = {}): Promise<SessionFixture> {
    await using resources = new AsyncDisposableStack()
    let gateway: MessageGatewayServer | undefined
    const faults: { next: () => FaultPlan | undefined } = { next: () => undefined }
    const agent = { ...briskAgent, ...options.agent }
    const sandbox = resources.use(
      await startSandbox({
        port: 0,
        ...(options.sandboxClock ? { clock: options.sandboxClock } : {}),
        runtime: await createNamespaceRuntime(),
        createGateway: (parts) => {
          gateway = createMessageGateway({ ...parts, agent, closeDelay: 50, faults: () => faults.next() })
          return gateway
        },
      }),
    )
    if (gateway === undefined) throw new Error('The sandbox made no gateway')
    return new SessionFixture(sandbox, { gateway, options, faults }, resources.move())
  }

  /** Switches faults of the APIs on; see the sandbox's `faults.ts`. */
  async setFaults(faults: Record<string, unknown>): Promise<void> {
    const answer = await fetch(`${this.#endpoint}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    })
    if (!answer.ok) throw new Error(`Faults were refused: ${await answer.text()}`)
  }

  /** A container of a service in the sample's account, by its name or the first one. */
  async containerOf(cluster: string, serviceName: string, containerName?: string): Promise<ContainerRef> {
    const ecs = await this.clients.client('ecs', this.container.scope)
    const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName })
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns.slice(0, 1) })
    const [task] = tasks
    const taskArn = task?.taskArn ?? ''
    return {
      ...this.container,
      clusterArn: task?.clusterArn ?? '',
      clusterName: cluster,
      serviceName,
      taskArn,
      taskId: taskArn.split('/').at(-1) ?? '',
      containerName: containerName ?? task?.containers?.[0]?.name ?? '',
    }
  }

  /** Opens a session and waits for nothing. */
  async open(engine: EngineName, command = '/bin/sh', container = this.container): Promise<Shell> {
    const states: Session[] = []
    this.#resources.use(this.service.onChanged((session) => states.push(session)))
    const session = await this.service.open({
      container,
      command,
      engine,
      size: { cols: 100, rows: 30 },
    })
    return this.#showOnPage(session, states)
  }

  /** Opens a shell and waits for its prompt. */
  async openShell(engine: EngineName, container = this.container): Promise<Shell> {
    const shell = await this.open(engine, '/bin/sh', container)
    await Promise.race([shell.until('ready'), shell.until('ended').then(failToOpen)])
    // A prompt of our own, without sequences around it, and written so that its echo does not look like it.
    const plainLines = "bind 'set enable-bracketed-paste off' 2>/dev/null"
    await shell.run(`${plainLines}; PS1='ready''> '`, /ready> $/)
    return shell
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }

  #showOnPage({ stream, id }: Session, states: Session[]): Shell {
    const [near, far] = createChannelPair()
    this.#host.serveBytes(far)
    const received: Uint8Array[] = []
    let recent = ''
    const decoder = new TextDecoder()
    const page = createBytePage(near, stream, {
      onOutput: (bytes) => {
        received.push(bytes.slice())
        recent = (recent + decoder.decode(bytes, { stream: true })).slice(-recentTextCharacters)
      },
    })
    page.send({ kind: 'attach', stream })
    const shows = async (pattern: RegExp) => {
      await page.until(() => pattern.test(recent))
      const match = pattern.exec(recent)
      if (match === null) return []
      recent = recent.slice(match.index + match[0].length)
      return match
    }
    const type = (text: string) => page.send({ kind: 'input', stream, bytes: Buffer.from(text) })
    return {
      id,
      received,
      page,
      type,
      shows,
      run(line, pattern) {
        type(`${line}\r`)
        return shows(pattern)
      },
      resize: (size) => page.send({ kind: 'resize', stream, size }),
      until: (state) => this.#which(id, (session) => session.state === state, states),
      which: (isWanted) => this.#which(id, isWanted, states),
      get history() {
        return states.filter((each) => each.id === id)
      },
    }
  }

  #which(id: string, accepts: (session: Session) => boolean, states: Session[]): Promise<Session> {
    const isWanted = (session: Session) => session.id === id && accepts(session)
    const known = states.find(isWanted)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => {
      const listening = this.service.onChanged((session) => {
        if (!isWanted(session)) return
        listening[Symbol.dispose]()
        resolve(session)
      })
    })
  }
}

function failToOpen(session: Session): never {
  throw new Error(`The session ended: ${session.endReason} ${JSON.stringify(session.error)}`)
}

function sampleContainerOf({ ready: { region, sample } }: Sandbox): ContainerRef {
  const arn = (kind: string, name: string) => `arn:aws:ecs:${region}:${accountId}:${kind}/${name}`
  return {
    scope: { identityId: 'sso:test', accountId, roleName: 'Admin', region },
    environment: 'development',
    clusterArn: arn('cluster', sample.cluster),
    clusterName: sample.cluster,
    taskArn: arn('task', `${sample.cluster}/${sample.task}`),
    taskId: sample.task,
    containerName: sample.container,
  }
}
