import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import { decodeByteFrame } from '../../src/channel/byte-frames.ts'
import { sessionEndOf } from '../../src/core/data-channel/channel-closed.ts'
import { DataChannelClient } from '../../src/core/data-channel/data-channel-client.ts'
import {
  decodeFrame,
  encodeFrame,
  FrameError,
  messageType,
  payloadType,
} from '../../src/core/data-channel/frame.ts'
import { createPluginBannerFilter } from '../../src/core/session/plugin-banner.ts'
import { endFromPluginWords } from '../../src/core/session/plugin-words.ts'
import { AgentSession } from '../../src/sandbox/services/message-gateway/agent-session.ts'
import { realAgentSettings } from '../../src/sandbox/services/message-gateway/agent-settings.ts'
import { createHandClock, type HandClock } from '../fixtures/hand-clock.ts'
import { SimulatedProcess, sandboxClock } from '../fixtures/simulated-session.ts'
import { agentFrame } from '../unit/core/data-channel/frames.ts'
import type { FuzzedInput } from './fuzzed-input.ts'

/** Takes fuzzed inputs; throws when something breaks that must not. */
export interface FuzzTarget {
  /** One input. May be asynchronous now and then. */
  take(): Promise<void> | undefined
  /** Whether what was fuzzed still does its work. */
  check(): Promise<void> | undefined
}

export type FuzzTargetName = 'decoders' | 'client' | 'agent' | 'texts'

const makers: Record<FuzzTargetName, (input: FuzzedInput) => FuzzTarget> = {
  decoders: (input) => new Decoders(input),
  client: (input) => new Client(input),
  agent: (input) => new Agent(input),
  texts: (input) => new Texts(input),
}
export const fuzzTargets = Object.keys(makers) as FuzzTargetName[]

export function createFuzzTarget(name: FuzzTargetName, input: FuzzedInput): FuzzTarget {
  return makers[name](input)
}

/** Frames of both channels: a value or the error that is meant for it, nothing else. */
class Decoders implements FuzzTarget {
  readonly #input: FuzzedInput

  constructor(input: FuzzedInput) {
    this.#input = input
  }

  take(): undefined {
    const bytes = this.#input.frame(this.#input.below(1000))
    try {
      const frame = decodeFrame(bytes)
      if (!Number.isSafeInteger(frame.payload.byteLength)) throw new Error('A payload without a length')
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
    }
    try {
      decodeByteFrame(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }

  check(): undefined {
    if (decodeFrame(encodeFrame(agentFrame('alive'))).payload.byteLength !== 5)
      throw new Error('A good frame is no longer read')
  }
}

/** A socket without a network: what the client sends is counted and forgotten. */
class DeafSocket extends EventEmitter {
  readyState = 1
  binaryType = 'nodebuffer'
  isPaused = false
  sent = 0

  send(): void {
    this.sent += 1
  }

  ping(): void {}

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  close(): void {
    this.readyState = 3
    this.emit('close', 1000, Buffer.alloc(0))
  }

  terminate(): void {
    this.close()
  }
}

/** The client of a session, with an agent that has gone mad. A session that ends is replaced. */
class Client implements FuzzTarget {
  readonly #input: FuzzedInput
  #clock: HandClock = createHandClock()
  #client: DataChannelClient | undefined
  #socket = new DeafSocket()
  #sequence = 0
  #output = ''
  #ends = 0

  constructor(input: FuzzedInput) {
    this.#input = input
  }

  take(): Promise<void> | undefined {
    if (this.#client === undefined) return this.#start().then(() => this.#takeOne())
    return this.#takeOne()
  }

  async check(): Promise<void> {
    await this.#start()
    this.#socket.emit('message', encodeFrame(agentFrame('still alive', { sequence: 0 })), true)
    if (!this.#output.endsWith('still alive')) throw new Error('A new session shows nothing')
    await this.#end()
  }

  #takeOne(): Promise<void> | undefined {
    const input = this.#input
    if (input.random() < 0.05) this.#socket.emit('message', Buffer.from(input.text()), false)
    else this.#socket.emit('message', Buffer.from(input.frame(this.#sequence)), true)
    if (input.random() < 0.3) {
      this.#socket.emit('message', encodeFrame(agentFrame('x', { sequence: this.#sequence })), true)
      this.#sequence += 1
    }
    if (input.random() < 0.05) this.#client?.write(input.bytes(20))
    if (input.random() < 0.02) this.#clock.advance(input.below(2_000))
    // Promises of handshakes must come to an end too.
    if (input.random() < 0.01) return pendingPromises()
    return undefined
  }

  async #start(): Promise<void> {
    await this.#end()
    this.#clock = createHandClock()
    this.#sequence = 0
    this.#output = ''
    this.#client = new DataChannelClient(
      {
        sessionId: 's',
        grant: { streamUrl: 'wss://host.invalid/x?X-Amz-Signature=0', tokenValue: 't' },
        target: 't',
        region: 'eu-west-1',
        size: { cols: 80, rows: 24 },
        credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
        resume: async () => 'over',
        terminate: async () => undefined,
        generateDataKey: async () => ({ plainText: Buffer.alloc(64, 1), cipherText: Buffer.alloc(8) }),
        clock: this.#clock,
        createWebSocket: () => {
          this.#socket = new DeafSocket()
          return this.#socket as unknown as WebSocket
        },
      },
      {
        ready: () => undefined,
        encrypted: () => undefined,
        output: (bytes) => {
          this.#output = (this.#output + Buffer.from(bytes).toString('latin1')).slice(-100)
        },
        degraded: () => undefined,
        recovered: () => undefined,
        reconnecting: () => undefined,
        reconnected: () => undefined,
        ended: () => {
          this.#ends += 1
          this.#client = undefined
        },
      },
    )
    this.#ends = 0
    this.#client.start()
    await pendingPromises()
    this.#socket.emit('open')
  }

  async #end(): Promise<void> {
    const client = this.#client
    if (client !== undefined) {
      const closed = client.close()
      this.#clock.advance(10_000)
      await closed
      if (this.#ends !== 1) throw new Error(`A session ended ${this.#ends} times`)
    }
    this.#client = undefined
    this.#clock.advance(10_000)
    if (this.#clock.pendingTimers > 0) throw new Error(`${this.#clock.pendingTimers} timers were left`)
  }
}

/** The sandbox's agent, with a client that has gone mad. */
class Agent implements FuzzTarget {
  readonly #input: FuzzedInput
  readonly #clock = createHandClock()
  #agent: AgentSession | undefined
  #sequence = 0
  #frames = 0

  constructor(input: FuzzedInput) {
    this.#input = input
  }

  take(): Promise<void> | undefined {
    if (this.#agent === undefined || this.#frames > 5_000) return this.#start().then(() => undefined)
    this.#frames += 1
    this.#agent.receive(this.#input.frame(this.#sequence))
    if (this.#input.random() < 0.3) this.#sequence += 1
    if (this.#input.random() < 0.02) this.#clock.advance(this.#input.below(500))
    return undefined
  }

  async check(): Promise<void> {
    const process = await this.#start()
    const payload = Buffer.from('ls')
    this.#agent?.receive(
      encodeFrame(
        agentFrame('ls', { messageType: messageType.input, payloadType: payloadType.output, payload }),
      ),
    )
    if (process.typed.toString() !== 'ls') throw new Error('A new session takes no input')
  }

  async #start(): Promise<SimulatedProcess> {
    this.#agent?.close()
    const process = new SimulatedProcess()
    this.#sequence = 0
    this.#frames = 0
    this.#agent = new AgentSession({
      spec: { sessionId: 's', target: 't', taskArn: 'a', region: 'eu-west-1', open: async () => process },
      settings: realAgentSettings,
      clock: sandboxClock(this.#clock),
      faults: () => ({}),
      transmit: () => undefined,
      output: () => undefined,
      active: () => undefined,
      ended: () => {
        this.#agent = undefined
      },
    })
    this.#agent.start()
    this.#agent.setConnected(true)
    await pendingPromises()
    return process
  }
}

/** What programs print and services say, on its way to people. */
class Texts implements FuzzTarget {
  readonly #input: FuzzedInput
  readonly #clock = createHandClock()

  constructor(input: FuzzedInput) {
    this.#input = input
  }

  take(): undefined {
    const text = this.#input.text()
    if (sessionEndOf(text, this.#input.random() < 0.5).reason === undefined)
      throw new Error('An end without a reason')
    endFromPluginWords(text, 'session-1', this.#input.random() < 0.5)
    if (this.#input.random() < 0.2) this.#filter(text)
  }

  check(): undefined {
    if (sessionEndOf('', true).reason !== 'exited') throw new Error('A plain end is no longer known')
  }

  /** Whatever the pieces are, everything that is no banner comes out. */
  #filter(text: string): void {
    const printed = Buffer.from(`# ${text}`)
    let shown = 0
    using filter = createPluginBannerFilter({
      sessionId: 'session-1',
      exitMark: 'exit-mark',
      events: {
        output: (bytes) => {
          shown += bytes.byteLength
        },
        encrypted: () => undefined,
        exited: () => undefined,
      },
      startTimer: this.#clock.after,
    })
    filter.push(Buffer.from('\nStarting session with SessionId: session-1\n'))
    for (let from = 0; from < printed.byteLength; ) {
      const length = 1 + this.#input.below(200)
      filter.push(printed.subarray(from, from + length))
      from += length
    }
    filter.finish()
    if (shown !== printed.byteLength) throw new Error(`${shown} of ${printed.byteLength} bytes were shown`)
  }
}

function pendingPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
