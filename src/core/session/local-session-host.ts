import type { RecorderFactory } from '../audit/audit-service.ts'
import { configuredBundle } from '../aws/certificate-bundle.ts'
import { readAwsConfig } from '../aws/config-file.ts'
import { awsPaths, type EnvironmentVariables } from '../aws/paths.ts'
import { createRequestHandler } from '../aws/request-handler.ts'
import { systemClock } from '../clock.ts'
import { ssmSessionControl } from '../data-channel/session-control.ts'
import { createNetwork } from '../network/network.ts'
import { networkVariablesForPrograms } from '../network/variables-for-programs.ts'
import { createPluginFinder } from '../plugin/find-plugin.ts'
import { ownPluginsIn } from '../plugin/own-plugins.ts'
import { createBuiltInEngine } from './built-in-engine.ts'
import type { EngineRequest } from './engine.ts'
import { createPluginEngine } from './plugin-engine.ts'
import { createSessionHost, type SessionHost } from './session-host.ts'

export interface LocalSessionHostOptions {
  environment: EnvironmentVariables
  homeFolder: string
  dataFolder: string
  recorders: RecorderFactory
  log: (message: string) => void
}

/** The session host of this process, with both engines. What it needs to know of AWS comes with each session. */
export function createLocalSessionHost(options: LocalSessionHostOptions): SessionHost {
  const { environment, homeFolder, dataFolder, recorders, log } = options
  const { platform } = process
  const { configFile } = awsPaths(environment, homeFolder)
  const config = () => readAwsConfig(configFile)
  const network = createNetwork({
    environment,
    homeFolder,
    configuredBundle: configuredBundle({ environment, homeFolder, config }),
  })
  const requestHandler = createRequestHandler({ network })
  const ssm = ({ ssmEndpoint, region, credentials }: EngineRequest) =>
    ssmSessionControl({ endpoint: ssmEndpoint, region, credentials, requestHandler })
  const finder = createPluginFinder({ environment, platform, own: ownPluginsIn(dataFolder, platform) })
  const plugin = createPluginEngine({
    findPlugin: () => finder.find(),
    ssm,
    environment: networkVariablesForPrograms(environment),
    clock: systemClock,
    platform,
  })
  const builtIn = createBuiltInEngine({
    ssm,
    createWebSocket: network.createWebSocket,
    fetch: network.fetch,
  })
  const host = createSessionHost({
    engines: { plugin, 'built-in': builtIn },
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
      requestHandler[Symbol.dispose]()
      network[Symbol.dispose]()
    },
  }
}
