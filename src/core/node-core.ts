import path from 'node:path'
import type { Channel } from '../channel/channel.ts'
import { createChannelPair } from '../channel/in-process-channel.ts'
import { createMessagePortChannel } from '../channel/message-port-channel.ts'
import { type Core, createCore } from './app.ts'
import { createRecorderFactory } from './audit/audit-client.ts'
import { startAuditWorker } from './audit/start-audit-worker.ts'
import type { CoreOptions } from './core-options.ts'
import { createLocalSessionHost } from './session/local-session-host.ts'

export interface NodeCoreOptions extends Omit<CoreOptions, 'audit' | 'sessionHost'> {
  /** Of audit-worker.ts, or of the file it was bundled into. */
  auditWorkerUrl: URL
}

/** A core that holds its sessions too. */
export interface NodeCore extends Core {
  /** Carries terminal bytes of one window until its channel closes. */
  connectBytes(channel: Channel): Disposable
}

/** The core for a plain Node process: sessions run in it, the audit history on a thread of it. */
export async function createNodeCore(options: NodeCoreOptions): Promise<NodeCore> {
  const { environment, homeFolder, dataFolder, log } = options
  await using resources = new AsyncDisposableStack()
  const audit = resources.use(
    startAuditWorker({
      folder: path.join(dataFolder, 'audit'),
      keyFolder: path.join(dataFolder, 'audit-keys'),
      workerUrl: options.auditWorkerUrl,
    }),
  )
  const recorders = createRecorderFactory({ channel: createMessagePortChannel(audit.openPort()) })
  const host = resources.use(createLocalSessionHost({ environment, homeFolder, dataFolder, recorders, log }))
  const connect = () => {
    const [near, far] = createChannelPair()
    host.serveControl(far)
    return near
  }
  const core = resources.use(await createCore({ ...options, audit, sessionHost: { connect } }))
  const owned = resources.move()
  return {
    ...core,
    connectBytes: (channel) => host.serveBytes(channel),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
