import type { QueryClient } from '@tanstack/react-query'
import type { ErrorValue } from '../../contract/errors.ts'
import type { HostInfo } from '../../contract/host.ts'
import { auditCommands } from '../features/audit/audit-commands.ts'
import { exportCommands } from '../features/integrity/export-commands.ts'
import { followExports } from '../features/integrity/follow-exports.ts'
import { integrityCommands } from '../features/integrity/integrity-commands.ts'
import { logsCommands } from '../features/logs/logs-commands.ts'
import { readinessCommands } from '../features/readiness/readiness-commands.ts'
import { openDroppedRecordings } from '../features/recording-file/drop-recordings.ts'
import { openHandedRecording } from '../features/recording-file/open-recording-files.ts'
import { recordingFileCommands } from '../features/recording-file/recording-file-commands.ts'
import { settingCommands } from '../features/settings/setting-commands.ts'
import { placeCommands } from '../features/shells/place-commands.ts'
import { shellCommands } from '../features/shells/shell-commands.ts'
import { signInCommands } from '../features/sign-in/sign-in-commands.ts'
import { accountCommands } from './commands/account-commands.ts'
import { appCommands } from './commands/app-commands.ts'
import { createCommandRegistry } from './commands/command-registry.ts'
import type { CoreLink } from './core/core-link.ts'
import { followAccess } from './core/follow-access.ts'
import { followCore } from './core/live-state.ts'
import { disposeTogether } from './disposables.ts'
import { createWorkspace } from './documents/workspace.ts'
import type { Services } from './services.ts'
import { createAccessStore } from './stores/access-store.ts'
import { createAccountsStore } from './stores/accounts-store.ts'
import { createCatalogStore } from './stores/catalog-store.ts'
import { createExportStore } from './stores/export-store.ts'
import { createIdentitiesStore } from './stores/identities-store.ts'
import { createInterfaceStore } from './stores/interface-store.ts'
import { createNavigatorStore } from './stores/navigator-store.ts'
import { createPluginStore } from './stores/plugin-store.ts'
import { createReadinessStore } from './stores/readiness-store.ts'
import { createSessionsStore } from './stores/sessions-store.ts'
import { createSettingsStore } from './stores/settings-store.ts'
import { followLinks } from './window/follow-links.ts'
import { createLinkQueue } from './window/link-queue.ts'
import { probeWhenOnline } from './window/probe-when-online.ts'
import { noticeSessionEnds } from './window/session-notices.ts'

/** Builds everything the page is made of and sets it in motion. Dispose to stop it. */
export function composeServices(
  core: CoreLink,
  host: HostInfo,
  queryClient: QueryClient,
): { services: Services } & Disposable {
  const services: Services = {
    core,
    host,
    queryClient,
    identities: createIdentitiesStore(),
    catalog: createCatalogStore(),
    sessions: createSessionsStore(),
    plugin: createPluginStore(),
    readiness: createReadinessStore(),
    exports: createExportStore(),
    settings: createSettingsStore(),
    access: createAccessStore(),
    accounts: createAccountsStore(),
    navigator: createNavigatorStore(),
    interface: createInterfaceStore(),
    workspace: createWorkspace(),
    links: createLinkQueue(),
    commands: createCommandRegistry(host),
  }
  const following = disposeTogether(
    followCore(core, services, queryClient),
    followAccess(core, services.identities, services.access),
  )
  // Closing a tab ends its remote session; the core does the rest, best effort.
  const closing = services.workspace.onClosed((document) => {
    if (document.kind === 'terminal' && document.sessionId !== undefined)
      void core.call('session.close', { id: document.sessionId })
  })
  services.commands.register([
    ...shellCommands(services),
    ...placeCommands(services),
    ...logsCommands(services),
    ...readinessCommands(services),
    ...auditCommands(services),
    ...recordingFileCommands(services),
    ...signInCommands(services),
    ...accountCommands(services),
    ...integrityCommands(services),
    ...exportCommands(services),
    ...appCommands(services),
    ...settingCommands(services),
  ])
  const window = disposeTogether(
    followLinks(services, (recording) => void openHandedRecording(services, recording)),
    noticeSessionEnds(services),
    followExports(services),
    followProblems(services),
    probeWhenOnline(core),
    openDroppedRecordings(services),
  )
  return { services, ...disposeTogether(following, closing, window) }
}

function followProblems({ core, interface: interfaceStore }: Services): Disposable {
  const show = (problems: readonly ErrorValue[]) => interfaceStore.setState({ problems })
  return disposeTogether(
    core.onConnected(async () => {
      const now = await core.call('host.problems', {})
      if (now.ok) show(now.value)
    }),
    core.on('host.problems', show),
  )
}
