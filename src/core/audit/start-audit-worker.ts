import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Channel } from '../../channel/channel.ts'
import { createMessagePortChannel } from '../../channel/message-port-channel.ts'
import { createListeners } from '../listeners.ts'
import type { AuditWorkerData, AuditWorkerMessage } from './audit-worker.ts'

/** Closing means a few writes and syncs; a disk that hangs must not keep the app from ending. */
const stopMilliseconds = 5000

export interface AuditWorker extends AsyncDisposable {
  /** The first client's channel. It closes when the worker ends, for whatever reason. */
  readonly channel: Channel
  /** A port for one more client, e.g. to be handed to a session host. */
  openPort(): MessagePort
  /** Called once when the thread ended; with an error unless it was asked to. */
  onStopped(listener: (error: Error | undefined) => void): Disposable
}

/**
 * Starts the audit history of a folder on a thread of its own. Returns at once;
 * when the history cannot be opened, the calls say why (AUDIT_UNAVAILABLE).
 * Disposing closes recordings and ledger and waits for the thread.
 *
 * @param workerUrl of audit-worker.ts, or of the file it was bundled into
 */
export function startAuditWorker(options: {
  folder: string
  keyFolder: string
  workerUrl: URL
}): AuditWorker {
  const workerData: AuditWorkerData = { folder: options.folder, keyFolder: options.keyFolder }
  const worker = new Worker(options.workerUrl, { workerData, name: 'audit' })
  const stopped = watchEnd(worker)
  const tell = (message: AuditWorkerMessage, transfer: MessagePort[] = []) =>
    worker.postMessage(message, transfer)

  const openPort = () => {
    const { port1, port2 } = new MessageChannel()
    tell({ attach: port2 }, [port2])
    return port1
  }

  return {
    channel: createMessagePortChannel(openPort()),
    openPort,
    onStopped: stopped.onStopped,
    async [Symbol.asyncDispose]() {
      tell({ stop: true })
      const late = setTimeout(() => void worker.terminate(), stopMilliseconds)
      await stopped.promise
      clearTimeout(late)
    },
  }
}

function watchEnd(worker: Worker) {
  const ended = createListeners<Error | undefined>()
  const { promise, resolve } = Promise.withResolvers<void>()
  let failure: Error | undefined
  // Without a listener an error of the thread would end the whole process.
  worker.on('error', (thrown) => {
    failure = thrown instanceof Error ? thrown : new Error(String(thrown))
  })
  worker.on('exit', () => {
    resolve()
    ended.emit(failure)
  })
  return { promise, onStopped: ended.add }
}
