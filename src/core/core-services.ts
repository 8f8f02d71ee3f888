import type { HostInfo } from '../contract/host.ts'
import type { AccountDirectory } from './accounts/account-directory.ts'
import type { AuditService } from './audit/audit-service.ts'
import type { CloudAudit } from './audit/cloud/cloud-audit.ts'
import type { SearchWithCloud } from './audit/cloud/search-with-cloud.ts'
import type { WindowExports } from './audit/export/window-exports.ts'
import type { Viewing } from './audit/viewing.ts'
import type { CatalogService } from './catalog/catalog-service.ts'
import type { Clock } from './clock.ts'
import type { DiagnosticsService } from './diagnostics/diagnostics-service.ts'
import type { RecentErrors } from './diagnostics/recent-errors.ts'
import type { HostProblems } from './host-problems.ts'
import type { IdentityService } from './identity/identity-service.ts'
import type { LogsService } from './logs/logs-service.ts'
import type { PluginService } from './plugin/plugin-service.ts'
import type { ReadinessService } from './readiness/readiness-service.ts'
import type { SessionService } from './session/session-service.ts'
import type { SettingsStore } from './settings.ts'
import type { WindowSessions } from './window-sessions.ts'

/** Everything that answers windows. */
export interface CoreServices {
  hostInfo: HostInfo
  problems: HostProblems
  settings: SettingsStore
  signIn: IdentityService
  accounts: AccountDirectory
  diagnostics: DiagnosticsService
  recentErrors: Pick<RecentErrors, 'add'>
  catalog: CatalogService
  readiness: ReadinessService
  sessions: SessionService
  windowSessions: WindowSessions
  logs: LogsService
  plugin: PluginService
  audit: AuditService
  cloudAudit: CloudAudit
  search: Pick<SearchWithCloud, 'search'>
  viewing: Viewing
  exports: WindowExports
  clock: Clock
  log: (message: string) => void
}
