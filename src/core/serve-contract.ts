import type { Channel } from '../channel/channel.ts'
import { type RpcServer, serveRpc } from '../channel/rpc.ts'
import { type Events, events } from '../contract/events.ts'
import type { HostInfo } from '../contract/host.ts'
import { type Scope, scopeKey } from '../contract/identity.ts'
import { type MethodHandlers, type MethodName, methods } from '../contract/methods.ts'
import type { AccountDirectory } from './accounts/account-directory.ts'
import type { AuditService } from './audit/audit-service.ts'
import type { CloudAudit } from './audit/cloud/cloud-audit.ts'
import type { SearchWithCloud } from './audit/cloud/search-with-cloud.ts'
import type { WindowExports } from './audit/export/window-exports.ts'
import { taskOfSnapshot } from './audit/session-index/task-snapshot.ts'
import type { Viewing } from './audit/viewing.ts'
import type { CatalogService } from './catalog/catalog-service.ts'
import type { Clock } from './clock.ts'
import { rememberFailures } from './diagnostics/collect-errors.ts'
import type { DiagnosticsService } from './diagnostics/diagnostics-service.ts'
import type { RecentErrors } from './diagnostics/recent-errors.ts'
import type { HostProblems } from './host-problems.ts'
import type { IdentityService } from './identity/identity-service.ts'
import type { LogsService } from './logs/logs-service.ts'
import type { PluginService } from './plugin/plugin-service.ts'
import type { ReadinessService } from './readiness/readiness-service.ts'
import { assertPausable, assertReason } from './session/production-guard.ts'
import type { SessionService } from './session/session-service.ts'
import type { SettingsStore } from './settings.ts'
import type { WindowHost } from './window-host.ts'
import type { WindowSessions } from './window-sessions.ts'

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

/** Answers windows. Every window hears every event; what each one watches is kept apart. */
export interface ContractServer extends Disposable {
  connect(channel: Channel, windowHost: WindowHost): Disposable
}

export function serveContract(services: CoreServices): ContractServer {
  const windows = new Set<RpcServer<Events>>()
  const watches = new WatchedScopes(services.catalog)
  const subscriptions = forwardEvents(services, {
    emit(name, payload) {
      for (const window of windows) window.emit(name, payload)
    },
  })

  return {
    connect(channel, windowHost) {
      const window: RpcServer<Events> = serveRpc({
        channel,
        methods,
        events,
        handlers: rememberFailures(
          {
            ...createHandlers(services, (scopes) => watches.set(window, scopes)),
            ...createWindowHandlers(services, windowHost),
            ...createLogHandlers(services, channel),
          },
          services.recentErrors,
        ),
        onFailure: (method, thrown) => services.log(`${method} failed: ${stackOf(thrown)}`),
      })
      windows.add(window)
      const hearing = forwardWindowEvents(services, windowHost, window)
      const leave = () => {
        if (!windows.delete(window)) return
        for (const subscription of hearing) subscription[Symbol.dispose]()
        window[Symbol.dispose]()
        watches.delete(window)
        services.logs.closeOf(channel)
        if (!windowHost.outlivesPage) void services.exports.closeOf(windowHost)
      }
      channel.onClose(leave)
      return { [Symbol.dispose]: leave }
    },
    [Symbol.dispose]() {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
      for (const window of windows) window[Symbol.dispose]()
      windows.clear()
    },
  }
}

/** Answered for the window that asks. */
type WindowMethod =
  | Extract<MethodName, `window.${string}` | `logs.${string}` | `export.${string}`>
  | 'session.open'

/** One entry per method of the contract. Anything longer than a call belongs into a service. */
function createHandlers(
  services: CoreServices,
  watch: (scopes: Scope[]) => ReturnType<CatalogService['watch']>,
): Omit<MethodHandlers, WindowMethod> {
  const { hostInfo, problems, diagnostics, settings, signIn, accounts } = services
  const { catalog, readiness, sessions, plugin, audit, cloudAudit, viewing, clock } = services
  return {
    'host.info': async () => hostInfo,
    'host.problems': async () => problems.list(),

    'diagnostics.get': (question) => diagnostics.report(question),

    'settings.get': async () => settings.get(),
    'settings.set': (change) => settings.set(change),

    'identity.list': () => signIn.list(),
    'signIn.start': (request) => signIn.start(request),
    'signIn.cancel': async ({ attemptId }) => nothing(signIn.cancel(attemptId)),
    'signIn.giveCode': async ({ attemptId, code }) => nothing(signIn.giveCode(attemptId, code)),
    'signIn.signOut': async ({ identityId }) => nothing(await signIn.signOut(identityId)),
    'signIn.signOutEverywhere': async () => nothing(await signIn.signOutEverywhere()),

    'profile.write': (request) => signIn.writeProfile(request),
    'profile.migrate': ({ identityId }) => signIn.migrate(identityId),

    'access.get': ({ identityId }) => accounts.get(identityId),
    'access.refresh': async ({ identityId }) => nothing(await accounts.refresh(identityId)),
    'access.readRoles': async ({ identityId, accountIds }) =>
      nothing(await accounts.readRoles(identityId, accountIds)),
    'accounts.caller': ({ scope }) => signIn.caller(scope),

    'catalog.watch': async ({ scopes }) => watch(scopes),
    'catalog.refresh': async () => nothing(await catalog.refresh()),
    'catalog.stopped': async (cluster) => ({ tasks: await catalog.stopped(cluster) }),

    'task.addresses': async (task) => catalog.addresses(task),
    'task.replace': async (task) => {
      const replaced = await catalog.replaceTask(task)
      const { taskArn, clusterArn } = task
      return nothing(await audit.taskReplaced({ taskArn, clusterArn, ...replaced, at: clock.now() }))
    },

    'readiness.check': async (task) => readiness.check(task),
    'readiness.last': async ({ taskArn }) => ({ report: readiness.last(taskArn) }),
    'readiness.entrants': (request) => readiness.entrants(request),
    'exec.switch': (request) => readiness.switchExec(request),

    'session.retry': async ({ id }) => nothing(await sessions.retry(id)),
    'session.probe': async () => nothing(sessions.resumed()),
    'session.pauseRecording': async ({ id, reason }) => {
      const session = sessions.list().find((each) => each.id === id)
      if (session !== undefined)
        assertPausable(settings.get(), session.container, catalog.tagsAt(session.container))
      return nothing(await sessions.pauseRecording(id, reason))
    },
    'session.resumeRecording': async ({ id }) => nothing(await sessions.resumeRecording(id)),
    'session.keepAlive': async ({ id, on }) => nothing(await sessions.keepAlive(id, on)),
    'session.close': async ({ id }) => nothing(await sessions.close(id)),
    'session.list': async () => sessions.list(),

    'plugin.find': () => plugin.find(),
    'plugin.offer': () => plugin.offer(),
    'plugin.install': ({ version }) => plugin.install(version),
    'plugin.installation': async () => plugin.installation(),
    'plugin.cancel': async () => nothing(await plugin.cancel()),
    'plugin.remove': () => plugin.remove(),

    'audit.task': ({ taskArn }) => audit.entries(taskArn),
    'audit.session': ({ sessionId }) => audit.session(sessionId),
    'audit.recording': async ({ sessionId, offset }) => {
      await viewing.recording(sessionId)
      return audit.recording(sessionId, offset)
    },
    'audit.cloud': ({ scope, taskArn, fresh }) => cloudAudit.history({ scope, taskArn }, fresh),
    'audit.transcript': (question) => cloudAudit.transcript(question),
    'audit.importPart': async (part) => {
      const outcome = await cloudAudit.importPart(part)
      return outcome === undefined ? {} : { outcome }
    },
    'audit.imports': () => cloudAudit.imports(),
    'audit.importedShells': (request) => cloudAudit.importedShells(request),
    'audit.commands': async ({ sessionId }) => {
      await viewing.recording(sessionId)
      return { commands: await audit.commands(sessionId) }
    },
    'audit.commandOutput': async ({ sessionId, index }) => {
      await viewing.recording(sessionId)
      return audit.commandOutput(sessionId, index)
    },
    'audit.commandSummaries': ({ sessionIds }) => audit.commandSummaries(sessionIds),
    'audit.recordActs': (request) => audit.recordActs(request),
    'audit.search': (request) => services.search.search(request),
    'audit.touched': () => cloudAudit.touched(),
    'audit.verify': async () => {
      const report = await audit.verify()
      await viewing.verified(report)
      return report
    },
    'audit.hold': async ({ target, held }) => nothing(await viewing.held(target, held)),
    'audit.integrity': () => audit.integrity(),
    'audit.taskSnapshot': async ({ taskArn }) => {
      const found = await audit.taskSnapshot(taskArn)
      return { snapshot: found && taskOfSnapshot(found) }
    },
  }
}

function createWindowHandlers(
  { sessions, windowSessions, settings, catalog, exports }: CoreServices,
  windowHost: WindowHost,
): Pick<MethodHandlers, Exclude<WindowMethod, `logs.${string}`>> {
  return {
    'session.open': async (request) => {
      assertReason(settings.get().production, request, catalog.tagsAt(request.container))
      return windowSessions.opened(windowHost, await sessions.open(request))
    },
    'export.start': async ({ wish }) => {
      const started = await exports.start(windowHost, wish)
      return started === undefined ? {} : { started }
    },
    'export.cancel': async ({ id }) => nothing(exports.cancel(windowHost, id)),
    'export.show': async ({ id }) => nothing(await exports.show(windowHost, id)),
    'export.current': async () => {
      const current = exports.current(windowHost)
      return current === undefined ? {} : { current }
    },
    'window.setMenu': async ({ menu }) => nothing(windowHost.setMenu(menu)),
    'window.notify': async (notice) => nothing(windowHost.notify(notice)),
    'window.openAnother': async () => nothing(windowHost.openAnother()),
    'window.takeLinks': async () => windowHost.takeLinks(),
  }
}

/** A view of logs belongs to the page that opened it: one that is gone asks for no more lines. */
function createLogHandlers(
  { logs }: CoreServices,
  page: Channel,
): Pick<MethodHandlers, Extract<MethodName, `logs.${string}`>> {
  return {
    'logs.open': (request) => logs.open(page, request),
    'logs.older': ({ id, lines }) => logs.older(id, lines),
    'logs.newer': ({ id }) => logs.newer(id),
    'logs.whole': async (request) => ({ text: await logs.whole(request) }),
    'logs.openSpikes': (request) => logs.openSpikes(page, request),
    'logs.spikes': ({ id, further = false }) => logs.spikes(id, further),
    'logs.close': async ({ id }) => nothing(logs.close(id)),
  }
}

function forwardWindowEvents(
  { exports }: Pick<CoreServices, 'exports'>,
  windowHost: WindowHost,
  { emit }: Pick<RpcServer<Events>, 'emit'>,
): Disposable[] {
  return [
    windowHost.onCommand((commandId) => emit('window.command', { commandId })),
    windowHost.onLinksWaiting(() => emit('window.linksWaiting', {})),
    exports.onChanged(({ window, told }) => {
      if (window === windowHost) emit('export.changed', told)
    }),
  ]
}

function forwardEvents(
  {
    problems,
    settings,
    signIn,
    accounts,
    catalog,
    readiness,
    sessions,
    plugin,
    audit,
    cloudAudit,
  }: CoreServices,
  { emit }: Pick<RpcServer<Events>, 'emit'>,
): Disposable[] {
  return [
    problems.onChanged((now) => emit('host.problems', now)),
    settings.onChanged((now) => emit('settings.changed', now)),
    signIn.onChanged((list) => emit('identity.changed', list)),
    accounts.onAccess((access) => emit('access.changed', access)),
    accounts.onRoles((news) => emit('access.roles', news)),
    signIn.onAttemptChanged((attempt) => emit('signIn.changed', attempt)),
    catalog.onScope((scope) => emit('catalog.scope', scope)),
    catalog.onCluster((cluster) => emit('catalog.cluster', cluster)),
    catalog.onClusterGone((gone) => emit('catalog.clusterGone', gone)),
    readiness.onReport((report) => emit('readiness.changed', report)),
    readiness.onRollout((rollout) => emit('exec.rollout', rollout)),
    sessions.onChanged((session) => emit('session.changed', session)),
    plugin.onChanged((install) => emit('plugin.changed', install)),
    audit.onIntegrity((state) => emit('audit.integrity', state)),
    audit.onChanged((taskArn) => emit('audit.changed', { taskArn })),
    audit.onRecordAct(() => emit('audit.recordChanged', {})),
    cloudAudit.onChanged((place) => emit('audit.cloudChanged', place)),
  ]
}

/** The catalog keeps fresh what any window watches; each window is answered for its own scopes. */
class WatchedScopes {
  readonly #catalog: CatalogService
  readonly #byWindow = new Map<object, Scope[]>()

  constructor(catalog: CatalogService) {
    this.#catalog = catalog
  }

  set(window: object, scopes: Scope[]): ReturnType<CatalogService['watch']> {
    this.#byWindow.set(window, scopes)
    const answer = this.#apply()
    const own = new Set(scopes.map(scopeKey))
    return {
      scopes: answer.scopes.filter(({ scope }) => own.has(scopeKey(scope))),
      clusters: answer.clusters.filter(({ scope }) => own.has(scopeKey(scope))),
    }
  }

  delete(window: object): void {
    if (this.#byWindow.delete(window)) this.#apply()
  }

  #apply(): ReturnType<CatalogService['watch']> {
    const all = new Map([...this.#byWindow.values()].flat().map((scope) => [scopeKey(scope), scope]))
    return this.#catalog.watch([...all.values()])
  }
}

function nothing(_done: unknown): Record<string, never> {
  return {}
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
