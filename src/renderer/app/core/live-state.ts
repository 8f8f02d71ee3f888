import type { QueryClient } from '@tanstack/react-query'
import { disposeTogether } from '../disposables.ts'
import type { CatalogStore } from '../stores/catalog-store.ts'
import { withCluster, withoutCluster, withScope } from '../stores/catalog-store.ts'
import { type ExportStore, withCurrent } from '../stores/export-store.ts'
import type { IdentitiesStore } from '../stores/identities-store.ts'
import { withIdentities, withNews } from '../stores/identities-store.ts'
import type { PluginStore } from '../stores/plugin-store.ts'
import { type ReadinessStore, withReport, withRollout } from '../stores/readiness-store.ts'
import type { SessionsStore } from '../stores/sessions-store.ts'
import { type SettingsStore, takeSettings } from '../stores/settings-store.ts'
import type { CoreLink } from './core-link.ts'
import { taskAuditKey } from './queries.ts'

export interface LiveStores {
  readonly identities: IdentitiesStore
  readonly catalog: CatalogStore
  readonly sessions: SessionsStore
  readonly plugin: PluginStore
  readonly readiness: ReadinessStore
  readonly settings: SettingsStore
  readonly exports: ExportStore
}

/**
 * Keeps the stores equal to the core: reads everything on each connection,
 * follows the events in between. Dispose to stop.
 */
export function followCore(core: CoreLink, stores: LiveStores, queryClient: QueryClient): Disposable {
  const { identities, catalog, sessions, plugin, readiness, settings, exports } = stores
  const readAll = async () => {
    // Whatever was cached may have changed while nobody listened.
    void queryClient.invalidateQueries()
    const [settingsNow, identitiesNow, sessionsNow, pluginNow, exportNow] = await Promise.all([
      core.call('settings.get', {}),
      core.call('identity.list', {}),
      core.call('session.list', {}),
      core.call('plugin.installation', {}),
      core.call('export.current', {}),
    ])
    if (settingsNow.ok) settings.setState({ settings: settingsNow.value, known: true }, true)
    if (identitiesNow.ok) identities.setState((state) => withIdentities(state, identitiesNow.value), true)
    if (exportNow.ok) exports.setState((state) => withCurrent(state, exportNow.value.current), true)
    if (pluginNow.ok) plugin.setState({ install: pluginNow.value })
    if (sessionsNow.ok) {
      const byId = Object.fromEntries(sessionsNow.value.map((session) => [session.id, session]))
      sessions.setState({ sessions: byId }, true)
    }
  }

  return disposeTogether(
    core.onConnected(() => void readAll()),
    core.on('settings.changed', (next) => takeSettings(settings, next)),
    core.on('identity.changed', (next) => identities.setState((state) => withIdentities(state, next), true)),
    core.on('signIn.changed', (attempt) => identities.setState((state) => withNews(state, attempt), true)),
    core.on('catalog.scope', (scope) => catalog.setState((state) => withScope(state, scope), true)),
    core.on('catalog.cluster', (cluster) => catalog.setState((state) => withCluster(state, cluster), true)),
    core.on('catalog.clusterGone', ({ scope, clusterArn }) =>
      catalog.setState((state) => withoutCluster(state, scope, clusterArn), true),
    ),
    core.on('session.changed', (session) =>
      sessions.setState((state) => ({ sessions: { ...state.sessions, [session.id]: session } }), true),
    ),
    core.on('plugin.changed', (install) => {
      plugin.setState({ install })
      if (install.phase !== 'running') void queryClient.invalidateQueries({ queryKey: ['plugin'] })
    }),
    core.on('export.changed', (latest) => exports.setState({ latest })),
    core.on('readiness.changed', (report) => readiness.setState((state) => withReport(state, report))),
    core.on('exec.rollout', (rollout) => readiness.setState((state) => withRollout(state, rollout))),
    core.on('audit.cloudChanged', () => void queryClient.invalidateQueries({ queryKey: ['audit.touched'] })),
    core.on('audit.changed', ({ taskArn, touched }) => {
      void queryClient.invalidateQueries({ queryKey: taskAuditKey(taskArn) })
      if (touched) void queryClient.invalidateQueries({ queryKey: ['audit.touched'] })
    }),
  )
}
