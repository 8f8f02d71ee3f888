import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { type IPty, spawn } from 'node-pty'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { EndReason, TerminalSize } from '../../contract/session.ts'
import type { Clock } from '../clock.ts'
import type { SessionEnd } from '../data-channel/channel-closed.ts'
import type { SessionControl } from '../data-channel/session-control.ts'
import type { PluginSearch } from '../plugin/find-plugin.ts'
import type { Engine, EngineEvents, EngineRequest, EngineSession } from './engine.ts'
import { createPluginBannerFilter, type PluginBannerFilter } from './plugin-banner.ts'
import { pluginArguments, pluginEnvironment } from './plugin-command.ts'
import { createSttyGuard, type SttyGuard, systemPath, wrapCommand } from './plugin-terminal.ts'
import { endFromPluginWords } from './plugin-words.ts'

/**
 * The plugin hangs without a word when it cannot connect, and when the command
 * in the container prints nothing it never begins to read keys. A shell on a
 * bad line answers within a few seconds.
 */
export const pluginPatienceMilliseconds = 20_000

/** What a stuck TerminateSession may hold up; AWS ends the session by itself when idle. */
const terminatePatienceMilliseconds = 5_000

export interface PluginEngineDependencies {
  findPlugin: () => Promise<PluginSearch>
  /** Builds the calls for one session, at its SSM endpoint and with its credentials. */
  ssm: (request: EngineRequest) => Pick<SessionControl, 'terminate'>
  clock: Clock
  /** Ours; the plugin gets only what it needs of it. */
  environment: Record<string, string | undefined>
  platform: NodeJS.Platform
  /** Where a small program of ours is put for the plugin to find. Default: the system's. */
  temporaryFolder?: string
}

/** Dispose it after its sessions: it keeps a temporary folder for them. */
export interface PluginEngine extends Engine, AsyncDisposable {}

/** The engine that runs AWS's own session-manager-plugin in a pty. */
export function createPluginEngine(dependencies: PluginEngineDependencies): PluginEngine {
  const searchPath = dependencies.environment.PATH ?? systemPath
  let guard: Promise<SttyGuard> | undefined
  const prepareTerminal = () => {
    guard ??= createSttyGuard(searchPath, dependencies.temporaryFolder).catch((thrown) => {
      // The next session may find room again.
      guard = undefined
      throw thrown
    })
    return guard
  }
  return {
    name: 'plugin',
    tellsOfLine: false,
    start: (request, events) => new PluginSession(dependencies, searchPath, prepareTerminal, request, events),
    async [Symbol.asyncDispose]() {
      const made = await guard
      await made?.[Symbol.asyncDispose]()
    },
  }
}

class PluginSession implements EngineSession {
  readonly #dependencies: PluginEngineDependencies
  readonly #searchPath: string
  readonly #prepareTerminal: () => Promise<SttyGuard>
  readonly #request: EngineRequest
  readonly #events: EngineEvents
  readonly #exitMark = `porthole-plugin-exited-${randomUUID()}`
  readonly #filter: PluginBannerFilter
  readonly #watchdog: Disposable
  readonly #exited = Promise.withResolvers<void>()
  #pty: IPty | undefined
  #size: TerminalSize
  #early: Uint8Array[] = []
  #paused = false
  #isReady = false
  #hasEnded = false
  #closing: Promise<void> | undefined

  constructor(
    dependencies: PluginEngineDependencies,
    searchPath: string,
    prepareTerminal: () => Promise<SttyGuard>,
    request: EngineRequest,
    events: EngineEvents,
  ) {
    this.#dependencies = dependencies
    this.#searchPath = searchPath
    this.#prepareTerminal = prepareTerminal
    this.#request = request
    this.#size = request.size
    this.#events = events
    this.#filter = createPluginBannerFilter({
      sessionId: request.awsSessionId,
      exitMark: this.#exitMark,
      startTimer: dependencies.clock.after,
      events: {
        output: (bytes) => this.#output(bytes),
        encrypted: () => events.encrypted(),
        exited: () => this.#pluginExited(),
      },
    })
    this.#watchdog = dependencies.clock.after(pluginPatienceMilliseconds, () => this.#giveUp(silent()))
    void this.#run().catch((thrown) => this.#giveUp(toErrorValue(thrown)))
  }

  write(bytes: Uint8Array): void {
    if (this.#hasEnded) return
    // node-pty copies, and keeps what the terminal cannot take yet.
    if (this.#pty === undefined) this.#early.push(bytes)
    else this.#pty.write(asBuffer(bytes))
  }

  resize(size: TerminalSize): void {
    this.#size = size
    // The plugin looks at its terminal every 500 ms and tells the agent.
    if (!this.#hasEnded) this.#pty?.resize(size.cols, size.rows)
  }

  pause(): void {
    this.#paused = true
    this.#pty?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#pty?.resume()
  }

  /** The plugin watches its line itself, and tells nobody. */
  probe(): void {}

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #run(): Promise<void> {
    const { environment, platform } = this.#dependencies
    const plugin = await this.#findPlugin()
    const credentials = await this.#request.credentials()
    const onWindows = platform === 'win32'
    // ConPTY has no modes to guard, and no shell to wrap the plugin in.
    const guard = onWindows ? undefined : await this.#prepareTerminal()
    if (this.#hasEnded) return
    const command = [plugin, ...pluginArguments(this.#request)]
    const { file, args } = onWindows
      ? { file: plugin, args: command.slice(1) }
      : wrapCommand(this.#exitMark, command)
    const searchPath = [guard?.folder, this.#searchPath].filter(Boolean).join(path.delimiter)
    this.#attach(
      spawn(file, args, {
        name: 'xterm-256color',
        ...this.#size,
        env: pluginEnvironment({ request: this.#request, credentials, own: environment, searchPath }),
        // Bytes, although the typings only know text.
        encoding: null,
        // With Windows' own, ending a terminal starts this program again as a plain Node, which a packaged
        // Electron cannot be: that would open a second Porthole.
        useConptyDll: true,
      }),
    )
  }

  #attach(pty: IPty): void {
    this.#pty = pty
    // With `encoding: null` the typed string is a Buffer.
    pty.onData((data: unknown) => {
      if (!this.#hasEnded) this.#filter.push(data as Uint8Array)
    })
    pty.onExit(() => this.#ptyExited())
    if (this.#paused) pty.pause()
    for (const bytes of this.#early.splice(0)) this.write(bytes)
  }

  /** The finder ran when the engine was chosen, so this is a look into its memory. */
  async #findPlugin(): Promise<string> {
    const plugin = await this.#dependencies.findPlugin()
    if (plugin.status === 'supported') return plugin.path
    throw new PortholeError({
      code: plugin.status === 'missing' ? 'PLUGIN_MISSING' : 'PLUGIN_UNSUPPORTED',
      message: 'session-manager-plugin cannot be used any more.',
      detail: plugin.status === 'missing' ? undefined : plugin.reason,
      action: 'Install a current session-manager-plugin, or choose the built-in engine in the settings.',
    })
  }

  #output(bytes: Uint8Array): void {
    if (this.#hasEnded) return
    if (!this.#isReady) {
      // The plugin reads keys from the agent's first output on.
      this.#isReady = true
      this.#watchdog[Symbol.dispose]()
      this.#events.ready()
    }
    this.#events.output(bytes)
  }

  /** All output was read; the wrapper waits only to be ended. */
  #pluginExited(): void {
    const { reason, error } = this.#endFromLastWords()
    this.#end(reason, error)
  }

  #ptyExited(): void {
    if (!this.#hasEnded) this.#filter.finish()
    this.#exited.resolve()
    const { reason, error } = this.#endFromLastWords()
    this.#end(reason, error)
  }

  #endFromLastWords(): SessionEnd {
    return endFromPluginWords(this.#filter.lastWords, this.#request.awsSessionId, this.#isReady)
  }

  #giveUp(error: ErrorValue): void {
    this.#end(this.#isReady ? 'lost' : 'failed', error)
    void this.#terminate()
  }

  async #close(): Promise<void> {
    const isOver = this.#hasEnded
    this.#end('closed')
    if (!isOver) await this.#terminate()
    await this.#exited.promise
  }

  #end(reason: EndReason, error?: ErrorValue): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#watchdog[Symbol.dispose]()
    this.#filter[Symbol.dispose]()
    this.#early = []
    this.#hangUp()
    this.#events.ended(reason, error)
  }

  /** The wrapper leads the terminal's session: when it dies, the kernel hangs up on the plugin too. */
  #hangUp(): void {
    const pty = this.#pty
    if (pty === undefined) {
      this.#exited.resolve()
      return
    }
    // A paused terminal would never be read to its end.
    pty.resume()
    pty.kill(this.#dependencies.platform === 'win32' ? undefined : 'SIGHUP')
  }

  /** The plugin dies of its hang-up without telling AWS. Best effort: the caller may lack the permission. */
  async #terminate(): Promise<void> {
    const { promise: patience, resolve } = Promise.withResolvers<void>()
    const timer = this.#dependencies.clock.after(terminatePatienceMilliseconds, resolve)
    const call = this.#dependencies.ssm(this.#request).terminate(this.#request.awsSessionId)
    await Promise.race([call.catch(() => {}), patience])
    timer[Symbol.dispose]()
  }
}

function silent(): ErrorValue {
  return {
    code: 'PLUGIN_FAILED',
    message: `session-manager-plugin had no answer from the container within ${pluginPatienceMilliseconds / 1000} seconds.`,
    action: 'Try again, or choose the built-in engine in the settings: it says what is wrong.',
    retryable: true,
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
