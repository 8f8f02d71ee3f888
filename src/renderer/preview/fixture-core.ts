import { createChannelPair } from '../../channel/in-process-channel.ts'
import { serveRpc } from '../../channel/rpc.ts'
import { PortholeError } from '../../contract/errors.ts'
import { events } from '../../contract/events.ts'
import { defaultSettings, type HostInfo, type Settings } from '../../contract/host.ts'
import type { SignInAttempt } from '../../contract/identity.ts'
import { type MethodHandlers, methods } from '../../contract/methods.ts'
import type { PluginInstall } from '../../contract/plugin.ts'
import type { ConnectToHost } from '../app/core/connect.ts'
import { fixtureLogs } from './fixture-logs.ts'
import * as world from './fixture-world.ts'

export interface FixtureOptions {
  now: number
  settings?: Partial<Settings>
  signedIn?: boolean
  platform?: HostInfo['platform']
  /** What a started sign-in looks like; waiting when absent. */
  attempt?: Partial<SignInAttempt>
  demo?: boolean
  /** An installation of the plugin at some moment; none when absent. */
  pluginInstall?: PluginInstall
}

const minute = 60_000

/** A host that answers from the fixture world, over the real channels and the real schemas. */
export function fixtureHost(options: FixtureOptions): ConnectToHost {
  const { now } = options
  const clusters = world.clusters(now)
  const sessions = world.sessions(clusters, now)
  let settings: Settings = { ...defaultSettings, ...options.settings }
  const notHere = () =>
    Promise.reject(new PortholeError({ code: 'NOT_FOUND', message: 'The preview has no such thing.' }))

  const handlers = (emit: { settings(next: Settings): void }): MethodHandlers => ({
    'host.info': async () => ({
      version: '1.0.0',
      platform: options.platform ?? 'darwin',
      configFile: '~/.aws/config',
      demo: options.demo ?? false,
      abilities: {
        nativeMenus: false,
        allShortcuts: true,
        notices: false,
        newWindows: false,
        downloads: true,
      },
    }),
    'host.problems': async () => [],
    'diagnostics.get': async () => world.diagnostics(now),
    'settings.get': async () => settings,
    'settings.set': async (change) => {
      settings = { ...settings, ...change }
      emit.settings(settings)
      return settings
    },
    'identity.list': async () => ({
      identities: world
        .identities(now)
        .map((identity) => (options.signedIn === false ? { ...identity, state: 'signed-out' } : identity)),
      problems: [],
    }),
    'signIn.start': async ({ flow }) => ({
      attemptId: 'attempt',
      identityId: 'sso:example-corp',
      flow,
      url: 'https://device.sso.eu-west-1.amazonaws.com/?user_code=PCTQ-SGXX',
      verificationUrl: 'https://device.sso.eu-west-1.amazonaws.com/',
      userCode: 'PCTQ-SGXX',
      state: 'waiting',
      startedAt: now - 18_000,
      expiresAt: now + 10 * minute - 18_000,
      ...options.attempt,
    }),
    'signIn.cancel': async () => ({}),
    'signIn.giveCode': async () => ({}),
    'signIn.signOut': async () => ({}),
    'signIn.signOutEverywhere': async () => ({}),
    'profile.write': async ({ name }) => ({ name, file: '/home/ana/.aws/config' }),
    'profile.migrate': notHere,
    'access.get': async ({ identityId }) => world.access(identityId, now),
    'access.refresh': async () => ({}),
    'access.readRoles': async () => ({}),
    'accounts.caller': async ({ scope }) => world.caller(now, scope.accountId),
    'catalog.watch': async () => ({ scopes: world.scopesOf(clusters, now), clusters }),
    'catalog.refresh': async () => ({}),
    'task.addresses': async () => ({ balanced: [], problems: [] }),
    'catalog.stopped': async () => ({ tasks: [] }),
    'task.replace': async () => ({}),
    'readiness.check': notHere,
    'readiness.last': async () => ({}),
    'readiness.entrants': notHere,
    'exec.switch': notHere,
    'session.open': notHere,
    'session.retry': async () => ({}),
    'session.probe': async () => ({}),
    'session.pauseRecording': async () => ({}),
    'session.resumeRecording': async () => ({}),
    'session.keepAlive': async () => ({}),
    'session.close': async () => ({}),
    'session.list': async () => sessions,
    ...fixtureLogs(now),

    'plugin.find': async () => world.pluginFindings,
    'plugin.offer': async () => world.pluginOffer,
    'plugin.install': async () => options.pluginInstall ?? { phase: 'none' },
    'plugin.installation': async () => options.pluginInstall ?? { phase: 'none' },
    'plugin.cancel': async () => ({}),
    'plugin.remove': async () => world.pluginFindings,
    'audit.task': async () => world.audit(clusters, now),
    'audit.history': async () => world.history(clusters, now),
    'audit.historyEntries': async () => [],
    'audit.session': notHere,
    'audit.recording': notHere,
    'audit.commands': notHere,
    'audit.commandOutput': notHere,
    'audit.commandSummaries': async () => ({ summaries: {}, waiting: 0 }),
    'audit.search': notHere,
    'audit.verify': async () => world.integrityReport(now),
    'audit.hold': async () => ({}),
    'audit.integrity': async () => ({ keyStore: 'file', problems: [], report: world.integrityReport(now) }),
    'audit.taskSnapshot': async () => ({}),
    'audit.touched': async () => world.touched(clusters, now),
    'audit.importPart': async () => ({}),
    'audit.imports': async () => ({ files: [], shells: 0 }),
    'audit.importedShells': async () => ({ shells: [], total: 0, people: [] }),
    'audit.recordActs': async () => ({ acts: [], more: false, counts: {} }),
    'audit.cloud': async () => ({ events: [], sources: {}, transcripts: {}, reading: false }),
    'audit.transcript': notHere,
    'export.start': notHere,
    'export.cancel': async () => ({}),
    'export.show': notHere,
    'export.current': async () => ({}),
    'window.setMenu': notHere,
    'window.notify': notHere,
    'window.openAnother': notHere,
    'window.takeLinks': async () => [],
  })

  return async () => {
    const [pageRpc, coreRpc] = createChannelPair()
    const [pageBytes] = createChannelPair()
    const server = serveRpc({
      channel: coreRpc,
      methods,
      events,
      handlers: handlers({ settings: (next) => server.emit('settings.changed', next) }),
    })
    return { rpc: pageRpc, bytes: pageBytes }
  }
}
