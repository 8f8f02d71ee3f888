import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createMessagePortChannel } from '../../channel/message-port-channel.ts'
import { systemClock } from '../clock.ts'
import { serveAudit } from './serve-audit.ts'

/**
 * Entry of the audit worker: ledger and recordings on a thread of their own,
 * away from the one that moves terminal bytes. Started by `startAuditWorker`.
 */
export interface AuditWorkerData {
  folder: string
  /** Beside it: the signing key and the latest checkpoint. */
  keyFolder: string
}

export type AuditWorkerMessage =
  /** One more client. */
  | { attach: MessagePort }
  /** Close everything; the thread ends by itself. */
  | { stop: true }

if (parentPort === null) throw new Error('The audit worker runs in a worker thread; use startAuditWorker')
const parent = parentPort
const { folder, keyFolder } = workerData as AuditWorkerData
const server = serveAudit({ folder, keyFolder, clock: systemClock })
const ports: MessagePort[] = []

parent.on('message', async (message: AuditWorkerMessage) => {
  if ('attach' in message) {
    ports.push(message.attach)
    server.attach(createMessagePortChannel(message.attach))
  } else {
    await server[Symbol.asyncDispose]()
    for (const port of ports) port.close()
    parent.close()
  }
})
