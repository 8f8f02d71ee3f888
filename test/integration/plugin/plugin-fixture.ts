import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { PluginInstall } from '../../../src/contract/plugin.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { createPluginFinder, type PluginFinder } from '../../../src/core/plugin/find-plugin.ts'
import { createOpenHttpFile } from '../../../src/core/plugin/install/http-file.ts'
import { createRunProgram } from '../../../src/core/plugin/install/run-program.ts'
import { OwnPlugins } from '../../../src/core/plugin/own-plugins.ts'
import { pluginReleaseFor } from '../../../src/core/plugin/plugin-release.ts'
import { createPluginService, type PluginService } from '../../../src/core/plugin/plugin-service.ts'
import { systemClock as sandboxClock } from '../../../src/sandbox/services/clock.ts'
import type { Exchange } from '../../../src/sandbox/services/http/exchange.ts'
import { type HttpServer, listen } from '../../../src/sandbox/services/http/server.ts'
import { PluginSite, pluginSitePath } from '../../../src/sandbox/services/plugin-site/plugin-site.ts'
import { publishPlugin } from '../../../src/sandbox/services/plugin-site/publish-plugin.ts'
import { createSigningKey, type SigningKey } from '../../../src/sandbox/services/plugin-site/signing-key.ts'

export const version = '1.2.896.0'
export const newerVersion = '1.2.900.0'
/** The package for Linux on x64, below a version's folder. */
export const packageFile = 'ubuntu_64bit/session-manager-plugin.deb'

/** Large enough to arrive in many pieces, and not to be pressed into nothing. */
const ballast = Array.from({ length: 20_000 }, (_, index) => `# ${(index * 2_654_435_761) % 2 ** 32}`).join(
  '\n',
)

/** A program that says that it is the plugin of some version. */
export function programOf(printed: string, body = ''): Buffer {
  return Buffer.from(`#!/bin/sh\n${body}\necho ${printed}\nexit 0\n${ballast}\n`)
}

/** A download site with real HTTP, and Portholes that install from it. */
export class PluginFixture implements AsyncDisposable {
  readonly site: PluginSite
  readonly key: SigningKey
  readonly server: HttpServer
  /** Empty at first; every Porthole has its data in it. */
  readonly folder: string
  readonly log: string[] = []
  readonly #resources: AsyncDisposableStack

  private constructor(
    parts: Pick<PluginFixture, 'site' | 'key' | 'server' | 'folder'>,
    resources: AsyncDisposableStack,
  ) {
    this.site = parts.site
    this.key = parts.key
    this.server = parts.server
    this.folder = parts.folder
    this.#resources = resources
  }

  static async start(): Promise<PluginFixture> {
    const resources = new AsyncDisposableStack()
    const folder = await mkdtemp(path.join(tmpdir(), 'porthole-install-'))
    resources.defer(() => rm(folder, { recursive: true, force: true }))
    const site = new PluginSite(sandboxClock)
    const answer = async (exchange: Exchange) => site.answer(exchange)
    const server = resources.use(await listen({ port: 0, now: Date.now, answer, upgrade: () => false }))
    return new PluginFixture({ site, key: await createSigningKey(), server, folder }, resources)
  }

  publish(name: string, program: Uint8Array = programOf(name), key = this.key): Promise<void> {
    return publishPlugin(this.site, { version: name, architecture: 'x64', program, key })
  }

  /** One more Porthole, with the same data unless told otherwise. */
  porthole(options: PortholeOptions = {}): TestPorthole {
    const porthole = new TestPorthole(this, options)
    this.#resources.use(porthole)
    return porthole
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }
}

interface PortholeOptions {
  dataFolder?: string
  clock?: Clock
  silenceMilliseconds?: number
  environment?: Record<string, string>
}

export class TestPorthole implements AsyncDisposable {
  readonly own: OwnPlugins
  readonly finder: PluginFinder
  readonly service: PluginService
  readonly states: PluginInstall[] = []

  constructor(fixture: PluginFixture, options: PortholeOptions) {
    const { dataFolder = fixture.folder, clock = systemClock, silenceMilliseconds } = options
    const environment = { PATH: '/usr/bin:/bin', ...options.environment }
    this.own = new OwnPlugins(path.join(dataFolder, 'plugin'), 'session-manager-plugin')
    this.finder = createPluginFinder({ environment, platform: 'linux', own: this.own })
    this.service = createPluginService({
      finder: this.finder,
      own: this.own,
      site: () => ({
        url: new URL(`${fixture.server.endpoint}${pluginSitePath}`),
        key: async () => ({ armored: fixture.key.publicKey, fingerprint: undefined }),
      }),
      release: pluginReleaseFor('linux', 'x64'),
      openFile: createOpenHttpFile({ silenceMilliseconds }),
      runProgram: createRunProgram(environment),
      environment,
      clock,
      log: (message) => void fixture.log.push(message),
    })
    this.service.onChanged((state) => this.states.push(state))
  }

  /** Installs and waits for how it ends. */
  async install(name: string = version): Promise<PluginInstall> {
    const ended = this.until((state) => state.phase !== 'running')
    await this.service.install(name)
    return ended
  }

  /** The next state that is wanted. */
  until(isWanted: (state: PluginInstall) => boolean): Promise<PluginInstall> {
    return new Promise((resolve) => {
      const listening = this.service.onChanged((state) => {
        if (!isWanted(state)) return
        listening[Symbol.dispose]()
        resolve(state)
      })
    })
  }

  /** The steps that were reported, each once. */
  get steps(): string[] {
    const steps = this.states.map((state) => (state.phase === 'running' ? state.step : state.phase))
    return steps.filter((step, index) => step !== steps[index - 1])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]()
  }
}
