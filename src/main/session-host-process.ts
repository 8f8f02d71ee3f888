import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { Channel } from '../channel/channel.ts'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import { type ErrorValue, PortholeError } from '../contract/errors.ts'
import type { SessionHostLink } from '../core/session/session-host-line.ts'
import { Heartbeat } from './heartbeat.ts'
import { RestartLimit } from './restart-limit.ts'
import { stopUtilityProcess } from './stop-utility-process.ts'
import type { SessionHostMessage, SessionHostReply } from './utility-messages.ts'

export interface SessionHostProcessOptions {
  entryFile: string
  dataFolder: string
  environment: Record<string, string>
  /** A way to the audit history for a host that starts. */
  openRecorders: () => MessagePortMain
  /** The host is gone, and with it every bytes port that it was given. */
  onGone: () => void
  /** Set while it does not answer; `undefined` when it does again. */
  onProblem: (problem: ErrorValue | undefined) => void
  log: (message: string) => void
}

/**
 * The process that runs the sessions: started by the first one, started again by
 * the next after it died. Bytes go between it and the pages; main only hands the
 * ports over.
 */
export class SessionHostProcess implements SessionHostLink, AsyncDisposable {
  readonly #options: SessionHostProcessOptions
  readonly #limit = new RestartLimit()
  #running: { process: UtilityProcess; heartbeat: Heartbeat } | undefined
  /** Of pages that came before there was a host; a port keeps what is posted until somebody starts it. */
  #waitingPorts = new Set<MessagePortMain>()
  #stopping = false

  constructor(options: SessionHostProcessOptions) {
    this.#options = options
  }

  connect(): Channel {
    const process = this.#started()
    const { port1, port2 } = new MessageChannelMain()
    tell(process, { type: 'control' }, [port2])
    const channel = createMessagePortChannel(port1)
    // A process that is killed says no goodbye.
    process.once('exit', () => channel.close())
    return channel
  }

  /** Gives a window's bytes port to the host, now or as soon as there is one. */
  serveBytes(port: MessagePortMain): void {
    if (this.#running !== undefined) {
      tell(this.#running.process, { type: 'bytes' }, [port])
      return
    }
    this.#waitingPorts.add(port)
    port.once('close', () => this.#waitingPorts.delete(port))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    for (const port of this.#waitingPorts) port.close()
    this.#waitingPorts.clear()
    const process = this.#running?.process
    if (process === undefined) return
    tell(process, { type: 'stop' })
    await stopUtilityProcess(process)
  }

  #started(): UtilityProcess {
    if (this.#running !== undefined) return this.#running.process
    if (this.#stopping || !this.#limit.allows()) throw new PortholeError(keepsFailing)
    const { entryFile, dataFolder, environment, openRecorders } = this.#options
    const process = utilityProcess.fork(entryFile, [], {
      serviceName: 'Porthole sessions',
      env: environment,
    })
    const heartbeat = new Heartbeat({
      ping: (id) => tell(process, { type: 'ping', id }),
      onSilent: () => this.#options.onProblem(doesNotAnswer),
      onAnswering: () => this.#options.onProblem(undefined),
    })
    this.#running = { process, heartbeat }
    process.on('message', (message: SessionHostReply) => this.#hear(heartbeat, message))
    process.once('exit', (code) => this.#ended(code))
    tell(process, { type: 'start', dataFolder })
    tell(process, { type: 'recorders' }, [openRecorders()])
    for (const port of this.#waitingPorts) tell(process, { type: 'bytes' }, [port])
    this.#waitingPorts.clear()
    return process
  }

  #hear(heartbeat: Heartbeat, message: SessionHostReply): void {
    if (message.type === 'pong') heartbeat.answered(message.id)
    else this.#options.log(message.message)
  }

  #ended(code: number): void {
    this.#running?.heartbeat[Symbol.dispose]()
    this.#running = undefined
    if (this.#stopping) return
    this.#options.log(`The session process ended with code ${code}.`)
    this.#options.onProblem(undefined)
    this.#options.onGone()
  }
}

function tell(process: UtilityProcess, message: SessionHostMessage, ports: MessagePortMain[] = []): void {
  process.postMessage(message, ports)
}

const keepsFailing: ErrorValue = {
  code: 'INTERNAL',
  message: 'The process that runs the sessions failed several times in a row.',
  action: 'Quit Porthole and open it again. If it stays, report it.',
  retryable: false,
}

const doesNotAnswer: ErrorValue = {
  code: 'INTERNAL',
  message: 'The process that runs the sessions does not answer. Terminals stand still.',
  action: 'Wait a moment. If it stays, quit Porthole and open it again.',
  retryable: true,
}
