import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ExecError } from '../../../src/sandbox/containers/container-runtime.ts'
import type { ExecSessionGrant, ExecSessionSpec } from '../../../src/sandbox/services/exec-session.ts'
import {
  createMessageGateway,
  type MessageGatewayOptions,
  type MessageGatewayServer,
} from '../../../src/sandbox/services/message-gateway/gateway.ts'
import { PtyProcess } from '../../fixtures/pty-process.ts'
import { DataChannelClient } from './data-channel-client.ts'

/** The agent without the waits that only cost time in a test. */
const quickAgent = { firstOutputDelay: 0, startFailureDelay: 20, chunkInterval: 0 }
const quickCloseDelay = 20

export const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/test/0123456789abcdef'

/** A gateway on a port of its own, and the real shells behind it. */
export class GatewayFixture implements AsyncDisposable {
  readonly gateway: MessageGatewayServer
  readonly processes: PtyProcess[] = []
  readonly ended: string[] = []
  readonly transcript: Buffer[] = []
  readonly #server: Server

  static async start(options: Partial<MessageGatewayOptions> = {}): Promise<GatewayFixture> {
    const fixture = new GatewayFixture(options)
    fixture.#server.listen(0, '127.0.0.1')
    await once(fixture.#server, 'listening')
    return fixture
  }

  private constructor(options: Partial<MessageGatewayOptions>) {
    this.#server = createServer((_request, response) => response.writeHead(404).end())
    this.gateway = createMessageGateway({
      streamUrlBase: () => `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      closeDelay: quickCloseDelay,
      onOutput: (_sessionId, bytes) => this.transcript.push(Buffer.from(bytes)),
      ...options,
      agent: { ...quickAgent, ...options.agent },
    })
    this.gateway.onEnded((sessionId) => this.ended.push(sessionId))
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.gateway.handleUpgrade(request, socket, head)) socket.destroy()
    })
  }

  /** Registers a session that runs `program`, by default an interactive shell. */
  createSession(
    options: { program?: string; args?: string[]; kms?: ExecSessionSpec['kms']; sessionId?: string } = {},
  ): ExecSessionGrant {
    const { program = '/bin/sh', args = ['-i'], kms } = options
    return this.gateway.create({
      sessionId: options.sessionId ?? `ecs-execute-command-${randomUUID().replaceAll('-', '').slice(0, 26)}`,
      target: 'ecs:test_0123456789abcdef_0123456789abcdef-1234567890',
      taskArn,
      region: 'eu-west-1',
      kms,
      open: async (size) => {
        if (program === '/missing') {
          throw new ExecError('Unable to start command: Failed to start pty: no such file or directory')
        }
        const process = new PtyProcess({ program, args, size, prompt: 'test$ ' })
        this.processes.push(process)
        return process
      },
    })
  }

  /** A session with a connected client. */
  async connectedSession(options: Parameters<GatewayFixture['createSession']>[0] = {}) {
    const grant = this.createSession(options)
    const client = new DataChannelClient()
    await client.connect(grant)
    return { grant, client, sessionId: grant.sessionId }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    for (const process of this.processes) {
      if (!process.gone) throw new Error('A shell outlived its gateway.')
    }
  }
}
