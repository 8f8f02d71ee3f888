import type { Duplex } from 'node:stream'
import { z } from 'zod'
import {
  type AgentFrame,
  decodeJson,
  encodeJson,
  FrameReader,
  frameTypes,
  type ProcessExit,
  type TerminalSize,
  writeFrame,
} from '../../../resources/sandbox/agent/agent-frames.ts'
import { type ContainerProcess, ExecError } from './container-runtime.ts'

const exitSchema = z.object({ code: z.number(), signal: z.string().optional() })

/** The sandbox's end of a container's exec agent: opens programs and carries their bytes. */
export class ExecAgentClient {
  readonly #stream: Duplex
  readonly #opening = new Map<number, PromiseWithResolvers<ContainerProcess>>()
  readonly #processes = new Map<number, AgentProcess>()
  #nextSession = 1
  #gone: string | undefined

  constructor(stream: Duplex) {
    this.#stream = stream
    const reader = new FrameReader((frame) => this.#receive(frame))
    stream.on('data', (chunk: Uint8Array) => {
      try {
        reader.push(chunk)
      } catch (error) {
        // Root in the container can reach the agent, so what it sends is never trusted.
        this.close(
          `The exec agent in this container has failed: ${error instanceof Error ? error.message : error}`,
        )
        stream.destroy()
      }
    })
    // Whoever owns the container learns of its end from the container itself.
    stream.on('error', () => {})
  }

  /** @throws {ExecError} when the agent refuses or is gone */
  async exec(command: string, size: TerminalSize): Promise<ContainerProcess> {
    if (this.#gone !== undefined) throw new ExecError(this.#gone)
    const session = this.#nextSession++
    const answer = Promise.withResolvers<ContainerProcess>()
    this.#opening.set(session, answer)
    const process = new AgentProcess((type, payload) => this.#send(type, session, payload))
    this.#processes.set(session, process)
    this.#send(frameTypes.open, session, encodeJson({ command, ...size }))
    return answer.promise
  }

  /** The agent has died: every program it had opened is over, and no more can be opened. */
  close(reason: string): void {
    if (this.#gone !== undefined) return
    this.#gone = reason
    for (const answer of this.#opening.values()) answer.reject(new ExecError(reason))
    this.#opening.clear()
    for (const process of this.#processes.values()) process.cutOff()
    this.#processes.clear()
  }

  #send(type: number, session: number, payload?: Uint8Array): void {
    if (this.#gone === undefined && this.#processes.has(session)) {
      writeFrame(this.#stream, type, session, payload)
    }
  }

  #receive({ type, session, payload }: AgentFrame): void {
    const process = this.#processes.get(session)
    if (!process) return
    switch (type) {
      case frameTypes.opened:
        this.#opening.get(session)?.resolve(process)
        this.#opening.delete(session)
        break
      case frameTypes.refused:
        this.#processes.delete(session)
        this.#opening.get(session)?.reject(new ExecError(new TextDecoder().decode(payload)))
        this.#opening.delete(session)
        break
      case frameTypes.output:
        process.received(payload)
        break
      case frameTypes.exit:
        this.#processes.delete(session)
        process.ended(exitSchema.parse(decodeJson(payload)))
        break
    }
  }
}

class AgentProcess implements ContainerProcess {
  readonly #send: (type: number, payload?: Uint8Array) => void
  /** Output that nobody has taken yet: before the listener is there, and what was under way when paused. */
  #waiting: Uint8Array[] = []
  #outputListener: ((bytes: Uint8Array) => void) | undefined
  #exitListener: ((exit: ProcessExit) => void) | undefined
  #exit: ProcessExit | undefined
  #paused = false
  #exitTold = false
  #untakenHoldsExit = true

  constructor(send: (type: number, payload?: Uint8Array) => void) {
    this.#send = send
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#outputListener = listener
    this.#deliver()
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    this.#exitListener = listener
    this.#deliver()
  }

  write(bytes: Uint8Array): void {
    this.#send(frameTypes.input, bytes)
  }

  resize(size: TerminalSize): void {
    this.#send(frameTypes.resize, encodeJson({ cols: size.cols, rows: size.rows }))
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#send(frameTypes.pause)
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#send(frameTypes.resume)
    this.#deliver()
  }

  kill(): void {
    this.#untakenHoldsExit = false
    this.#send(frameTypes.kill)
  }

  received(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#deliver()
  }

  ended(exit: ProcessExit): void {
    this.#exit = exit
    this.#deliver()
  }

  /** Ended by force from outside: nobody may be left to take the rest. */
  cutOff(): void {
    this.#untakenHoldsExit = false
    this.ended({ code: 137, signal: 'SIGKILL' })
  }

  #deliver(): void {
    while (this.#outputListener && !this.#paused) {
      const bytes = this.#waiting.shift()
      if (!bytes) break
      this.#outputListener(bytes)
    }
    const mayExit = this.#waiting.length === 0 || !this.#untakenHoldsExit
    if (this.#exit && mayExit && this.#exitListener && !this.#exitTold) {
      this.#exitTold = true
      this.#exitListener(this.#exit)
    }
  }
}
