import type { Channel } from '../channel/channel.ts'
import type { Scope } from '../contract/identity.ts'
import type { MethodHandlers, MethodName } from '../contract/methods.ts'
import { taskOfSnapshot } from './audit/session-index/task-snapshot.ts'
import type { CatalogService } from './catalog/catalog-service.ts'
import type { CoreServices } from './core-services.ts'
import { assertPausable, assertReason } from './session/production-guard.ts'
import type { WindowHost } from './window-host.ts'

/** Answered for the window that asks. */
type WindowMethod =
  | Extract<MethodName, `window.${string}` | `logs.${string}` | `export.${string}`>
  | 'session.open'

export interface AskingWindow {
  /** Where its page asks. */
  channel: Channel
  host: WindowHost
  /** Keeps these scopes fresh for it. */
  watch: (scopes: Scope[]) => ReturnType<CatalogService['watch']>
}

/** What answers one window: every method of the contract. */
export function createContractHandlers(services: CoreServices, window: AskingWindow): MethodHandlers {
  return {
    ...createHandlers(services, window.watch),
    ...createWindowHandlers(services, window.host),
    ...createLogHandlers(services, window.channel),
  }
}

/** One entry per method. Anything longer than a call belongs into a service. */
function createHandlers(
  services: CoreServices,
  watch: AskingWindow['watch'],
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
    'audit.history': (request) => audit.history(request),
    'audit.historyEntries': (request) => audit.historyEntries(request),
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

function nothing(_done: unknown): Record<string, never> {
  return {}
}
