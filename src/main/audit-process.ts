import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { Channel } from '../channel/channel.ts'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import type { AuditProcess } from '../core/app.ts'
import { createListeners } from '../core/listeners.ts'
import { stopUtilityProcess } from './stop-utility-process.ts'
import type { AuditHostMessage } from './utility-messages.ts'

/** The audit history in a process of its own: its disk writes hold up neither main nor terminal bytes. */
export class DesktopAuditProcess implements AuditProcess, AsyncDisposable {
  readonly channel: Channel
  readonly #process: UtilityProcess
  readonly #stopped = createListeners<Error | undefined>()
  #stopping = false
  /** Not by its pid: one that has yet to begin has none either. */
  #ended = false

  constructor(options: { entryFile: string; folder: string; keyFolder: string }) {
    this.#process = utilityProcess.fork(options.entryFile, [], { serviceName: 'Porthole audit history' })
    this.#tell({ type: 'start', folder: options.folder, keyFolder: options.keyFolder })
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
    this.#tell({ type: 'client' }, [port2])
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
    this.#process.postMessage(message, ports)
  }
}
