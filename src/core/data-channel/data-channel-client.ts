import { randomUUID } from 'node:crypto'
import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import { type Clock, systemClock } from '../clock.ts'
import { acknowledgedSequence, encodeAcknowledgement, RecentAcknowledgements } from './acknowledgement.ts'
import { readChannelClosed, sessionEndOf } from './channel-closed.ts'
import { ChannelConnection, type ChannelGrant, type ResumeSession } from './channel-connection.ts'
import { type CreateWebSocket, createWebSocket } from './channel-socket.ts'
import { channelFlag, decodeFrame, type Frame, FrameError, messageType, payloadType } from './frame.ts'
import { clientVersion } from './handshake.ts'
import { ReliableReceiver } from './reliable-receiver.ts'
import { ReliableSender } from './reliable-sender.ts'
import type { GenerateDataKey } from './session-encryption.ts'
import { handshakeFailed, SessionHandshake } from './session-handshake.ts'
import { type DataChannelTiming, dataChannelTiming } from './timing.ts'
import { TypedInput } from './typed-input.ts'

/** Output kept during a pause before the socket itself is paused: one flow-control high mark's worth. */
const maximumPausedBytes = 256 * 1024

export interface DataChannelOptions {
  /** AWS's session id. */
  sessionId: string
  grant: ChannelGrant
  /** `ecs:<cluster>_<task id>_<runtime id>`. */
  target: string
  region: string
  size: TerminalSize
  credentials: () => Promise<RoleCredentials>
  /** AWS did not accept what `credentials` gave last: it has to give others. */
  credentialsRefused?: () => void
  resume: ResumeSession
  terminate: () => Promise<void>
  generateDataKey: GenerateDataKey
  clock?: Clock
  timing?: DataChannelTiming
  createWebSocket?: CreateWebSocket
  random?: () => number
}

export interface DataChannelEvents {
  /** The shell takes input. Once, before its first output. */
  ready(): void
  /** The session key was agreed. Before `ready`. */
  encrypted(): void
  /** Raw output; a view of the message it came in, which nobody else uses. */
  output(bytes: Uint8Array): void
  /** Connected, but the far end is away or slow to answer. */
  degraded(error: ErrorValue): void
  /** It answers again. Not told when `reconnecting` comes first. */
  recovered(): void
  /** No connection; the next attempt begins in so many milliseconds. Again after each failed attempt. */
  reconnecting(error: ErrorValue, retryIn: number): void
  reconnected(): void
  /** The last event, exactly once. */
  ended(reason: EndReason, error?: ErrorValue): void
}

type TimerName = 'ready' | 'quiet-shell' | 'resize' | 'away'

/**
 * The client's end of an SSM data channel with a shell at the other: keystrokes
 * and sizes one way, output the other, each stream once and in order across
 * lost frames and lost connections.
 *
 * The usual ECS session has no handshake: the first output means ready. With a
 * KMS key the agent asks for one first, and everything typed before its end
 * would be thrown away, so typed bytes wait for `ready` in both cases.
 */
export class DataChannelClient {
  readonly #options: DataChannelOptions
  readonly #events: DataChannelEvents
  readonly #clock: Clock
  readonly #timing: DataChannelTiming
  readonly #connection: ChannelConnection
  readonly #sender: ReliableSender
  readonly #receiver: ReliableReceiver
  readonly #recentAcknowledgements = new RecentAcknowledgements()
  readonly #typed: TypedInput
  readonly #handshake: SessionHandshake
  /** One per session, the same on every socket. */
  readonly #clientId = randomUUID()
  readonly #timers = new Map<TimerName, Disposable>()

  #state: 'connecting' | 'ready' | 'ended' = 'connecting'
  /** The agent was heard. Without that `ready` is only likely: see `#awaitQuietShell`. */
  #agentHeard = false
  #size: TerminalSize
  #sentSize: TerminalSize | undefined
  #earlySizeSequence: number | undefined
  #open = false
  #interrupted = false
  #degraded = false
  #paused = false
  #closedText: string | undefined
  #closing: Promise<void> | undefined
  #damagedFrames = 0

  constructor(options: DataChannelOptions, events: DataChannelEvents) {
    this.#options = options
    this.#events = events
    this.#clock = options.clock ?? systemClock
    this.#timing = options.timing ?? dataChannelTiming
    this.#size = options.size
    this.#sender = new ReliableSender({
      clock: this.#clock,
      transmit: (frame) => this.#connection.send(frame),
      acknowledged: (sequence) => this.#inputArrived(sequence),
      quietLimit: this.#timing.quietLimit,
      quiet: () => {
        // A paused socket brings no answers because we do not read them.
        if (!this.#connection.paused) this.#degrade(noAnswer)
      },
      stallLimit: this.#timing.stallLimit,
      stalled: () => this.#stalled(),
    })
    this.#receiver = new ReliableReceiver({
      acknowledge: (frame) => this.#acknowledge(frame),
      deliver: (frame) => this.#deliver(frame),
    })
    this.#handshake = new SessionHandshake({
      sessionId: options.sessionId,
      target: options.target,
      generateDataKey: options.generateDataKey,
      send: (type, payload) => this.#sender.send(type, payload),
      begun: () => this.#handshakeBegun(),
      completed: (message) => this.#handshakeCompleted(message),
      failed: (error) => this.#fail(error),
    })
    this.#typed = new TypedInput({
      clock: this.#clock,
      sender: this.#sender,
      seal: (bytes) => this.#handshake.seal(bytes),
    })
    this.#connection = new ChannelConnection({
      region: options.region,
      credentials: options.credentials,
      credentialsRefused: () => options.credentialsRefused?.(),
      resume: options.resume,
      openingText: (tokenValue) => openDataChannel(tokenValue, this.#clientId),
      clock: this.#clock,
      timing: this.#timing,
      createWebSocket: options.createWebSocket ?? createWebSocket,
      random: options.random ?? Math.random,
      events: {
        opened: () => this.#opened(),
        message: (bytes) => this.#message(bytes),
        quiet: () => this.#degrade(noAnswer),
        answered: () => this.#recover(),
        interrupted: (error, retryIn) => this.#connectionInterrupted(error, retryIn),
        gaveUp: (error) => this.#finish(this.#state === 'ready' ? 'lost' : 'failed', error),
      },
    })
  }

  /** Damaged or malformed messages dropped so far. */
  get damagedFrames(): number {
    return this.#damagedFrames
  }

  /** Begins to connect; the outcome comes through the events, never before this returns. */
  start(): void {
    this.#setTimer('ready', this.#timing.readyLimit, () => this.#neverReady())
    this.#connection.open(this.#options.grant)
  }

  /** Sends typed bytes, in order; before `ready` and during an interruption they wait. */
  write(bytes: Uint8Array): void {
    if (this.#state === 'ended' || this.#closing !== undefined) return
    this.#typed.write(bytes, !this.#open || this.#state !== 'ready')
  }

  /** Tells the shell its size, once it has settled. */
  resize(size: TerminalSize): void {
    this.#size = size
    if (this.#state !== 'ready' || this.#timers.has('resize')) return
    this.#setTimer('resize', this.#timing.resizeSettle, () => this.#sendChangedSize())
  }

  /** Stops `output`: frames are no longer acknowledged, then no longer read, so the agent stops. */
  pause(): void {
    this.#paused = true
    this.#receiver.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#receiver.resume()
    if (this.#paused || this.#state === 'ended') return
    this.#connection.resume()
    this.#sender.forgiveSilence()
    this.#finishWhenClosed()
  }

  /** Finds out now whether the line lives: after sleep, a change of networks, or because somebody asks. */
  probe(): void {
    if (this.#state !== 'ended') this.#connection.probe()
  }

  /**
   * Tells the shell its size once more: input for AWS's idle timeout, nothing
   * for a program, because a terminal that keeps its size gives no signal.
   */
  keepAlive(): void {
    if (this.#state === 'ready' && this.#open) this.#sendSize()
  }

  /** Ends the session here and at AWS (best effort, bounded), then `ended('closed')`. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#state === 'ended') return
    if (this.#open) this.#sender.send(payloadType.flag, flagPayload(channelFlag.terminateSession))
    await this.#terminate()
    this.#finish('closed')
  }

  async #terminate(): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<void>()
    using _timer = this.#clock.after(this.#timing.terminateLimit, resolve)
    // The caller may not be allowed to end sessions; the idle timeout does it then.
    const told = this.#options.terminate().catch(() => undefined)
    await Promise.race([told, limit])
  }

  #opened(): void {
    this.#open = true
    for (const acknowledgement of this.#recentAcknowledgements) this.#connection.send(acknowledgement)
    this.#sender.connected()
    if (this.#state === 'ready') this.#sendSize()
    this.#typed.send()
  }

  #connectionInterrupted(error: ErrorValue, retryIn: number): void {
    this.#open = false
    this.#sender.disconnected()
    // Before the shell is there nothing is lost: it is still "connecting".
    if (this.#state !== 'ready' || this.#closing !== undefined) return
    this.#interrupted = true
    this.#degraded = false
    this.#events.reconnecting(error, retryIn)
  }

  #degrade(error: ErrorValue): void {
    if (this.#degraded || this.#interrupted || this.#state !== 'ready' || this.#closing !== undefined) return
    this.#degraded = true
    this.#events.degraded(error)
  }

  #recover(): void {
    if (!this.#degraded) return
    this.#degraded = false
    this.#events.recovered()
  }

  #signOfLife(): void {
    this.#connection.proven()
    this.#cancelTimer('away')
    this.#recover()
    if (!this.#interrupted) return
    this.#interrupted = false
    this.#events.reconnected()
  }

  #acknowledge(frame: Frame): void {
    const acknowledgement = encodeAcknowledgement(frame, this.#clock.now())
    this.#recentAcknowledgements.add(acknowledgement)
    this.#connection.send(acknowledgement)
  }

  #message(bytes: Uint8Array): void {
    try {
      this.#frame(decodeFrame(bytes))
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#damagedFrames += 1
    }
  }

  #frame(frame: Frame): void {
    switch (frame.messageType) {
      case messageType.output:
        this.#signOfLife()
        this.#receiver.receive(frame)
        if (this.#receiver.keptBytes > maximumPausedBytes && this.#paused) this.#connection.pause()
        return
      case messageType.acknowledge: {
        const sequence = acknowledgedSequence(frame)
        if (sequence === undefined) return
        this.#signOfLife()
        this.#sender.acknowledge(sequence)
        return
      }
      case messageType.startPublication:
        this.#signOfLife()
        this.#sendEarlySize()
        return
      case messageType.channelClosed:
        this.#closedText = readChannelClosed(frame)
        this.#finishWhenClosed()
        return
      // The agent is away, for a moment or for ever. Input stays with us until it is acknowledged.
      case messageType.pausePublication:
        if (!this.#timers.has('away'))
          this.#setTimer('away', this.#timing.awayGrace, () => this.#degrade(agentAway))
        return
      default:
        return
    }
  }

  #deliver(frame: Frame): void {
    const isHandshake = frame.payloadType === payloadType.handshakeRequest
    if (!this.#agentHeard && !isHandshake) this.#typed.confirm()
    this.#agentHeard = true
    switch (frame.payloadType) {
      case payloadType.output:
        if (!this.#handshake.inProgress) this.#becomeReady()
        this.#showOutput(frame.payload, true)
        return
      case payloadType.standardError:
        this.#showOutput(frame.payload, true)
        return
      case payloadType.error:
        this.#showOutput(frame.payload, false)
        return
      case payloadType.flag:
        if (readFlag(frame.payload) === channelFlag.terminateSession) this.#finish('exited')
        return
      default:
        if (this.#state !== 'ended') this.#handshake.receive(frame)
    }
  }

  #showOutput(payload: Uint8Array, encryptable: boolean): void {
    if (this.#state === 'ended') return
    const bytes = encryptable ? this.#handshake.open(payload) : payload
    if (bytes !== undefined && bytes.byteLength > 0) this.#events.output(bytes)
  }

  /** Also after a `ready` that was only likely: what was sent since, the agent throws away, so it goes out again. */
  #handshakeBegun(): void {
    this.#cancelTimer('quiet-shell')
    this.#typed.takeBack()
  }

  #handshakeCompleted(message: string | undefined): void {
    if (this.#handshake.encrypted) this.#events.encrypted()
    if (this.#state === 'connecting') this.#becomeReady()
    else {
      this.#sendSize()
      this.#typed.flow(true)
    }
    if (message !== undefined) this.#showOutput(Buffer.from(`${message}\r\n`), false)
  }

  #becomeReady(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'ready'
    this.#cancelTimer('ready')
    this.#cancelTimer('quiet-shell')
    this.#events.ready()
    this.#sendSize()
    this.#typed.flow(this.#agentHeard)
  }

  #inputArrived(sequence: number): void {
    if (sequence === this.#earlySizeSequence) this.#awaitQuietShell()
    this.#typed.send()
  }

  /**
   * A command without a prompt never prints, but its terminal took our size.
   * So does an agent that is about to begin a handshake, hence the grace; one
   * whose request was lost on the way begins it even later.
   */
  #awaitQuietShell(): void {
    if (this.#state !== 'connecting' || this.#handshake.begun) return
    this.#setTimer('quiet-shell', this.#timing.quietShellGrace, () => this.#becomeReady())
  }

  /** Harmless when the agent is not ready, and the first prompt has the right width when it is. */
  #sendEarlySize(): void {
    if (this.#earlySizeSequence !== undefined || this.#state !== 'connecting') return
    if (!this.#handshake.begun) this.#earlySizeSequence = this.#sendSize()
  }

  #sendChangedSize(): void {
    const { cols, rows } = this.#size
    const unchanged = this.#sentSize?.cols === cols && this.#sentSize.rows === rows
    // During an interruption the size goes out with the next connection.
    if (this.#open && !unchanged) this.#sendSize()
  }

  #sendSize(): number {
    this.#sentSize = this.#size
    const { cols, rows } = this.#size
    return this.#sender.send(payloadType.size, Buffer.from(JSON.stringify({ cols, rows })))
  }

  #stalled(): void {
    if (this.#connection.paused) return
    this.#connection.abandon({
      code: 'CONNECTION_LOST',
      message: 'The container does not answer.',
      detail: `No acknowledgement for ${this.#timing.stallLimit / 1000} s`,
      action: 'Porthole tries to get it back. Check whether the task still runs.',
      retryable: true,
    })
  }

  #neverReady(): void {
    if (this.#handshake.inProgress) {
      this.#fail(handshakeFailed('The agent in the container did not finish the handshake.'))
      return
    }
    this.#fail({
      code: 'AGENT_NOT_RUNNING',
      message: `The exec agent in the container did not answer within ${this.#timing.readyLimit / 1000} s.`,
      action: 'Connect again. If it stays, replace the task: its agent may have stopped.',
      retryable: true,
    })
  }

  /** Ends what the agent still thinks is alive. */
  #fail(error: ErrorValue): void {
    if (this.#isOver()) return
    const wasReady = this.#state === 'ready'
    this.#finish(wasReady ? 'lost' : 'failed', error)
    void this.#terminate()
  }

  #finishWhenClosed(): void {
    if (this.#closedText === undefined || (this.#paused && this.#receiver.hasNext)) return
    const { reason, error } = sessionEndOf(this.#closedText, this.#state === 'ready')
    this.#finish(reason, error)
  }

  #finish(reason: EndReason, error?: ErrorValue): void {
    if (this.#isOver()) return
    this.#state = 'ended'
    for (const name of [...this.#timers.keys()]) this.#cancelTimer(name)
    this.#handshake.end()
    this.#typed[Symbol.dispose]()
    this.#connection[Symbol.dispose]()
    this.#sender[Symbol.dispose]()
    if (this.#closing === undefined) this.#events.ended(reason, error)
    else this.#events.ended('closed')
  }

  #isOver(): boolean {
    return this.#state === 'ended'
  }

  #setTimer(name: TimerName, milliseconds: number, then: () => void): void {
    this.#cancelTimer(name)
    const timer = this.#clock.after(milliseconds, () => {
      this.#timers.delete(name)
      then()
    })
    this.#timers.set(name, timer)
  }

  #cancelTimer(name: TimerName): void {
    this.#timers.get(name)?.[Symbol.dispose]()
    this.#timers.delete(name)
  }
}

/** The first message of a socket, as text; the order of keys is the plugin's. */
function openDataChannel(tokenValue: string, clientId: string): string {
  return JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: randomUUID(),
    TokenValue: tokenValue,
    ClientId: clientId,
    ClientVersion: clientVersion,
  })
}

function flagPayload(flag: number): Uint8Array {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(flag)
  return payload
}

function readFlag(payload: Uint8Array): number | undefined {
  if (payload.byteLength !== 4) return undefined
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0)
}

const noAnswer: ErrorValue = {
  code: 'CONNECTION_LOST',
  message: 'The container does not answer.',
  action: 'What is typed is kept and sent. Check the network if it stays.',
  retryable: true,
}

const agentAway: ErrorValue = {
  code: 'AGENT_NOT_RUNNING',
  message: 'AWS has lost sight of the exec agent in the container.',
  action: 'What is typed is kept and sent when it is back. The task may be stopping.',
  retryable: true,
}
