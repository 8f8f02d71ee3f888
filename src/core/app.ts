import { networkInterfaces, release, userInfo } from 'node:os'
import path from 'node:path'
import type { Channel } from '../channel/channel.ts'
import type { ErrorValue } from '../contract/errors.ts'
import type { HostInfo } from '../contract/host.ts'
import { createAccessFiles } from './accounts/access-file.ts'
import { createAccountDirectory } from './accounts/account-directory.ts'
import { type AuditClient, createAuditService } from './audit/audit-client.ts'
import { createCloudAudit } from './audit/cloud/cloud-audit.ts'
import { SearchWithCloud } from './audit/cloud/search-with-cloud.ts'
import type { Downloads } from './audit/export/downloads.ts'
import { WindowExports } from './audit/export/window-exports.ts'
import { keepRetention } from './audit/retention/keep-retention.ts'
import { Viewing } from './audit/viewing.ts'
import { configuredBundle } from './aws/certificate-bundle.ts'
import { type AwsClients, createAwsClients } from './aws/clients.ts'
import { clockProblem } from './aws/clock-difference.ts'
import { createConfigReader } from './aws/config-reader.ts'
import { type AwsConnection, createAwsConnection } from './aws/connection.ts'
import { createEndpoints } from './aws/endpoints.ts'
import { awsPaths, type EnvironmentVariables } from './aws/paths.ts'
import { type CatalogService, createCatalogService } from './catalog/catalog-service.ts'
import { systemClock } from './clock.ts'
import { startDiagnostics } from './diagnostics/create-diagnostics.ts'
import { runtimeFacts } from './diagnostics/sections/system.ts'
import { createHostProblems, type HostProblems } from './host-problems.ts'
import { createIdentityService, type IdentityService } from './identity/identity-service.ts'
import { watchLine } from './line-watch.ts'
import { createLogsService } from './logs/logs-service.ts'
import { createNetwork, type Network } from './network/network.ts'
import { createPluginFinder, type PluginFinder } from './plugin/find-plugin.ts'
import { createOpenHttpFile } from './plugin/install/http-file.ts'
import { createRunProgram } from './plugin/install/run-program.ts'
import { ownPluginsIn } from './plugin/own-plugins.ts'
import { pluginReleaseFor } from './plugin/plugin-release.ts'
import { createPluginService, type PluginService } from './plugin/plugin-service.ts'
import { pluginSite } from './plugin/plugin-site.ts'
import { createReadinessService } from './readiness/readiness-service.ts'
import { onSignedIn, refreshAfterSignIn } from './refresh-after-sign-in.ts'
import { type CoreServices, serveContract } from './serve-contract.ts'
import { createExecuteCommand, createTerminateSession } from './session/execute-command.ts'
import { endLeftBehind } from './session/left-behind.ts'
import { isProduction } from './session/production-guard.ts'
import type { SessionHostLink } from './session/session-host-line.ts'
import { createSessionService, type SessionService } from './session/session-service.ts'
import { createSettingsStore, type SettingsStore } from './settings.ts'
import type { WindowHost } from './window-host.ts'
import { WindowSessions } from './window-sessions.ts'

export interface CoreOptions {
  version: string
  /** The environment variables in force; nothing in core reads the process's own. */
  environment: EnvironmentVariables
  homeFolder: string
  /** Settings, ledger and recordings. Made when missing. */
  dataFolder: string
  demo: boolean
  /** Where all of AWS is, whatever else is configured. */
  endpointUrl?: string | undefined
  abilities: HostInfo['abilities']
  /** The history, in a thread or a process of its own. */
  audit: AuditProcess
  /** Where sessions run. Nothing is asked of it before the first one is opened. */
  sessionHost: SessionHostLink
  /** AWS's public key for its plugin: resources/session-manager-plugin-key.asc. */
  pluginKeyFile: string
  /** The standalone verifier that goes along with exports: resources/audit-verifier.mjs. */
  verifierFile: string
  /** Where exports wait for a page that fetches them; else what a person is offered who is asked where to. */
  exportFolder: string
  /** For the person who runs the host; never gets secrets or terminal bytes. */
  log: (message: string) => void
}

/** Where the audit history is kept; the first client's channel closes when it ends. */
export interface AuditProcess {
  readonly channel: Channel
  /** Called once when it ended; with an error unless it was asked to. */
  onStopped(listener: (error: Error | undefined) => void): Disposable
}

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
  await using resources = new AsyncDisposableStack()
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
  const settings = resources.use(createSettingsStore({ file: path.join(dataFolder, 'settings.json'), log }))

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
  const caller = signIn.caller.bind(signIn)
  const clients = resources.use(
    createAwsClients({ connection, credentials: signIn, profileOf: signIn.profileOf }),
  )
  const catalog = resources.use(
    createCatalogService({ clients, caller, clock: systemClock, random: Math.random }),
  )
  resources.use(refreshAfterSignIn(signIn, catalog))
  const logs = resources.use(createLogsService({ clients, clock: systemClock }))

  const problems = resources.use(createHostProblems())
  resources.use(
    connection.clockDifference.onChanged((state) => problems.report('clock', clockProblem(state))),
  )
  const audit = followAudit(resources, options, problems)
  const viewing = new Viewing({ audit, caller, localUser: localUserName(), clock: systemClock, log })
  resources.use(onSignedIn(signIn, () => viewing.forget()))
  const exports = resources.use(
    new WindowExports({
      audit,
      actor: (scope) => viewing.actor(scope),
      folder: options.exportFolder,
      verifierFile: options.verifierFile,
      version: options.version,
      clock: systemClock,
      downloads: options.abilities.downloads,
    }),
  )
  const cloudAudit = resources.use(
    createCloudAudit({
      file: path.join(dataFolder, 'cloud', 'cloudtrail.sqlite'),
      fileKey: () => audit.derivedKey('cloud-file'),
      clients,
      entries: (taskArn) => audit.entries(taskArn),
      touchedHere: () => audit.touched(),
      knownAwsSessions: () => audit.awsSessionIds(),
      snapshotOf: (taskArn) => audit.taskSnapshot(taskArn),
      transcriptKey: () => audit.derivedKey('transcripts'),
      onTranscriptRead: ({ scope, taskArn }, event) => viewing.transcript(scope, taskArn, event),
      retention: () => settings.get().retention,
      held: () => audit.held(),
      actor: () => viewing.actor(undefined),
      note: (facts) => audit.note(facts),
      clock: systemClock,
      log,
    }),
  )
  resources.use(
    keepRetention({
      audit,
      cloud: cloudAudit,
      settings,
      actor: () => viewing.actor(undefined),
      clock: systemClock,
      log,
    }),
  )
  const plugin = servePlugin(options, network)
  resources.use(plugin.service)
  const readiness = resources.use(
    createReadinessService({
      clients,
      caller,
      findPlugin: () => plugin.service.find(),
      refreshCatalog: () => catalog.refresh(),
      clockState: connection.clockDifference.state,
      engineChoice: () => settings.get().engine,
      audit,
      clock: systemClock,
      log,
    }),
  )
  const sessions = resources.use(
    steerSessions(options, {
      signIn,
      clients,
      catalog,
      audit,
      settings,
      connection,
      pluginFinder: plugin.finder,
    }),
  )
  const resumed = () => {
    sessions.resumed()
    void catalog.refresh().catch((thrown) => log(`Refreshing failed: ${String(thrown)}`))
  }
  resources.use(watchLine({ clock: systemClock, networks: networkInterfaces, onChanged: resumed }))
  // What waits for credentials goes on as soon as there are some.
  resources.use(onSignedIn(signIn, () => sessions.resumed()))
  resources.use(
    endLeftBehind({
      leftBehind: () => audit.leftBehind(),
      terminateSession: createTerminateSession(clients),
      onBetterMoment: (listener) => onSignedIn(signIn, listener),
      clock: systemClock,
      log,
    }),
  )

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
      credentialsReader: createConfigReader(paths.credentialsFile, systemClock),
      clockDifference: connection.clockDifference,
      plugin: plugin.service,
      platform: process.platform,
      clock: systemClock,
    }),
  )

  const windowSessions = new WindowSessions(sessions)
  const services: CoreServices = {
    hostInfo: {
      version: options.version,
      platform: platformOf(process.platform),
      configFile: withTilde(paths.configFile, homeFolder),
      demo: options.demo,
      abilities: options.abilities,
    },
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
    audit,
    cloudAudit,
    search: new SearchWithCloud({ audit, cloud: cloudAudit, log }),
    viewing,
    exports,
    clock: systemClock,
    log,
  }
  const server = resources.use(serveContract(services))
  const owned = resources.move()

  return {
    connectRpc: (channel, windowHost) => server.connect(channel, windowHost),
    problems,
    sessions,
    windowSessions,
    windowExports: exports,
    downloads: exports.downloads,
    resumed,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The history's client. Sessions open without a history too, and say so; whoever started the host hears why. */
function followAudit(
  resources: AsyncDisposableStack,
  { audit: process, log }: CoreOptions,
  problems: HostProblems,
): AuditClient {
  process.onStopped((error) => {
    if (error === undefined) return
    log(`The audit history stopped working: ${error.message}. Restart Porthole to record again.`)
    problems.report('audit', { ...auditStopped, detail: error.message })
  })
  const audit = resources.use(createAuditService({ channel: process.channel }))
  void logAuditProblems(audit, log)
  return audit
}

const auditStopped: ErrorValue = {
  code: 'AUDIT_UNAVAILABLE',
  message: 'The audit history stopped working. New sessions are not recorded.',
  action: 'Restart Porthole to record again.',
  retryable: false,
}

/** Finding the plugin, for sessions, and installing it, when a person says so. */
function servePlugin(
  { environment, dataFolder, pluginKeyFile, log }: CoreOptions,
  { agents }: Network,
): { finder: PluginFinder; service: PluginService } {
  const { platform } = process
  const own = ownPluginsIn(dataFolder, platform)
  const finder = createPluginFinder({ environment, platform, own })
  const service = createPluginService({
    finder,
    own,
    site: () => pluginSite(environment, pluginKeyFile),
    release: pluginReleaseFor(platform, process.arch),
    openFile: createOpenHttpFile({
      agent: ({ protocol }) => (protocol === 'https:' ? agents.https : agents.http),
    }),
    runProgram: createRunProgram(environment),
    environment,
    clock: systemClock,
    log,
  })
  return { finder, service }
}

interface SessionParts {
  signIn: IdentityService
  clients: AwsClients
  catalog: CatalogService
  audit: AuditClient
  settings: SettingsStore
  connection: AwsConnection
  pluginFinder: PluginFinder
}

/** The service that steers the session host, wherever that is. */
function steerSessions(
  { sessionHost, log }: CoreOptions,
  { signIn, clients, catalog, audit, settings, connection, pluginFinder }: SessionParts,
): SessionService {
  return createSessionService({
    host: sessionHost,
    audit,
    clock: systemClock,
    credentials: (scope) => signIn.credentials(scope),
    forgetCredentials: (scope) => signIn.forgetCredentials(scope),
    engineChoice: () => settings.get().engine,
    recordingRequired: () => settings.get().recordingRequired,
    isProduction: (container) =>
      isProduction(settings.get().production, container, catalog.tagsAt(container)),
    describeForExec: (container) => catalog.describeForExec(container),
    onCluster: catalog.onCluster,
    executeCommand: createExecuteCommand(clients),
    terminateSession: createTerminateSession(clients),
    caller: (scope) => signIn.caller(scope),
    endpoints: connection.endpoints,
    clockCorrection: () => connection.clockDifference.correction(),
    findPlugin: () => pluginFinder.find(),
    platform: process.platform,
    log,
  })
}

async function logAuditProblems(
  audit: Pick<AuditClient, 'problems'>,
  log: (message: string) => void,
): Promise<void> {
  // A worker that has ended by now says so itself.
  const problems = await audit.problems().catch(() => [])
  for (const { message, detail, action } of problems) log([message, detail, action].filter(Boolean).join(' '))
}

function platformOf(platform: NodeJS.Platform): HostInfo['platform'] {
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}

/** The system knows no name for some users of containers. */
function localUserName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

function withTilde(file: string, homeFolder: string): string {
  const relative = path.relative(homeFolder, file)
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)
  return isInside ? `~${path.sep}${relative}` : file
}
