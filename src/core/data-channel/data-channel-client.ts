import { randomUUID } from 'node:crypto'
import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import { type Clock, systemClock } from '../clock.ts'
import { acknowledgedSequence, encodeAcknowledgement, RecentAcknowledgements } from './acknowledgement.ts'
import { readChannelClosed, sessionEndOf } from './channel-closed.ts'
import { ChannelConnection } from './channel-connection.ts'
import { agentAway, agentSilent, noAcknowledgement, noAnswer } from './channel-problems.ts'
import { createWebSocket } from './channel-socket.ts'
import type { DataChannelEvents, DataChannelOptions } from './data-channel-options.ts'
import { flagPayload, readFlag } from './flag-payload.ts'
import { channelFlag, decodeFrame, type Frame, FrameError, messageType, payloadType } from './frame.ts'
import { LineReport } from './line-report.ts'
import { NamedTimers } from './named-timers.ts'
import { openDataChannel } from './opening-message.ts'
import { ReliableReceiver } from './reliable-receiver.ts'
import { ReliableSender } from './reliable-sender.ts'
import { RoundTrip } from './round-trip.ts'
import { handshakeFailed, SessionHandshake } from './session-handshake.ts'
import { ShellSize } from './shell-size.ts'
import { type DataChannelTiming, dataChannelTiming } from './timing.ts'
import { TypedInput } from './typed-input.ts'

/** Output kept during a pause before the socket itself is paused: one flow-control high mark's worth. */
const maximumPausedBytes = 256 * 1024

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
  readonly #timers: NamedTimers<TimerName>
  readonly #line: LineReport
  readonly #roundTrip: RoundTrip
  readonly #size: ShellSize

  #state: 'connecting' | 'ready' | 'ended' = 'connecting'
  /** The agent was heard. Without that `ready` is only likely: see `#awaitQuietShell`. */
  #agentHeard = false
  #earlySizeSequence: number | undefined
  #open = false
  #paused = false
  #closedText: string | undefined
  #closing: Promise<void> | undefined
  #damagedFrames = 0

  constructor(options: DataChannelOptions, events: DataChannelEvents) {
    this.#options = options
    this.#events = events
    this.#clock = options.clock ?? systemClock
    this.#timing = options.timing ?? dataChannelTiming
    this.#timers = new NamedTimers(this.#clock)
    this.#line = new LineReport(events, () => this.#state === 'ready' && this.#closing === undefined)
    this.#roundTrip = new RoundTrip(this.#clock, (milliseconds) => events.roundTrip?.(milliseconds))
    this.#size = new ShellSize(options.size, (payload) => this.#sender.send(payloadType.size, payload))
    this.#sender = new ReliableSender({
      clock: this.#clock,
      transmit: (frame) => this.#connection.send(frame),
      acknowledged: (sequence) => this.#inputArrived(sequence),
      quietLimit: this.#timing.quietLimit,
      quiet: () => {
        // A paused socket brings no answers because we do not read them.
        if (!this.#connection.paused) this.#line.degrade(noAnswer)
      },
      stallLimit: this.#timing.stallLimit,
      stalled: () => this.#stalled(),
      roundTrip: (milliseconds) => this.#roundTrip.sample(milliseconds),
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
        quiet: () => this.#line.degrade(noAnswer),
        answered: () => this.#line.recover(),
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
    this.#timers.set('ready', this.#timing.readyLimit, () => this.#neverReady())
    this.#connection.open(this.#options.grant)
  }

  /** Sends typed bytes, in order; before `ready` and during an interruption they wait. */
  write(bytes: Uint8Array): void {
    if (this.#state === 'ended' || this.#closing !== undefined) return
    this.#typed.write(bytes, !this.#open || this.#state !== 'ready')
  }

  /** Tells the shell its size, once it has settled. */
  resize(size: TerminalSize): void {
    this.#size.change(size)
    if (this.#state !== 'ready' || this.#timers.has('resize')) return
    this.#timers.set('resize', this.#timing.resizeSettle, () => this.#sendChangedSize())
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
    if (this.#state === 'ready' && this.#open) this.#size.send()
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
    if (this.#state === 'ready') this.#size.send()
    this.#typed.send()
  }

  #connectionInterrupted(error: ErrorValue, retryIn: number): void {
    this.#open = false
    this.#sender.disconnected()
    this.#roundTrip.forget()
    this.#line.interrupt(error, retryIn)
  }

  #signOfLife(): void {
    this.#connection.proven()
    this.#timers.cancel('away')
    this.#line.signOfLife()
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
          this.#timers.set('away', this.#timing.awayGrace, () => this.#line.degrade(agentAway))
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
    this.#timers.cancel('quiet-shell')
    this.#typed.takeBack()
  }

  #handshakeCompleted(message: string | undefined): void {
    if (this.#handshake.encrypted) this.#events.encrypted()
    if (this.#state === 'connecting') this.#becomeReady()
    else {
      this.#size.send()
      this.#typed.flow(true)
    }
    if (message !== undefined) this.#showOutput(Buffer.from(`${message}\r\n`), false)
  }

  #becomeReady(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'ready'
    this.#timers.cancel('ready')
    this.#timers.cancel('quiet-shell')
    this.#events.ready()
    this.#size.send()
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
    this.#timers.set('quiet-shell', this.#timing.quietShellGrace, () => this.#becomeReady())
  }

  /** Harmless when the agent is not ready, and the first prompt has the right width when it is. */
  #sendEarlySize(): void {
    if (this.#earlySizeSequence !== undefined || this.#state !== 'connecting') return
    if (!this.#handshake.begun) this.#earlySizeSequence = this.#size.send()
  }

  #sendChangedSize(): void {
    // During an interruption the size goes out with the next connection.
    if (this.#open && this.#size.changedSinceSent) this.#size.send()
  }

  #stalled(): void {
    if (this.#connection.paused) return
    this.#connection.abandon(noAcknowledgement(this.#timing.stallLimit))
  }

  #neverReady(): void {
    if (this.#handshake.inProgress) {
      this.#fail(handshakeFailed('The agent in the container did not finish the handshake.'))
      return
    }
    this.#fail(agentSilent(this.#timing.readyLimit))
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
    this.#timers[Symbol.dispose]()
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
}
