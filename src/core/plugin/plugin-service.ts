import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { PluginFindings, PluginInstall, PluginInstallStep, PluginOffer } from '../../contract/plugin.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import type { PluginFinder } from './find-plugin.ts'
import type { OpenHttpFile } from './install/http-file.ts'
import { lockOwnPlugins, tryLockOwnPlugins } from './install/install-lock.ts'
import { type InstallDependencies, installPlugin } from './install/install-plugin.ts'
import type { RunProgram } from './install/run-program.ts'
import type { OwnPlugins } from './own-plugins.ts'
import { findOffer } from './plugin-offer.ts'
import type { PluginRelease } from './plugin-release.ts'
import type { PluginSite } from './plugin-site.ts'
import { parsePluginVersion, verdictOn } from './plugin-version.ts'

export interface PluginServiceDependencies {
  finder: PluginFinder
  own: OwnPlugins
  /** Throws the reason when the configured one must not be used. */
  site: () => PluginSite
  /** What AWS publishes for this computer, if anything. */
  release: PluginRelease | undefined
  openFile: OpenHttpFile
  runProgram: RunProgram
  environment: Readonly<Record<string, string | undefined>>
  clock: Clock
  log: (message: string) => void
}

/** Everything about session-manager-plugin that a person can see and do. Installs only when told to. */
export interface PluginService extends AsyncDisposable {
  find(): Promise<PluginFindings>
  /** @throws {PortholeError} NETWORK, PLUGIN_DOWNLOAD_FAILED, PLUGIN_UNAVAILABLE */
  offer(): Promise<PluginOffer>
  /**
   * Begins to install, unless that is under way; what becomes of it comes
   * through `onChanged`.
   * @throws {PortholeError} PLUGIN_UNAVAILABLE; INVALID_REQUEST for a version that must not be used
   */
  install(version: string): Promise<PluginInstall>
  installation(): PluginInstall
  /** Stops an install; what was there before still works. */
  cancel(): Promise<void>
  /** @throws {PortholeError} STORAGE_UNWRITABLE */
  remove(): Promise<PluginFindings>
  onChanged(listener: (install: PluginInstall) => void): Disposable
}

/** Progress that a person can follow; more would only be work for the page. */
const progressIntervalMilliseconds = 100

export function createPluginService(dependencies: PluginServiceDependencies): PluginService {
  return new InstallingPluginService(dependencies)
}

type Running = Extract<PluginInstall, { phase: 'running' }>

class InstallingPluginService implements PluginService {
  readonly #dependencies: PluginServiceDependencies
  readonly #changes = createListeners<PluginInstall>()
  readonly #disposal = new AbortController()
  readonly #tidying: Promise<void>
  #state: PluginInstall = { phase: 'none' }
  #offer: PluginOffer | undefined
  #running: { abort: AbortController; finished: Promise<void> } | undefined

  constructor(dependencies: PluginServiceDependencies) {
    this.#dependencies = dependencies
    this.#tidying = this.#tidyUp()
  }

  find(): Promise<PluginFindings> {
    return this.#dependencies.finder.survey()
  }

  async offer(): Promise<PluginOffer> {
    this.#offer = await findOffer(this.#installDependencies(), this.#disposal.signal)
    return this.#offer
  }

  async install(version: string): Promise<PluginInstall> {
    if (this.#running !== undefined) return this.#state
    const dependencies = this.#installDependencies()
    const parsed = parsePluginVersion(version)
    if (parsed === undefined || verdictOn(parsed) !== 'supported')
      throw new PortholeError({
        code: 'INVALID_REQUEST',
        message: `Version ${version} of the plugin must not be used.`,
      })
    const abort = new AbortController()
    this.#set({
      phase: 'running',
      version,
      step: 'downloading',
      done: [],
      receivedBytes: 0,
      ...this.#agreedSize(version),
    })
    const finished = this.#run(dependencies, version, abort.signal).finally(() => {
      this.#running = undefined
    })
    this.#running = { abort, finished }
    return this.#state
  }

  installation(): PluginInstall {
    return this.#state
  }

  async cancel(): Promise<void> {
    this.#running?.abort.abort()
    await this.#running?.finished
  }

  async remove(): Promise<PluginFindings> {
    const { own, clock } = this.#dependencies
    await this.cancel()
    if ((await own.currentVersion()) !== undefined) {
      const signal = this.#disposal.signal
      using _lock = await lockOwnPlugins(own, { clock, signal, onWait: () => {} })
      await own.removeAll()
    }
    this.#set({ phase: 'none' })
    return this.find()
  }

  onChanged(listener: (install: PluginInstall) => void): Disposable {
    return this.#changes.add(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort()
    await this.cancel()
    await this.#tidying
    this.#changes[Symbol.dispose]()
  }

  async #run(dependencies: InstallDependencies, version: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#tidying
      await installPlugin(dependencies, {
        version,
        bytes: this.#agreedSize(version).totalBytes,
        signal,
        ...this.#reporters(),
      })
      // Whoever hears of it opens a session at once, which must find the new one.
      await this.#dependencies.finder.survey()
      this.#set({ phase: 'installed', version })
    } catch (thrown) {
      if (signal.aborted) this.#set({ phase: 'none' })
      else this.#fail(version, toErrorValue(thrown))
    }
  }

  #fail(version: string, error: ErrorValue): void {
    const { log } = this.#dependencies
    log(
      `session-manager-plugin ${version} was not installed. ${error.message} ${error.detail ?? ''}`.trimEnd(),
    )
    this.#set({ phase: 'failed', version, error })
  }

  #reporters(): { onStep: (step: PluginInstallStep) => void; onProgress: (receivedBytes: number) => void } {
    const { clock } = this.#dependencies
    let lastReport = Number.NEGATIVE_INFINITY
    let received = 0
    const report = (change: Partial<Running>) => {
      if (this.#state.phase === 'running') this.#set({ ...this.#state, receivedBytes: received, ...change })
    }
    return {
      onStep: (step) => {
        if (this.#state.phase !== 'running' || this.#state.step === step) return
        report({ step, done: [...this.#state.done, this.#state.step] })
      },
      onProgress: (receivedBytes) => {
        received = receivedBytes
        if (clock.elapsed() - lastReport < progressIntervalMilliseconds) return
        lastReport = clock.elapsed()
        report({})
      },
    }
  }

  #agreedSize(version: string): { totalBytes?: number } {
    const bytes = this.#offer?.version === version ? this.#offer.bytes : undefined
    return bytes === undefined ? {} : { totalBytes: bytes }
  }

  /** What a crash left goes when nobody else is at work there. Needs no answer, and never fails a start. */
  async #tidyUp(): Promise<void> {
    const { own, log } = this.#dependencies
    try {
      if (!(await own.exists())) return
      using lock = await tryLockOwnPlugins(own)
      if (lock !== undefined) await own.tidy()
    } catch (thrown) {
      log(`Leftovers of an interrupted install stay: ${toErrorValue(thrown).message}`)
    }
  }

  #installDependencies(): InstallDependencies {
    const { release, site, ...others } = this.#dependencies
    if (release === undefined)
      throw new PortholeError({
        code: 'PLUGIN_UNAVAILABLE',
        message: 'AWS publishes no session-manager-plugin for this kind of computer.',
        action: 'Use the built-in engine: it needs nothing installed.',
      })
    return { ...others, release, site: site() }
  }

  #set(state: PluginInstall): void {
    this.#state = state
    this.#changes.emit(state)
  }
}
