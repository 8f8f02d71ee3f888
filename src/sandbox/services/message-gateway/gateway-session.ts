import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import type { ExecSessionSpec } from '../exec-session.ts'
import { AgentSession } from './agent-session.ts'
import type { AgentSettings } from './agent-settings.ts'
import { closedOutput, encodeChannelClosed } from './channel-closed.ts'
import type { FaultPlan, SocketDeath } from './fault-plan.ts'
import { FaultyLine } from './faulty-line.ts'
import { encodeControlFrame } from './frame.ts'
import {
  encodeBrokenStartPublication,
  encodePausePublication,
  encodeStartPublication,
} from './publication.ts'

/** WebSocket close code of an end that was meant. */
const normalClosure = 1000

export interface GatewaySessionOptions {
  spec: ExecSessionSpec
  settings: AgentSettings
  /** From `channel_closed` to the close of the socket. */
  closeDelay: number
  clock: Clock
  faults: FaultPlan
  output: (bytes: Uint8Array) => void
  /** Told once, when the session is over. Its socket may live a little longer. */
  ended: () => void
  /** Told once, when nothing of the session is left. */
  gone: () => void
}

/**
 * - `open`: the agent is there
 * - `agent-lost`: its task died; clients hear `pause_publication` and nothing else
 * - `closed`: `channel_closed` is sent, the socket is about to close
 */
type SessionPhase = 'open' | 'agent-lost' | 'closed' | 'gone'

/** The service's side of one session: the client's socket, the agent, and what happens between them. */
export class GatewaySession implements AsyncDisposable {
  readonly #options: GatewaySessionOptions
  readonly #agent: AgentSession
  readonly #toClient: FaultyLine
  readonly #toAgent: FaultyLine
  #phase: SessionPhase = 'open'
  #faults: FaultPlan
  #refusedUpgrades = 0
  #refusedTokens = 0
  #socket: WebSocket | undefined
  #agentReachable = true
  #lastActivity: number
  #idleTimer: Disposable
  #closeTimer: Disposable | undefined

  constructor(options: GatewaySessionOptions) {
    const { clock, settings, spec } = options
    this.#options = options
    this.#faults = options.faults
    this.#lastActivity = clock.now()
    const faults = () => this.#faults.line
    const killSocket = (how: SocketDeath) => this.killSocket(how)
    this.#toClient = new FaultyLine({
      clock,
      direction: 'to-client',
      faults,
      killSocket,
      deliver: (frame) => this.#socket?.send(frame),
    })
    this.#toAgent = new FaultyLine({
      clock,
      direction: 'to-agent',
      faults,
      killSocket,
      deliver: (frame) => this.#reachAgent(frame),
    })
    this.#agent = new AgentSession({
      spec,
      settings,
      clock,
      faults: () => this.#faults,
      transmit: (frame) => this.#toClient.send(frame),
      output: options.output,
      active: () => {
        this.#lastActivity = clock.now()
      },
      ended: (reason) => this.#close(reason),
    })
    this.#idleTimer = clock.after(settings.idleTimeout, () => this.#checkIdle())
    this.setFaults(options.faults)
    this.#agent.start()
  }

  get statistics() {
    return { connected: this.#socket !== undefined, ...this.#agent.statistics }
  }

  /** False while the fault plan refuses upgrades. */
  acceptsUpgrade(): boolean {
    if (this.#refusedUpgrades >= (this.#faults.refusedUpgrades ?? 0)) return true
    this.#refusedUpgrades++
    return false
  }

  /** False while the fault plan refuses tokens. */
  acceptsToken(): boolean {
    if (this.#refusedTokens >= (this.#faults.refusedTokens ?? 0)) return true
    this.#refusedTokens++
    return false
  }

  /** Counts of refusals start again with the new plan. */
  setFaults(faults: FaultPlan): void {
    this.#faults = faults
    this.#refusedUpgrades = 0
    this.#refusedTokens = 0
    const reachable = faults.agentUnreachable !== true
    if (reachable === this.#agentReachable) return
    this.#agentReachable = reachable
    this.#announceAgent()
  }

  /** Makes this the session's one socket. Its token has been checked. */
  attach(socket: WebSocket): void {
    const previous = this.#socket
    this.#socket = socket
    previous?.close(normalClosure)
    socket.on('message', (message: Buffer, isBinary) => {
      if (isBinary && this.#socket === socket) this.#toAgent.send(message)
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#detached()
    })
    this.#announceAgent()
    if (this.#faults.strayMessages) this.#sendStrayMessages(socket)
  }

  killSocket(how: SocketDeath): void {
    const socket = this.#socket
    if (socket === undefined) return
    // A closing handshake takes a round trip, and nothing may be sent in it.
    this.#detached()
    if (how === 'clean') socket.close(normalClosure)
    else socket.terminate()
  }

  /** As TerminateSession does: at once, whatever is on its way. */
  terminate(): void {
    this.#close(closedOutput.normal)
  }

  /** The task is gone and the agent with it, in the middle of a word. */
  loseAgent(): void {
    if (this.#phase !== 'open') return
    this.#phase = 'agent-lost'
    this.#agent.close()
    this.#options.ended()
    if (this.#socket === undefined) this.#leave()
    else this.#announceAgent()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#phase = 'gone'
    this.#idleTimer[Symbol.dispose]()
    this.#closeTimer?.[Symbol.dispose]()
    this.#toClient[Symbol.dispose]()
    this.#toAgent[Symbol.dispose]()
    this.#socket?.terminate()
    await this.#agent[Symbol.asyncDispose]()
  }

  #hasAgent(): boolean {
    return this.#phase === 'open' && this.#agentReachable
  }

  /** Tells a client that is connected, and the agent, whether they can speak to each other. */
  #announceAgent(): void {
    if (this.#socket === undefined) return
    this.#toClient.send(this.#publication(this.#options.clock.now()))
    this.#agent.setConnected(this.#hasAgent())
  }

  #publication(now: number): Uint8Array {
    if (!this.#hasAgent()) return encodePausePublication(now)
    return this.#faults.brokenStartPublication
      ? encodeBrokenStartPublication(now)
      : encodeStartPublication(now)
  }

  #reachAgent(frame: Uint8Array): void {
    if (this.#phase === 'closed' || this.#phase === 'gone') return
    if (this.#hasAgent()) this.#agent.receive(frame)
    else this.#toClient.send(encodePausePublication(this.#options.clock.now()))
  }

  #detached(): void {
    this.#socket = undefined
    this.#agent.setConnected(false)
    if (this.#phase !== 'open') this.#leave()
  }

  #checkIdle(): void {
    const { clock, settings } = this.#options
    const left = this.#lastActivity + settings.idleTimeout - clock.now()
    if (left <= 0) this.#close(closedOutput.idle)
    else this.#idleTimer = clock.after(left, () => this.#checkIdle())
  }

  #close(output: string): void {
    if (this.#phase === 'closed' || this.#phase === 'gone') return
    const wasOpen = this.#phase === 'open'
    this.#phase = 'closed'
    this.#agent.close()
    this.#idleTimer[Symbol.dispose]()
    const { clock, closeDelay, spec } = this.#options
    this.#toClient.send(encodeChannelClosed(spec.sessionId, output, clock.now()))
    if (wasOpen) this.#options.ended()
    if (this.#socket === undefined) this.#leave()
    else this.#closeTimer = clock.after(closeDelay, () => this.killSocket('clean'))
  }

  #leave(): void {
    if (this.#phase === 'gone') return
    this.#phase = 'gone'
    this.#options.gone()
  }

  #sendStrayMessages(socket: WebSocket): void {
    socket.send('{"MessageType":"porthole_unknown"}')
    socket.send(Buffer.alloc(3))
    this.#toClient.send(encodeControlFrame('porthole_unknown', Buffer.from('{}'), this.#options.clock.now()))
  }
}
