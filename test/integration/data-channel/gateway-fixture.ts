import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { type DataChannelTiming, dataChannelTiming } from '../../../src/core/data-channel/timing.ts'
import { createBuiltInEngine } from '../../../src/core/session/built-in-engine.ts'
import type { EngineSession } from '../../../src/core/session/engine.ts'
import type { ContainerProcess } from '../../../src/sandbox/containers/container-runtime.ts'
import type { ExecSessionGrant, ExecSessionSpec } from '../../../src/sandbox/services/exec-session.ts'
import { AccessKeys, permissionSetPrincipal } from '../../../src/sandbox/services/identity/access-keys.ts'
import type { AgentSettings } from '../../../src/sandbox/services/message-gateway/agent-settings.ts'
import type { FaultPlan } from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import {
  createMessageGateway,
  type MessageGatewayServer,
} from '../../../src/sandbox/services/message-gateway/gateway.ts'
import { verifySignature } from '../../../src/sandbox/services/signing/verify-signature.ts'
import { RecordedEvents } from './recorded-events.ts'

export const region = 'eu-west-1'
export const target = 'ecs:shop_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef-3107182542'

/** The agent without its waits: what is tested here is the protocol, not patience. */
const briskAgent: Partial<AgentSettings> = { firstOutputDelay: 0, chunkInterval: 0, startFailureDelay: 0 }

export interface OpenOptions {
  process: () => Promise<ContainerProcess>
  faults?: FaultPlan
  kms?: ExecSessionSpec['kms']
  kmsEndpoint?: string
  timing?: Partial<DataChannelTiming>
  /** Signs with a secret that the gateway does not know. */
  wrongSecret?: boolean
}

export interface OpenSession {
  sessionId: string
  session: EngineSession
  events: RecordedEvents
  /** How often ResumeSession and TerminateSession were called. */
  calls: { resume: number; terminate: number }
}

/** The sandbox's gateway on a port of its own, checking signatures, and the built-in engine against it. */
export class GatewayFixture implements AsyncDisposable {
  readonly gateway: MessageGatewayServer
  readonly #server = createServer((request, response) => void this.#answerSsm(request, response))
  readonly #keys = new AccessKeys()
  readonly #credentials = this.#keys.issue(
    permissionSetPrincipal('111122223333', 'Developer', 'ada', []),
    Date.now(),
    3_600_000,
  )
  readonly #sessions: OpenSession[] = []
  #nextFaults: FaultPlan | undefined
  /** Answers of the verifier, one per upgrade. */
  readonly verdicts: string[] = []
  /** Calls of the SSM API over HTTP. */
  readonly ssmCalls: string[] = []

  private constructor(agent: Partial<AgentSettings>) {
    this.gateway = createMessageGateway({
      streamUrlBase: () => `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      agent: { ...briskAgent, ...agent },
      closeDelay: 50,
      faults: () => this.#nextFaults,
      verifySignature: (request) => {
        const [path = '', rawQuery = ''] = (request.url ?? '').split('?')
        try {
          verifySignature(
            { method: 'GET', path, rawQuery, headers: request.headers, body: new Uint8Array() },
            {
              service: 'ssmmessages',
              regions: [region],
              now: Date.now(),
              findKey: (id) => this.#keys.find(id),
            },
          )
          this.verdicts.push('good')
          return { ok: true }
        } catch (error) {
          this.verdicts.push(String(error))
          return { ok: false, status: 403, body: String(error) }
        }
      },
    })
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.gateway.handleUpgrade(request, socket, head)) socket.destroy()
    })
  }

  static async start(agent: Partial<AgentSettings> = {}): Promise<GatewayFixture> {
    const fixture = new GatewayFixture(agent)
    await new Promise<void>((resolve) => fixture.#server.listen(0, '127.0.0.1', resolve))
    return fixture
  }

  open(options: OpenOptions): OpenSession {
    const sessionId = newSessionId()
    this.#nextFaults = options.faults
    const grant = this.gateway.create({
      ...sessionSpec(sessionId),
      open: options.process,
      kms: options.kms,
    })
    const calls = { resume: 0, terminate: 0 }
    const { accessKeyId, secretAccessKey, sessionToken } = this.#credentials
    const engine = createBuiltInEngine({
      ssm: () => ({
        resume: async () => {
          calls.resume += 1
          return this.gateway.resume(sessionId) ?? 'over'
        },
        terminate: async () => {
          calls.terminate += 1
          this.gateway.terminate(sessionId)
        },
      }),
      timing: { ...dataChannelTiming, ...options.timing },
    })
    const events = new RecordedEvents()
    const session = engine.start(
      {
        awsSessionId: sessionId,
        streamUrl: grant.streamUrl,
        tokenValue: grant.tokenValue,
        target,
        region,
        ssmEndpoint: 'http://127.0.0.1:9',
        kmsEndpoint: options.kmsEndpoint ?? 'http://127.0.0.1:9',
        size: { cols: 100, rows: 30 },
        credentials: async () => ({
          accessKeyId,
          secretAccessKey: options.wrongSecret ? 'wrong' : secretAccessKey,
          sessionToken,
        }),
      },
      events,
    )
    const opened = { sessionId, session, events, calls }
    this.#sessions.push(opened)
    return opened
  }

  /** A session without a client, for a plugin to take up. */
  grant(process: () => Promise<ContainerProcess>): ExecSessionGrant {
    this.#nextFaults = undefined
    return this.gateway.create({ ...sessionSpec(newSessionId()), open: process })
  }

  /** The SSM API beside the gateway, and the environment in which a plugin finds its credentials. */
  get ssmEndpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get credentialEnvironment(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.#credentials
    return {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_EC2_METADATA_DISABLED: 'true',
    }
  }

  async #answerSsm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { SessionId } = JSON.parse(await readText(request)) as { SessionId: string }
    const operation = String(request.headers['x-amz-target']).split('.').at(-1)
    this.ssmCalls.push(`${operation} ${SessionId}`)
    const answer: Record<string, string> = { SessionId }
    if (operation === 'TerminateSession') this.gateway.terminate(SessionId)
    const grant = operation === 'ResumeSession' ? this.gateway.resume(SessionId) : undefined
    if (grant !== undefined)
      Object.assign(answer, { TokenValue: grant.tokenValue, StreamUrl: grant.streamUrl })
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answer))
  }

  /** As when the machine of the gateway is switched off. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await this.gateway[Symbol.asyncDispose]()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map(({ session }) => session.close()))
    if (this.#server.listening) await this.stop()
  }
}

const newSessionId = () => `ecs-execute-command-${randomBytes(13).toString('hex')}`

function sessionSpec(sessionId: string): Omit<ExecSessionSpec, 'open'> {
  const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef'
  return { sessionId, target, taskArn, region }
}
