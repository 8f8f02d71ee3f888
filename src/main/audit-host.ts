import type { MessageEvent } from 'electron'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import { type AuditServer, serveAudit } from '../core/audit/serve-audit.ts'
import { systemClock } from '../core/clock.ts'
import { failLoudly } from './fail-loudly.ts'
import type { AuditHostMessage } from './utility-messages.ts'

/** Entry of the utility process that keeps the audit history: ledger and recordings, away from main and from bytes. */
failLoudly('The audit history')

let server: AuditServer | undefined

process.parentPort.on('message', async ({ data, ports }: MessageEvent) => {
  const message = data as AuditHostMessage
  switch (message.type) {
    case 'start':
      server = serveAudit({
        folder: message.folder,
        keyFolder: message.keyFolder,
        keyProtection: message.keyProtection,
        clock: systemClock,
      })
      return
    case 'client':
      if (ports[0] !== undefined) server?.attach(createMessagePortChannel(ports[0]))
      return
    case 'stop':
      await server?.[Symbol.asyncDispose]()
      process.exit(0)
  }
})
