import { homedir } from 'node:os'
import type { MessageEvent } from 'electron'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import { createRecorderFactory } from '../core/audit/audit-client.ts'
import { createLocalSessionHost } from '../core/session/local-session-host.ts'
import type { SessionHost } from '../core/session/session-host.ts'
import { failLoudly } from './fail-loudly.ts'
import type { SessionHostMessage, SessionHostReply } from './utility-messages.ts'

/** Entry of the utility process that runs the sessions and moves their bytes, straight to the pages. */
failLoudly('The session process')

const reply = (message: SessionHostReply) => process.parentPort.postMessage(message)
let dataFolder = ''
let host: SessionHost | undefined

process.parentPort.on('message', async ({ data, ports }: MessageEvent) => {
  const message = data as SessionHostMessage
  const channel = ports[0] && createMessagePortChannel(ports[0])
  switch (message.type) {
    case 'start':
      dataFolder = message.dataFolder
      return
    case 'recorders':
      if (channel !== undefined)
        host = createLocalSessionHost({
          environment: process.env,
          homeFolder: process.env.HOME ?? homedir(),
          dataFolder,
          recorders: createRecorderFactory({ channel }),
          log: (text) => reply({ type: 'log', message: text }),
        })
      return
    case 'control':
      if (channel !== undefined) host?.serveControl(channel)
      return
    case 'bytes':
      if (channel !== undefined) host?.serveBytes(channel)
      return
    case 'ping':
      return reply({ type: 'pong', id: message.id })
    case 'stop':
      await host?.[Symbol.asyncDispose]()
      process.exit(0)
  }
})
