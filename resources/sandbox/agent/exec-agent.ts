/**
 * The exec agent: runs inside a container and opens programs on ptys for the
 * sandbox, as the SSM agent does for ECS. Started by init with the stream of
 * frames as file descriptor 3 and the device number of the host's root.
 */
import { readFileSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import {
  type AgentFrame,
  decodeJson,
  encodeJson,
  FrameReader,
  frameTypes,
  type OpenRequest,
  type TerminalSize,
  writeFrame,
} from './agent-frames.ts'
import { resolveProgram, splitCommand } from './command-line.ts'
import { PseudoTerminal } from './pseudo-terminal.ts'

const streamDescriptor = 3

/** Nothing may run when the root were the host's: a user's `rm -rf /` would be real. */
function refuseHostRoot(hostRootDevice: string | undefined): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')
  const root = mounts.map((line) => line.split(' ')).find((fields) => fields[4] === '/')
  const source = root?.[root.indexOf('-') + 2]
  if (source !== 'porthole' || String(statSync('/').dev) === hostRootDevice) {
    throw new Error('This is not a root of the sandbox. The exec agent starts nothing here.')
  }
}

/** TERM is forced and LANG defaulted, as the SSM agent does for ECS Exec. */
function sessionEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { LANG: 'C.UTF-8' }
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) environment[name] = value
  }
  return { ...environment, TERM: 'xterm-256color' }
}

class ExecAgent {
  readonly #stream: Socket
  readonly #terminals = new Map<number, PseudoTerminal>()
  /** Sessions that the sandbox has asked to wait. */
  readonly #paused = new Set<number>()
  #streamFull = false

  constructor(stream: Socket) {
    this.#stream = stream
    const reader = new FrameReader((frame) => this.#receive(frame))
    stream.on('data', (chunk: Uint8Array) => reader.push(chunk))
    stream.on('drain', () => this.#drained())
    stream.on('error', () => process.exit(1))
    stream.on('close', () => process.exit(0))
  }

  #receive(frame: AgentFrame): void {
    if (frame.type === frameTypes.open) {
      this.#open(frame.session, decodeJson(frame.payload) as OpenRequest)
      return
    }
    const terminal = this.#terminals.get(frame.session)
    if (!terminal) return
    switch (frame.type) {
      case frameTypes.input:
        terminal.write(frame.payload)
        break
      case frameTypes.resize:
        terminal.resize(decodeJson(frame.payload) as TerminalSize)
        break
      case frameTypes.pause:
        this.#paused.add(frame.session)
        terminal.pause()
        break
      case frameTypes.resume:
        this.#paused.delete(frame.session)
        if (!this.#streamFull) terminal.resume()
        break
      case frameTypes.kill:
        terminal.kill()
        break
    }
  }

  #open(session: number, request: OpenRequest): void {
    try {
      this.#terminals.set(session, this.#start(session, request))
      writeFrame(this.#stream, frameTypes.opened, session)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const text = `Unable to start command: Failed to start pty: ${reason}`
      writeFrame(this.#stream, frameTypes.refused, session, new TextEncoder().encode(text))
    }
  }

  #start(session: number, { command, cols, rows }: OpenRequest): PseudoTerminal {
    const [name = '', ...args] = splitCommand(command)
    const environment = sessionEnvironment()
    const program = resolveProgram(name, environment.PATH ?? '/usr/bin:/bin')
    return new PseudoTerminal(
      program,
      args,
      environment,
      { cols, rows },
      {
        output: (bytes) => this.#send(session, bytes),
        exit: (exit) => {
          this.#terminals.delete(session)
          this.#paused.delete(session)
          writeFrame(this.#stream, frameTypes.exit, session, encodeJson(exit))
        },
      },
    )
  }

  #send(session: number, bytes: Uint8Array): void {
    if (writeFrame(this.#stream, frameTypes.output, session, bytes) || this.#streamFull) return
    this.#streamFull = true
    for (const terminal of this.#terminals.values()) terminal.pause()
  }

  #drained(): void {
    this.#streamFull = false
    for (const [session, terminal] of this.#terminals) {
      if (!this.#paused.has(session)) terminal.resume()
    }
  }
}

process.title = 'ecs-exec-agent'
refuseHostRoot(process.argv[2])
new ExecAgent(new Socket({ fd: streamDescriptor }))
