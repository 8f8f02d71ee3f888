import type { AuditClient } from '../audit/audit-client.ts'
import type { AwsClients } from '../aws/clients.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { CatalogService } from '../catalog/catalog-service.ts'
import { systemClock } from '../clock.ts'
import type { CoreOptions } from '../core-options.ts'
import type { IdentityService } from '../identity/identity-service.ts'
import type { PluginFinder } from '../plugin/find-plugin.ts'
import { onSignedIn } from '../refresh-after-sign-in.ts'
import type { SettingsStore } from '../settings.ts'
import { createExecuteCommand, createTerminateSession } from './execute-command.ts'
import { endLeftBehind } from './left-behind.ts'
import { isProduction } from './production-guard.ts'
import { createSessionService, type SessionService } from './session-service.ts'

interface SteeringParts {
  signIn: IdentityService
  clients: AwsClients
  catalog: CatalogService
  audit: AuditClient
  settings: SettingsStore
  connection: AwsConnection
  pluginFinder: PluginFinder
}

/**
 * The service that steers the session host, wherever that is; what a crash left
 * open at AWS is ended beside it. What must be let go is left to `resources`.
 */
export function steerSessions(
  resources: AsyncDisposableStack,
  { sessionHost, log }: CoreOptions,
  { signIn, clients, catalog, audit, settings, connection, pluginFinder }: SteeringParts,
): SessionService {
  const terminateSession = createTerminateSession(clients)
  const sessions = resources.use(
    createSessionService({
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
      terminateSession,
      caller: (scope) => signIn.caller(scope),
      endpoints: connection.endpoints,
      clockCorrection: () => connection.clockDifference.correction(),
      findPlugin: () => pluginFinder.find(),
      platform: process.platform,
      log,
    }),
  )
  // What waits for credentials goes on as soon as there are some.
  resources.use(onSignedIn(signIn, () => sessions.resumed()))
  resources.use(
    endLeftBehind({
      leftBehind: () => audit.leftBehind(),
      terminateSession,
      onBetterMoment: (listener) => onSignedIn(signIn, listener),
      clock: systemClock,
      log,
    }),
  )
  return sessions
}
