import { randomUUID } from 'node:crypto'
import { type ContainerProcess, ExecError } from '../../containers/container-runtime.ts'
import type { Clock } from '../clock.ts'
import type { ExecSessionSpec } from '../exec-session.ts'
import { acknowledgedSequenceNumber, encodeAcknowledgement } from './acknowledgement.ts'
import type { AgentSettings } from './agent-settings.ts'
import { closedOutput } from './channel-closed.ts'
import type { FaultPlan } from './fault-plan.ts'
import { decodeFrame, type Frame, messageType, payloadType } from './frame.ts'
import { AgentHandshake } from './handshake.ts'
import { parseJsonObject } from './json.ts'
import { OutputPump } from './output-pump.ts'
import { ReliableReceiver } from './reliable-receiver.ts'
import { ReliableSender, resendInterval } from './reliable-sender.ts'
import type { SessionCipher } from './session-cipher.ts'

/** Until the client's first size arrives: what terminals have when nobody says otherwise. */
const initialSize = { cols: 80, rows: 24 }

/** u16 in the kernel's window size. */
const largestDimension = 0xffff

const terminateSessionFlag = 2

/** A killed process that is not gone after this long is left to its container. */
const killPatience = 2000

export interface AgentSessionOptions {
  spec: ExecSessionSpec
  settings: AgentSettings
  clock: Clock
  /** Asked whenever a fault could strike, so that plans can be switched. */
  faults: () => FaultPlan
  /** Puts a frame on the wire to the client. */
  transmit: (frame: Uint8Array) => void
  /** Everything the command writes, before encryption. */
  output: (bytes: Uint8Array) => void
  /** Stream data went one way or the other: the session is not idle. */
  active: () => void
  /** Told once, unless `close` came first; `reason` is what the client will read, empty for a normal end. */
  ended: (reason: string) => void
}

/**
 * - `starting`: the pty is not open; input gets no answer, so the client repeats it
 * - `handshake`: input other than handshake answers is acknowledged and thrown away
 * - `running`: the pty is open
 * - `draining`: the command is gone, its last output is on its way
 */
type AgentPhase = 'starting' | 'handshake' | 'running' | 'draining' | 'over'

/** The exec agent's side of one session: a command on a pty, carried by the reliable stream. */
export class AgentSession implements AsyncDisposable {
  readonly #options: AgentSessionOptions
  readonly #sender: ReliableSender
  readonly #receiver: ReliableReceiver
  readonly #pump: OutputPump
  readonly #handshake: AgentHandshake
  readonly #resendTimer: Disposable
  readonly #exit = Promise.withResolvers<void>()
  #phase: AgentPhase = 'starting'
  #connected = false
  #process: ContainerProcess | undefined
  #opening: Promise<void> | undefined
  #cipher: SessionCipher | undefined
  #firstReadTimer: Disposable | undefined
  #endTimer: Disposable | undefined
  #refusedFrames = 0

  constructor(options: AgentSessionOptions) {
    const { clock, settings, spec } = options
    this.#options = options
    this.#sender = new ReliableSender({
      now: clock.now,
      messageId: randomUUID,
      transmit: (frame) => this.#transmit(frame),
    })
    this.#receiver = new ReliableReceiver({
      acknowledge: (frame) => this.#transmit(encodeAcknowledgement(frame, clock.now())),
      take: (frame) => this.#take(frame),
    })
    this.#pump = new OutputPump({
      clock,
      chunkSize: settings.chunkSize,
      chunkInterval: settings.chunkInterval,
      splitCharacters: () => options.faults().splitCharacters ?? false,
      hasRoom: () => this.#sender.unackedBytes < settings.unackedLimit,
      send: (chunk) => this.#sendOutput(chunk),
    })
    this.#handshake = new AgentHandshake({
      spec,
      settings,
      clock,
      faults: {
        askUnknownAction: () => options.faults().unknownHandshakeAction ?? false,
        ignoreAnswers: () => options.faults().ignoredHandshakeAnswers ?? false,
      },
      send: (type, payload) => this.#sender.send(type, payload),
      completed: (cipher) => this.#startEncrypted(cipher),
      failed: (reason) => this.#end(reason),
    })
    this.#resendTimer = clock.every(resendInterval, () => this.#resend())
  }

  /** Bytes of the frames in flight, and how many frames were dropped because they were broken. */
  get statistics(): { unackedBytes: number; refusedFrames: number } {
    return { unackedBytes: this.#sender.unackedBytes, refusedFrames: this.#refusedFrames }
  }

  /** Runs the command, or waits for a client to shake hands with first. */
  start(): void {
    const { faults, settings, spec } = this.#options
    const { startFailure, unknownHandshakeAction } = faults()
    if (startFailure !== undefined) this.#failToStart(startFailure)
    else if (spec.kms || settings.handshake === 'always' || unknownHandshakeAction) this.#phase = 'handshake'
    else this.#opening = this.#open()
  }

  /** Whether there is a client at the other end. Both sequences go on where they were. */
  setConnected(connected: boolean): void {
    this.#connected = connected
    if (connected && this.#phase === 'handshake') this.#handshake.begin()
    if (this.#phase !== 'over') this.#pump.setConnected(connected)
  }

  /** Takes one binary message of the client. */
  receive(message: Uint8Array): void {
    if (this.#phase === 'over') return
    const decoded = decodeFrame(message)
    if (!decoded.ok) this.#refusedFrames++
    else if (decoded.frame.messageType === messageType.input) this.#receiver.receive(decoded.frame)
    else if (decoded.frame.messageType === messageType.acknowledge) this.#acknowledged(decoded.frame)
  }

  /** Ends the command and the session without a word to the client. */
  close(): void {
    this.#phase = 'over'
    this.#resendTimer[Symbol.dispose]()
    this.#firstReadTimer?.[Symbol.dispose]()
    this.#endTimer?.[Symbol.dispose]()
    this.#handshake[Symbol.dispose]()
    this.#pump[Symbol.dispose]()
    this.#process?.kill()
  }

  /** Closes, and waits until the command is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    if (this.#opening === undefined) return
    const patience = Promise.withResolvers<void>()
    using _timer = this.#options.clock.after(killPatience, patience.resolve)
    await Promise.race([this.#opening.then(() => this.#exit.promise), patience.promise])
  }

  async #open(): Promise<void> {
    this.#phase = 'starting'
    try {
      const process = await this.#options.spec.open(initialSize)
      this.#run(process)
    } catch (error) {
      this.#exit.resolve()
      this.#failToStart(error instanceof ExecError ? error.message : `Unable to start command: ${error}`)
    }
  }

  #startEncrypted(cipher: SessionCipher | undefined): void {
    this.#cipher = cipher
    this.#opening = this.#open()
  }

  #run(process: ContainerProcess): void {
    this.#process = process
    this.#pump.attach(process)
    process.onOutput((bytes) => this.#takeOutput(bytes))
    process.onExit(() => this.#exited())
    if (this.#phase === 'over') {
      process.kill()
      return
    }
    this.#phase = 'running'
    const { clock, settings } = this.#options
    this.#firstReadTimer = clock.after(settings.firstOutputDelay, () => this.#pump.start())
    this.#receiver.takeEarlyFrames()
  }

  #failToStart(reason: string): void {
    if (this.#phase === 'over') return
    const { clock, settings } = this.#options
    this.#endTimer = clock.after(settings.startFailureDelay, () => this.#end(reason))
  }

  #takeOutput(bytes: Uint8Array): void {
    if (this.#phase === 'over') return
    this.#options.output(bytes)
    this.#pump.push(bytes)
  }

  #sendOutput(chunk: Uint8Array): void {
    this.#sender.send(payloadType.output, this.#cipher?.encrypt(chunk) ?? chunk)
    this.#options.active()
    if (this.#phase === 'draining') this.#limitDrain()
  }

  #take(frame: Frame): boolean {
    switch (this.#phase) {
      case 'starting':
        return false
      case 'handshake':
        return this.#handshake.take(frame.payloadType, frame.payload)
      case 'running':
        return this.#takeInput(frame)
      default:
        return true
    }
  }

  #takeInput(frame: Frame): boolean {
    this.#options.active()
    if (frame.payloadType === payloadType.output) return this.#write(frame.payload)
    if (frame.payloadType === payloadType.size) this.#resize(frame.payload)
    if (frame.payloadType === payloadType.flag) this.#takeFlag(frame.payload)
    return true
  }

  /** Input that cannot be decrypted is not acknowledged, as in the real agent. */
  #write(payload: Uint8Array): boolean {
    const bytes = this.#cipher === undefined ? payload : this.#cipher.decrypt(payload)
    if (bytes === undefined) return false
    this.#process?.write(bytes)
    return true
  }

  #resize(payload: Uint8Array): void {
    const size = parseJsonObject(payload)
    const cols = Number(size?.cols)
    const rows = Number(size?.rows)
    if (isDimension(cols) && isDimension(rows)) this.#process?.resize({ cols, rows })
  }

  #takeFlag(payload: Uint8Array): void {
    if (payload.byteLength < 4) return
    const flag = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
    if (flag !== terminateSessionFlag) return
    this.#process?.kill()
    this.#limitDrain()
  }

  #acknowledged(acknowledgement: Frame): void {
    const sequenceNumber = acknowledgedSequenceNumber(acknowledgement)
    if (sequenceNumber === undefined) return
    this.#sender.acknowledge(sequenceNumber)
    this.#pump.pump()
    this.#endWhenDrained()
  }

  #exited(): void {
    this.#exit.resolve()
    this.#process = undefined
    if (this.#phase === 'over') return
    this.#phase = 'draining'
    this.#limitDrain()
    this.#pump.finish()
    this.#endWhenDrained()
  }

  #endWhenDrained(): void {
    if (this.#phase !== 'draining') return
    if (this.#pump.empty && this.#sender.unackedBytes === 0) this.#end(closedOutput.normal)
  }

  /** The limit counts from the last piece of output that was sent: what comes after it is repetition. */
  #limitDrain(): void {
    this.#endTimer?.[Symbol.dispose]()
    const { clock, settings } = this.#options
    this.#endTimer = clock.after(settings.drainLimit, () => this.#endUnlessUnread())
  }

  /** The agent notices the end of a command by reading its pty, which it does only while a client is connected. */
  #endUnlessUnread(): void {
    if (this.#pump.empty || this.#pump.flowing) this.#end(closedOutput.normal)
  }

  #end(reason: string): void {
    if (this.#phase === 'over') return
    this.close()
    this.#options.ended(reason)
  }

  #resend(): void {
    if (this.#connected) this.#sender.resendIfDue()
  }

  #transmit(frame: Uint8Array): void {
    if (this.#phase !== 'over') this.#options.transmit(frame)
  }
}

function isDimension(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= largestDimension
}
