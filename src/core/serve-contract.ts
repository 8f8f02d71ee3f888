import type { Channel } from '../channel/channel.ts'
import { type RpcServer, serveRpc } from '../channel/rpc.ts'
import { type Events, events } from '../contract/events.ts'
import { methods } from '../contract/methods.ts'
import { WatchedScopes } from './catalog/watched-scopes.ts'
import { createContractHandlers } from './contract-handlers.ts'
import type { CoreServices } from './core-services.ts'
import { rememberFailures } from './diagnostics/collect-errors.ts'
import type { WindowHost } from './window-host.ts'

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
          createContractHandlers(services, {
            channel,
            host: windowHost,
            watch: (scopes) => watches.set(window, scopes),
          }),
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
    audit.onChanged((news) => emit('audit.changed', news)),
    audit.onRecordAct(() => emit('audit.recordChanged', {})),
    cloudAudit.onChanged((place) => emit('audit.cloudChanged', place)),
  ]
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
