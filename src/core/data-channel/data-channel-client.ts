import { randomUUID } from 'node:crypto'
import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import { type Clock, systemClock } from '../clock.ts'
import { acknowledgedSequence, encodeAcknowledgement, RecentAcknowledgements } from './acknowledgement.ts'
import { readChannelClosed, sessionEndOf } from './channel-closed.ts'
import { ChannelConnection, type ChannelGrant, type ResumeSession } from './channel-connection.ts'
import { type CreateWebSocket, createWebSocket } from './channel-socket.ts'
import { channelFlag, decodeFrame, type Frame, FrameError, messageType, payloadType } from './frame.ts'
import {
  answerHandshake,
  clientVersion,
  type HandshakeFailure,
  readHandshakeComplete,
  readHandshakeRequest,
} from './handshake.ts'
import { ByteQueue, maximumInputChunk, TokenBucket } from './input-queue.ts'
import { ReliableReceiver } from './reliable-receiver.ts'
import { ReliableSender } from './reliable-sender.ts'
import {
  agreeSessionKey,
  DecryptionError,
  type GenerateDataKey,
  type SessionEncryption,
} from './session-encryption.ts'
import { type DataChannelTiming, dataChannelTiming } from './timing.ts'

/** Output kept during a pause before the socket itself is paused: one flow-control high mark's worth. */
const maximumPausedBytes = 256 * 1024
/** Typed ahead while the connection is away; more than a large paste is a mistake, not typing. */
const maximumTypedAhead = 1024 * 1024
/** Between looks at the token bucket when it is empty: about nine frames' worth. */
const pacingMilliseconds = 10

export interface DataChannelOptions {
  /** AWS's session id. */
  sessionId: string
  grant: ChannelGrant
  /** `ecs:<cluster>_<task id>_<runtime id>`. */
  target: string
  region: string
  size: TerminalSize
  credentials: () => Promise<RoleCredentials>
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
  reconnecting(error: ErrorValue): void
  reconnected(): void
  /** The last event, exactly once. */
  ended(reason: EndReason, error?: ErrorValue): void
}

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
  readonly #typed = new ByteQueue()
  readonly #bucket: TokenBucket
  /** One per session, the same on every socket. */
  readonly #clientId = randomUUID()
  readonly #timers = new Map<'ready' | 'quiet-shell' | 'pacing' | 'resize', Disposable>()

  #state: 'connecting' | 'ready' | 'ended' = 'connecting'
  #handshake: 'none' | 'in-progress' | 'complete' = 'none'
  #encryption: SessionEncryption | undefined
  #size: TerminalSize
  #sentSize: TerminalSize | undefined
  #earlySizeSequence: number | undefined
  #open = false
  #interrupted = false
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
    this.#bucket = new TokenBucket(this.#clock)
    this.#sender = new ReliableSender({
      clock: this.#clock,
      transmit: (frame) => this.#connection.send(frame),
      acknowledged: (sequence) => this.#inputArrived(sequence),
      stallLimit: this.#timing.stallLimit,
      stalled: () => this.#stalled(),
    })
    this.#receiver = new ReliableReceiver({
      acknowledge: (frame) => this.#acknowledge(frame),
      deliver: (frame) => this.#deliver(frame),
    })
    this.#connection = new ChannelConnection({
      region: options.region,
      credentials: options.credentials,
      resume: options.resume,
      openingText: (tokenValue) => openDataChannel(tokenValue, this.#clientId),
      clock: this.#clock,
      timing: this.#timing,
      createWebSocket: options.createWebSocket ?? createWebSocket,
      random: options.random ?? Math.random,
      events: {
        opened: () => this.#opened(),
        message: (bytes) => this.#message(bytes),
        interrupted: (error) => this.#connectionInterrupted(error),
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
    const waits = !this.#open || this.#state !== 'ready'
    if (waits && this.#typed.byteLength + bytes.byteLength > maximumTypedAhead) return
    this.#typed.push(bytes)
    this.#sendTyped()
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
    this.#sendTyped()
  }

  #connectionInterrupted(error: ErrorValue): void {
    this.#open = false
    this.#sender.disconnected()
    // Before the shell is there nothing is lost: it is still "connecting".
    if (this.#interrupted || this.#state !== 'ready' || this.#closing !== undefined) return
    this.#interrupted = true
    this.#events.reconnecting(error)
  }

  #signOfLife(): void {
    this.#connection.proven()
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
      // `pause_publication` says that the agent is away. Input stays with us until it is acknowledged.
      default:
        return
    }
  }

  #deliver(frame: Frame): void {
    switch (frame.payloadType) {
      case payloadType.output:
        if (this.#handshake !== 'in-progress') this.#becomeReady()
        this.#showOutput(frame.payload, true)
        return
      case payloadType.standardError:
        this.#showOutput(frame.payload, true)
        return
      case payloadType.error:
        this.#showOutput(frame.payload, false)
        return
      case payloadType.handshakeRequest:
        void this.#answerHandshake(frame)
        return
      case payloadType.challengeRequest:
        this.#answerChallenge(frame)
        return
      case payloadType.handshakeComplete:
        this.#completeHandshake(frame)
        return
      case payloadType.flag:
        if (readFlag(frame.payload) === channelFlag.terminateSession) this.#finish('exited')
        return
      default:
        return
    }
  }

  #showOutput(payload: Uint8Array, encryptable: boolean): void {
    if (this.#state === 'ended') return
    const bytes = encryptable ? this.#decrypted(payload) : payload
    if (bytes !== undefined && bytes.byteLength > 0) this.#events.output(bytes)
  }

  #decrypted(payload: Uint8Array): Uint8Array | undefined {
    if (this.#encryption === undefined) return payload
    try {
      return this.#encryption.decrypt(payload)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      this.#fail(
        handshakeFailed('Output of the container does not fit the key of the session.', error.message),
      )
      return undefined
    }
  }

  async #answerHandshake(frame: Frame): Promise<void> {
    const request = readHandshakeRequest(frame)
    if (this.#handshake !== 'none' || this.#state !== 'connecting') return
    this.#handshake = 'in-progress'
    this.#cancelTimer('quiet-shell')
    if (request === undefined) {
      this.#fail(handshakeFailed('The agent asked for something that cannot be read.'))
      return
    }
    const outcome = await answerHandshake(request, (kmsKeyId, challenge) =>
      this.#agreeKey(kmsKeyId, challenge),
    )
    if (this.#isOver()) return
    this.#sender.send(payloadType.handshakeResponse, Buffer.from(JSON.stringify(outcome.response)))
    if (outcome.failure !== undefined) this.#fail(failureValue(outcome.failure))
  }

  async #agreeKey(kmsKeyId: string, challenge: string | undefined) {
    const { sessionId, target, generateDataKey } = this.#options
    const { encryption, agreed } = await agreeSessionKey({
      kmsKeyId,
      challenge,
      sessionId,
      target,
      generateDataKey,
    })
    this.#encryption = encryption
    return agreed
  }

  #answerChallenge(frame: Frame): void {
    try {
      const answer = this.#encryption?.answerChallenge(frame)
      if (answer !== undefined) this.#sender.send(payloadType.challengeResponse, answer)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      this.#fail(handshakeFailed('The agent holds another session key.', error.message))
    }
  }

  #completeHandshake(frame: Frame): void {
    if (this.#handshake !== 'in-progress') return
    this.#handshake = 'complete'
    if (this.#encryption !== undefined) this.#events.encrypted()
    this.#becomeReady()
    const message = readHandshakeComplete(frame)
    if (message !== undefined) this.#showOutput(Buffer.from(`${message}\r\n`), false)
  }

  #becomeReady(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'ready'
    this.#cancelTimer('ready')
    this.#cancelTimer('quiet-shell')
    this.#events.ready()
    this.#sendSize()
    this.#sendTyped()
  }

  #inputArrived(sequence: number): void {
    if (sequence === this.#earlySizeSequence) this.#awaitQuietShell()
    this.#sendTyped()
  }

  /**
   * A command without a prompt never prints, but its terminal took our size.
   * So does an agent that is about to begin a handshake, hence the grace.
   */
  #awaitQuietShell(): void {
    if (this.#state !== 'connecting' || this.#handshake !== 'none') return
    this.#setTimer('quiet-shell', this.#timing.quietShellGrace, () => this.#becomeReady())
  }

  /** Harmless when the agent is not ready, and the first prompt has the right width when it is. */
  #sendEarlySize(): void {
    if (this.#earlySizeSequence !== undefined || this.#state !== 'connecting') return
    if (this.#handshake === 'none') this.#earlySizeSequence = this.#sendSize()
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

  #sendTyped(): void {
    if (this.#state !== 'ready') return
    while (this.#typed.byteLength > 0 && this.#sender.hasRoom) {
      if (!this.#bucket.take()) {
        this.#setTimer('pacing', pacingMilliseconds, () => this.#sendTyped())
        return
      }
      const chunk = this.#typed.shift(maximumInputChunk)
      this.#sender.send(payloadType.output, this.#encryption?.encrypt(chunk) ?? chunk)
    }
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
    if (this.#handshake === 'in-progress') {
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
    this.#connection[Symbol.dispose]()
    this.#sender[Symbol.dispose]()
    if (this.#closing === undefined) this.#events.ended(reason, error)
    else this.#events.ended('closed')
  }

  #isOver(): boolean {
    return this.#state === 'ended'
  }

  #setTimer(
    name: 'ready' | 'quiet-shell' | 'pacing' | 'resize',
    milliseconds: number,
    then: () => void,
  ): void {
    this.#cancelTimer(name)
    const timer = this.#clock.after(milliseconds, () => {
      this.#timers.delete(name)
      then()
    })
    this.#timers.set(name, timer)
  }

  #cancelTimer(name: 'ready' | 'quiet-shell' | 'pacing' | 'resize'): void {
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

function failureValue(failure: HandshakeFailure): ErrorValue {
  if (failure.cause instanceof PortholeError) return failure.cause.value
  return handshakeFailed(
    failure.actionType === 'KMSEncryption'
      ? 'The session could not be encrypted with the KMS key of the cluster.'
      : 'The agent asked for a kind of session that Porthole does not open.',
    failure.message,
  )
}

function handshakeFailed(message: string, detail?: string): ErrorValue {
  return {
    code: 'HANDSHAKE_FAILED',
    message,
    detail,
    action: 'Connect again. If it stays, replace the task so that it gets a current agent.',
    retryable: true,
  }
}
