import type { ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { Agent, type AgentConnectOpts } from 'agent-base'
import type { ConnectionGoal } from './connection-problems.ts'

/** Opens connections that are ready for requests. */
export type OpenConnection = (goal: ConnectionGoal) => Promise<Duplex>

/**
 * Above the catalog's own concurrency, so that a shell never waits for a
 * connection behind a poll.
 */
const mostSockets = 50

/** Node's pool of connections, with ours in it. One per scheme, because Node asks an agent for its scheme. */
export class NetworkAgent extends Agent {
  readonly #open: OpenConnection
  readonly #secure: boolean

  constructor(scheme: 'http' | 'https', open: OpenConnection) {
    super({ keepAlive: true, maxSockets: mostSockets })
    this.#open = open
    this.#secure = scheme === 'https'
    this.protocol = `${scheme}:`
    this.defaultPort = this.#secure ? 443 : 80
  }

  override isSecureEndpoint(): boolean {
    return this.#secure
  }

  override connect(_request: ClientRequest, { host, port }: AgentConnectOpts): Promise<Duplex> {
    return this.#open({ host: (host ?? 'localhost').replace(/^\[|\]$/g, ''), port: Number(port) })
  }
}
