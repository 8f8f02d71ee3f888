import { networkInterfaces, release } from 'node:os'
import path from 'node:path'
import type { Channel } from '../channel/channel.ts'
import { createAccessFiles } from './accounts/access-file.ts'
import { type AccountDirectory, createAccountDirectory } from './accounts/account-directory.ts'
import { createAuditHistory } from './audit/audit-history.ts'
import type { Downloads } from './audit/export/downloads.ts'
import type { WindowExports } from './audit/export/window-exports.ts'
import { configuredBundle } from './aws/certificate-bundle.ts'
import { type AwsClients, createAwsClients } from './aws/clients.ts'
import { clockProblem } from './aws/clock-difference.ts'
import { createConfigReader } from './aws/config-reader.ts'
import { createAwsConnection } from './aws/connection.ts'
import { createEndpoints } from './aws/endpoints.ts'
import { awsPaths } from './aws/paths.ts'
import { createCatalogService } from './catalog/catalog-service.ts'
import { systemClock } from './clock.ts'
import type { CoreOptions } from './core-options.ts'
import { startDiagnostics } from './diagnostics/create-diagnostics.ts'
import { runtimeFacts } from './diagnostics/sections/system.ts'
import { hostInfo } from './host-info.ts'
import { createHostProblems, type HostProblems } from './host-problems.ts'
import { createIdentityService, type IdentityService } from './identity/identity-service.ts'
import { watchLine } from './line-watch.ts'
import { createLogsService } from './logs/logs-service.ts'
import { createNetwork } from './network/network.ts'
import { createPluginParts } from './plugin/plugin-parts.ts'
import { createReadinessService } from './readiness/readiness-service.ts'
import { refreshAfterSignIn } from './refresh-after-sign-in.ts'
import { serveContract } from './serve-contract.ts'
import type { SessionService } from './session/session-service.ts'
import { steerSessions } from './session/steer-sessions.ts'
import { createSettingsStore, type SettingsStore } from './settings.ts'
import type { WindowHost } from './window-host.ts'
import { WindowSessions } from './window-sessions.ts'

/** The product without a window: hosts connect windows to it. */
export interface Core extends AsyncDisposable {
  /** Serves the contract to one window until its channel closes. */
  connectRpc(channel: Channel, windowHost: WindowHost): Disposable
  /** For the host to say what is wrong with the processes it runs. */
  readonly problems: HostProblems
  /** All sessions, newest last. */
  readonly sessions: Pick<SessionService, 'list'>
  readonly windowSessions: Pick<WindowSessions, 'liveIn' | 'closeAll'>
  readonly windowExports: Pick<WindowExports, 'running' | 'runningIn' | 'closeOf'>
  /** Exports for the page to fetch, where its host offers that. */
  readonly downloads: Downloads
  /** The computer woke up: what was read before it slept is old. */
  resumed(): void
}

/**
 * Builds all services of the core and connects them. Nothing talks to AWS until
 * a window asks for something.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { environment, homeFolder, dataFolder, log } = options
  const clock = systemClock
  await using resources = new AsyncDisposableStack()
  const way = findWayToAws(resources, options)
  const { connection, paths, configReader, endpoints, network } = way
  const settings = resources.use(createSettingsStore({ file: path.join(dataFolder, 'settings.json'), log }))
  const { signIn, accounts, clients } = createAccess(resources, options, way, settings)
  const caller = signIn.caller.bind(signIn)

  const catalog = resources.use(createCatalogService({ clients, caller, clock, random: Math.random }))
  resources.use(refreshAfterSignIn(signIn, catalog))
  const logs = resources.use(createLogsService({ clients, clock }))
  const problems = resources.use(createHostProblems())
  resources.use(
    connection.clockDifference.onChanged((state) => problems.report('clock', clockProblem(state))),
  )
  const history = createAuditHistory(resources, options, { signIn, clients, settings, problems })
  const plugin = createPluginParts(options, network)
  resources.use(plugin.service)
  const readiness = resources.use(
    createReadinessService({
      clients,
      caller,
      findPlugin: () => plugin.service.find(),
      refreshCatalog: () => catalog.refresh(),
      clockState: connection.clockDifference.state,
      engineChoice: () => settings.get().engine,
      audit: history.audit,
      clock,
      log,
    }),
  )
  const sessions = steerSessions(resources, options, {
    signIn,
    clients,
    catalog,
    audit: history.audit,
    settings,
    connection,
    pluginFinder: plugin.finder,
  })
  const resumed = () => {
    sessions.resumed()
    void catalog.refresh().catch((thrown) => log(`Refreshing failed: ${String(thrown)}`))
  }
  resources.use(watchLine({ clock, networks: networkInterfaces, onChanged: resumed }))

  const diagnosed = resources.use(
    startDiagnostics({
      facts: runtimeFacts(options, process, release()),
      environment,
      homeFolder,
      dataFolder,
      paths,
      configReader,
      endpoints,
      network,
      signIn,
      catalog,
      sessions,
      credentialsReader: createConfigReader(paths.credentialsFile, clock),
      clockDifference: connection.clockDifference,
      plugin: plugin.service,
      platform: process.platform,
      clock,
    }),
  )

  const windowSessions = new WindowSessions(sessions)
  const server = resources.use(
    serveContract({
      hostInfo: hostInfo(options, { configFile: paths.configFile, platform: process.platform }),
      problems,
      diagnostics: diagnosed.service,
      recentErrors: diagnosed.errors,
      settings,
      signIn,
      accounts,
      catalog,
      readiness,
      sessions,
      windowSessions,
      logs,
      plugin: plugin.service,
      ...history,
      clock,
      log,
    }),
  )
  const owned = resources.move()

  return {
    connectRpc: (channel, windowHost) => server.connect(channel, windowHost),
    problems,
    sessions,
    windowSessions,
    windowExports: history.exports,
    downloads: history.exports.downloads,
    resumed,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

type WayToAws = ReturnType<typeof findWayToAws>

/** How this computer reaches AWS, by the person's own configuration. */
function findWayToAws(resources: AsyncDisposableStack, options: CoreOptions) {
  const { environment, homeFolder } = options
  const paths = awsPaths(environment, homeFolder)
  const configReader = createConfigReader(paths.configFile, systemClock)
  const { config } = configReader
  const endpoints = createEndpoints({ environment, config, explicitUrl: options.endpointUrl })
  const network = resources.use(
    createNetwork({
      environment,
      homeFolder,
      configuredBundle: configuredBundle({ environment, homeFolder, config }),
    }),
  )
  const connection = resources.use(createAwsConnection({ endpoints, version: options.version, network }))
  return { paths, configReader, endpoints, network, connection }
}

/** Who somebody is at AWS, what that opens, and clients that act as them. */
function createAccess(
  resources: AsyncDisposableStack,
  { environment, dataFolder, log }: CoreOptions,
  { connection, paths, configReader }: WayToAws,
  settings: SettingsStore,
): { signIn: IdentityService; accounts: AccountDirectory; clients: AwsClients } {
  const signIn = resources.use(
    createIdentityService({
      connection,
      paths,
      configReader,
      environment,
      profilesInUse: {
        get: () => settings.get().profilesInUse,
        set: async (profilesInUse) => void (await settings.set({ profilesInUse: [...profilesInUse] })),
      },
      clock: systemClock,
      random: Math.random,
      log,
    }),
  )
  const accounts = resources.use(
    createAccountDirectory({
      source: signIn,
      files: createAccessFiles(path.join(dataFolder, 'accounts')),
      clock: systemClock,
      log,
    }),
  )
  resources.use(signIn.onChanged(({ identities }) => accounts.identitiesChanged(identities)))
  const clients = resources.use(
    createAwsClients({ connection, credentials: signIn, profileOf: signIn.profileOf }),
  )
  return { signIn, accounts, clients }
}
