import type { ClockDifference } from '../aws/clock-difference.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { EndpointFinder } from '../aws/endpoints.ts'
import type { AwsPaths, EnvironmentVariables } from '../aws/paths.ts'
import type { CatalogService } from '../catalog/catalog-service.ts'
import type { Clock } from '../clock.ts'
import type { IdentityService } from '../identity/identity-service.ts'
import type { Network } from '../network/network.ts'
import type { PluginService } from '../plugin/plugin-service.ts'
import { environmentRegion } from '../profiles/profile-sources.ts'
import type { SessionService } from '../session/session-service.ts'
import { collectErrors } from './collect-errors.ts'
import { createDiagnosticsService, type DiagnosticsService } from './diagnostics-service.ts'
import { knownSecrets } from './known-secrets.ts'
import { createRecentErrors, type RecentErrors } from './recent-errors.ts'
import { endpointsPart } from './sections/endpoints.ts'
import { filesPart } from './sections/files.ts'
import { certificatesPart, proxyPart } from './sections/network.ts'
import { profilesPart } from './sections/profiles.ts'
import { signInsPart } from './sections/sign-ins.ts'
import { clockPart, errorsPart, pluginPart, type RuntimeFacts, versionsPart } from './sections/system.ts'

/** Everything that the report is about. */
export interface DiagnosedApp {
  facts: RuntimeFacts
  environment: EnvironmentVariables
  homeFolder: string
  dataFolder: string
  platform: NodeJS.Platform
  paths: AwsPaths
  configReader: ConfigReader
  credentialsReader: ConfigReader
  endpoints: EndpointFinder
  network: Network
  clockDifference: ClockDifference
  signIn: Pick<IdentityService, 'list'>
  plugin: Pick<PluginService, 'find'>
  errors: RecentErrors
  clock: Clock
}

/** The report, and the memory of what went wrong that it draws on. Dispose to stop listening. */
export function startDiagnostics(
  app: Omit<DiagnosedApp, 'errors' | 'signIn'> & {
    signIn: Pick<IdentityService, 'list' | 'onAttemptChanged'>
    catalog: Pick<CatalogService, 'onScope' | 'onCluster'>
    sessions: Pick<SessionService, 'onChanged'>
  },
): { service: DiagnosticsService; errors: RecentErrors } & Disposable {
  const { catalog, sessions, signIn, clock } = app
  const errors = createRecentErrors(clock)
  const collecting = collectErrors(
    {
      onScope: catalog.onScope,
      onCluster: catalog.onCluster,
      onSession: (listener) => sessions.onChanged(listener),
      onAttempt: signIn.onAttemptChanged,
    },
    errors,
  )
  return {
    service: createDiagnostics({ ...app, errors }),
    errors,
    [Symbol.dispose]: () => collecting[Symbol.dispose](),
  }
}

/** The whole report, in the order in which one looks for what is wrong. */
export function createDiagnostics(app: DiagnosedApp): DiagnosticsService {
  const { environment, network, clock, signIn } = app
  const identities = () => signIn.list()
  return createDiagnosticsService({
    parts: [
      versionsPart(app.facts),
      clockPart(app.clockDifference, clock),
      signInsPart(identities),
      profilesPart(app),
      filesPart(app),
      endpointsPart({
        endpoints: app.endpoints,
        network,
        identities,
        defaultRegion: () => environmentRegion(environment),
      }),
      proxyPart({ environment, network }),
      certificatesPart(network),
      pluginPart(() => app.plugin.find()),
      errorsPart(app.errors),
    ],
    knownSecrets: () => knownSecrets(app),
    homeFolder: app.homeFolder,
    clock,
  })
}
