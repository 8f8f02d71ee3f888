import { randomBytes } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../clock.ts'
import type { ExecSessionGrant, ExecSessionSpec, MessageGateway } from '../exec-session.ts'
import { type AgentSettings, realAgentSettings } from './agent-settings.ts'
import type { FaultPlan, SocketDeath } from './fault-plan.ts'
import { GatewaySession } from './gateway-session.ts'
import { readOpenDataChannel } from './open-data-channel.ts'
import { SessionTokens } from './tokens.ts'

/** A client that does not say who it is in this time is sent away. */
const tokenWait = 5000

/** The real service leaves the client 1 to 2 seconds to read `channel_closed`. */
const realCloseDelay = 1500

/** Five times the largest payload that the plugin is known to accept. */
const largestMessage = 1024 * 1024

/** WebSocket close code for a client that broke the rules. */
const policyViolation = 1008

/** Ended sessions that TerminateSession still knows; the oldest are forgotten. */
const rememberedSessions = 10_000

const dataChannelPath = /^\/v1\/data-channel\/([^/]+)$/

export interface MessageGatewayOptions {
  /** Where the upgrades arrive, e.g. `ws://127.0.0.1:4510`; asked for every grant. */
  streamUrlBase: () => string
  /** Checks an upgrade that is signed. Without it every signature is good. */
  verifySignature?: (request: IncomingMessage) => SignatureVerdict
  /** What differs from the real agent, e.g. `{ chunkInterval: 0 }` for no pacing. */
  agent?: Partial<AgentSettings>
  /** Milliseconds from `channel_closed` to the close of the socket. */
  closeDelay?: number
  clock?: Clock
  /** What goes wrong in a new session from its start. */
  faults?: (sessionId: string) => FaultPlan | undefined
  /** What a session's command writes, for the exec transcripts. */
  onOutput?: (sessionId: string, bytes: Uint8Array) => void
}

export type SignatureVerdict = { ok: true } | { ok: false; status: number; body: string }

/** The part of the gateway that the HTTP server and tests use, beside the seam to the control APIs. */
export interface MessageGatewayServer extends MessageGateway, AsyncDisposable {
  /** Takes an upgrade to `/v1/data-channel/<session id>`; false when the path is not the gateway's. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Replaces what goes wrong in a running session; `{}` ends all faults. False when there is no such session. */
  setFaults(sessionId: string, faults: FaultPlan): boolean
  killSocket(sessionId: string, how: SocketDeath): void
  /** Undefined when there is no such session. */
  statistics(sessionId: string): SessionStatistics | undefined
}

export interface SessionStatistics {
  connected: boolean
  /** Output in flight, frame headers included. */
  unackedBytes: number
  /** Frames of the client that were dropped because they were broken. */
  refusedFrames: number
}

/**
 * The SSM message gateway and the exec agents behind it: sessions, their tokens
 * and their data channels. Protocol facts: public source of the agent and the
 * plugin, and frames captured from the latter.
 */
export function createMessageGateway(options: MessageGatewayOptions): MessageGatewayServer {
  return new SandboxMessageGateway(options)
}

class SandboxMessageGateway implements MessageGatewayServer {
  readonly #options: MessageGatewayOptions
  readonly #clock: Clock
  readonly #settings: AgentSettings
  readonly #sessions = new Map<string, { session: GatewaySession; taskArn: string }>()
  readonly #endedSessions = new Set<string>()
  /** Sessions that are over while their command still dies. */
  readonly #leaving = new Set<Promise<void>>()
  readonly #tokens = new SessionTokens()
  readonly #endedListeners: ((sessionId: string, at: number) => void)[] = []
  /** Opaque to clients, and with characters that a careless one would encode anew. */
  readonly #cellNumber = encodeURIComponent(`${randomBytes(24).toString('base64')}/+==`)
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: () => false,
    maxPayload: largestMessage,
  })

  constructor(options: MessageGatewayOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#settings = { ...realAgentSettings, ...options.agent }
  }

  create(spec: ExecSessionSpec): ExecSessionGrant {
    const { sessionId, taskArn } = spec
    if (this.#sessions.has(sessionId) || this.#endedSessions.has(sessionId)) {
      throw new Error(`Session ${sessionId} exists already. Create each session with an id of its own.`)
    }
    const session = new GatewaySession({
      spec,
      settings: this.#settings,
      closeDelay: this.#options.closeDelay ?? realCloseDelay,
      clock: this.#clock,
      faults: this.#options.faults?.(sessionId) ?? {},
      output: (bytes) => this.#options.onOutput?.(sessionId, bytes),
      ended: () => this.#ended(sessionId),
      gone: () => this.#forget(sessionId),
    })
    this.#sessions.set(sessionId, { session, taskArn })
    return this.#grant(sessionId)
  }

  resume(sessionId: string): ExecSessionGrant | undefined {
    return this.#isLive(sessionId) ? this.#grant(sessionId) : undefined
  }

  terminate(sessionId: string): boolean {
    this.#sessions.get(sessionId)?.session.terminate()
    return this.#sessions.has(sessionId) || this.#endedSessions.has(sessionId)
  }

  taskStopped(taskArn: string): void {
    for (const entry of [...this.#sessions.values()]) {
      if (entry.taskArn === taskArn) entry.session.loseAgent()
    }
  }

  onEnded(listener: (sessionId: string, at: number) => void): void {
    this.#endedListeners.push(listener)
  }

  setFaults(sessionId: string, faults: FaultPlan): boolean {
    this.#sessions.get(sessionId)?.session.setFaults(faults)
    return this.#sessions.has(sessionId)
  }

  killSocket(sessionId: string, how: SocketDeath): void {
    this.#sessions.get(sessionId)?.session.killSocket(how)
  }

  statistics(sessionId: string): SessionStatistics | undefined {
    return this.#sessions.get(sessionId)?.session.statistics
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    // Only path and query matter here; the host stands in for the one that a request line lacks.
    const url = URL.parse(request.url ?? '/', 'http://gateway.invalid')
    const sessionId = dataChannelPath.exec(url?.pathname ?? '')?.[1]
    if (url === null || sessionId === undefined) return false
    const refusal = this.#upgradeRefusal(request, url, sessionId)
    if (refusal) refuseUpgrade(socket, refusal.status, refusal.body)
    else {
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.#awaitToken(webSocket, sessionId),
      )
    }
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    for (const webSocket of this.#webSockets.clients) webSocket.terminate()
    this.#webSockets.close()
    await Promise.all([...this.#leaving, ...sessions.map(({ session }) => session[Symbol.asyncDispose]())])
  }

  #upgradeRefusal(request: IncomingMessage, url: URL, sessionId: string) {
    if (this.#sessions.get(sessionId)?.session.acceptsUpgrade() === false) {
      return { status: 503, body: '' }
    }
    const signed = request.headers.authorization !== undefined || url.searchParams.has('X-Amz-Signature')
    const verdict = signed ? this.#options.verifySignature?.(request) : undefined
    return verdict?.ok === false ? verdict : undefined
  }

  #awaitToken(webSocket: WebSocket, sessionId: string): void {
    const deadline = this.#clock.after(tokenWait, () => webSocket.close(policyViolation, 'No token'))
    // A frame that breaks the WebSocket protocol: ws closes the socket, and `close` tells the rest.
    webSocket.on('error', () => {})
    webSocket.once('close', () => deadline[Symbol.dispose]())
    webSocket.once('message', (message: Buffer, isBinary) => {
      deadline[Symbol.dispose]()
      const token = isBinary ? undefined : readOpenDataChannel(message.toString('utf8'))
      const session = this.#redeem(sessionId, token)
      if (session) session.attach(webSocket)
      else webSocket.close(policyViolation, 'Token refused')
    })
  }

  #redeem(sessionId: string, token: string | undefined): GatewaySession | undefined {
    const entry = this.#sessions.get(sessionId)
    if (entry === undefined || token === undefined) return undefined
    if (!this.#tokens.redeem(sessionId, token)) return undefined
    return entry.session.acceptsToken() ? entry.session : undefined
  }

  #isLive(sessionId: string): boolean {
    return this.#sessions.has(sessionId) && !this.#endedSessions.has(sessionId)
  }

  #grant(sessionId: string): ExecSessionGrant {
    const query = `role=publish_subscribe&cell-number=${this.#cellNumber}`
    return {
      sessionId,
      streamUrl: `${this.#options.streamUrlBase()}/v1/data-channel/${sessionId}?${query}`,
      tokenValue: this.#tokens.issue(sessionId),
    }
  }

  #ended(sessionId: string): void {
    this.#tokens.revoke(sessionId)
    this.#endedSessions.add(sessionId)
    for (const oldest of this.#endedSessions) {
      if (this.#endedSessions.size <= rememberedSessions) break
      this.#endedSessions.delete(oldest)
    }
    const at = this.#clock.now()
    for (const listener of this.#endedListeners) listener(sessionId, at)
  }

  #forget(sessionId: string): void {
    const entry = this.#sessions.get(sessionId)
    if (entry === undefined) return
    this.#sessions.delete(sessionId)
    const leaving = entry.session[Symbol.asyncDispose]().finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }
}

function refuseUpgrade(socket: Duplex, status: number, body: string): void {
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
