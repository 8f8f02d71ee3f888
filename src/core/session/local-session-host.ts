import type { RecorderFactory } from '../audit/audit-service.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import { systemClock } from '../clock.ts'
import { ssmSessionControl } from '../data-channel/session-control.ts'
import { createPluginFinder } from '../plugin/find-plugin.ts'
import { ownPluginFolder } from '../plugin/own-folder.ts'
import { createBuiltInEngine } from './built-in-engine.ts'
import type { EngineRequest } from './engine.ts'
import { createPluginEngine } from './plugin-engine.ts'
import { createSessionHost, type SessionHost } from './session-host.ts'

export interface LocalSessionHostOptions {
  environment: EnvironmentVariables
  dataFolder: string
  recorders: RecorderFactory
  log: (message: string) => void
}

/** The session host of this process, with both engines. What it needs to know of AWS comes with each session. */
export function createLocalSessionHost(options: LocalSessionHostOptions): SessionHost {
  const { environment, dataFolder, recorders, log } = options
  const { platform } = process
  const ssm = ({ ssmEndpoint, region, credentials }: EngineRequest) =>
    ssmSessionControl({ endpoint: ssmEndpoint, region, credentials })
  const finder = createPluginFinder({ environment, platform, ownFolder: ownPluginFolder(dataFolder) })
  const plugin = createPluginEngine({
    findPlugin: () => finder.find(),
    ssm,
    environment,
    clock: systemClock,
    platform,
  })
  const host = createSessionHost({
    engines: { plugin, 'built-in': createBuiltInEngine({ ssm }) },
    recorders,
    clock: systemClock,
    log,
  })
  return {
    serveControl: (channel) => host.serveControl(channel),
    serveBytes: (channel) => host.serveBytes(channel),
    get sessionCount() {
      return host.sessionCount
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await plugin[Symbol.asyncDispose]()
    },
  }
}
