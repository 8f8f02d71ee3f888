import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { Channel } from '../channel/channel.ts'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import type { AuditProcess } from '../core/audit/follow-audit.ts'
import type { KeyProtection } from '../core/audit/integrity/key-files.ts'
import { createListeners } from '../core/listeners.ts'
import { stopUtilityProcess } from './stop-utility-process.ts'
import type { AuditHostMessage } from './utility-messages.ts'

/** The audit history in a process of its own: its disk writes hold up neither main nor terminal bytes. */
export class DesktopAuditProcess implements AuditProcess, AsyncDisposable {
  readonly channel: Channel
  readonly #process: UtilityProcess
  readonly #stopped = createListeners<Error | undefined>()
  /** The process has heard where everything is, so that it can take in clients. */
  readonly #started: Promise<void>
  #stopping = false
  /** Not by its pid: one that has yet to begin has none either. */
  #ended = false

  /** @param options.keyProtection may take as long as a person takes to unlock a keychain; never rejects */
  constructor(options: {
    entryFile: string
    folder: string
    keyFolder: string
    keyProtection: Promise<KeyProtection>
  }) {
    const { entryFile, folder, keyFolder } = options
    this.#process = utilityProcess.fork(entryFile, [], { serviceName: 'Porthole audit history' })
    this.#started = options.keyProtection.then((keyProtection) => {
      if (!this.#stopping) this.#tell({ type: 'start', folder, keyFolder, keyProtection })
    })
    this.channel = createMessagePortChannel(this.openPort())
    this.#process.once('exit', (code) => {
      this.#ended = true
      this.channel.close()
      this.#stopped.emit(this.#stopping ? undefined : new Error(`its process ended with code ${code}`))
    })
  }

  /** The way to the history for one more client; to be handed to the session host. */
  openPort(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain()
    void this.#started.then(() => this.#tell({ type: 'client' }, [port2]))
    return port1
  }

  onStopped(listener: (error: Error | undefined) => void): Disposable {
    return this.#stopped.add(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    if (this.#ended) return
    this.#tell({ type: 'stop' })
    await stopUtilityProcess(this.#process)
  }

  #tell(message: AuditHostMessage, ports: MessagePortMain[] = []): void {
    if (!this.#ended) this.#process.postMessage(message, ports)
  }
}
