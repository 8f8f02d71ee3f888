import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Engine, EngineChoice } from '../../contract/session.ts'
import { partitionOf } from '../aws/partitions.ts'
import type { PluginSearch } from '../plugin/find-plugin.ts'

export interface ChosenEngines {
  engine: Engine
  /** To be tried when `engine` cannot open the session. */
  fallback?: Engine
}

/**
 * The engine for a session, and for `auto` the one after it. `auto` takes the plugin when a supported one is
 * present and the stream is AWS's own, because newer plugins refuse any other;
 * never on Windows, where the plugin reads keys instead of bytes and loses
 * bracketed paste, mouse and application cursor keys.
 */
export function chooseEngine(options: {
  choice: EngineChoice
  plugin: PluginSearch
  streamUrl: string
  region: string
  platform: NodeJS.Platform
}): ChosenEngines {
  const { choice, plugin, streamUrl, region, platform } = options
  if (choice !== 'auto') return { engine: choice }
  const pluginWorks = plugin.status === 'supported' && isAwsStreamUrl(streamUrl, region)
  if (pluginWorks && platform !== 'win32') return { engine: 'plugin', fallback: 'built-in' }
  // On Windows the plugin is the worse engine, and better than none.
  return { engine: 'built-in', ...(pluginWorks ? { fallback: 'plugin' } : {}) }
}

/**
 * Problems of an engine itself, or of its way to AWS. Anything else would be
 * the same with another one, and a command must not run twice for nothing.
 */
const engineProblems = new Set(['PLUGIN_MISSING', 'PLUGIN_UNSUPPORTED', 'PLUGIN_FAILED', 'CONNECTION_LOST'])

/** What is said of a session that runs with the other engine, or undefined when that would not help. */
export function fallbackNotice(failed: Engine, fallback: Engine, error: ErrorValue): ErrorValue | undefined {
  if (!engineProblems.has(error.code)) return undefined
  const names = { plugin: 'The plugin', 'built-in': 'The built-in engine' }
  return {
    code: error.code,
    message: `${names[failed]} could not open the session, so ${names[fallback].toLowerCase()} did.`,
    detail: [error.message, error.detail].filter(Boolean).join(' '),
    action: 'Choose an engine in the settings to skip the first attempt.',
    retryable: false,
  }
}

/**
 * Refuses a choice that cannot be met, before AWS is asked for a session.
 * @throws {PortholeError} PLUGIN_MISSING, PLUGIN_UNSUPPORTED
 */
export function assertEnginePossible(choice: EngineChoice, plugin: PluginSearch): void {
  if (choice !== 'plugin' || plugin.status === 'supported') return
  const action = 'Install a current session-manager-plugin, or choose the built-in engine in the settings.'
  if (plugin.status === 'missing')
    throw new PortholeError({
      code: 'PLUGIN_MISSING',
      message: 'session-manager-plugin was not found.',
      detail: `Searched ${plugin.searched.join(', ')}`,
      action,
    })
  throw new PortholeError({
    code: 'PLUGIN_UNSUPPORTED',
    message: `The session-manager-plugin at ${plugin.path} cannot be used.`,
    detail: plugin.reason,
    action,
  })
}

/** Whether a stream URL leads to AWS itself: TLS, and a host under the Region's own DNS suffix. */
export function isAwsStreamUrl(streamUrl: string, region: string): boolean {
  if (!URL.canParse(streamUrl)) return false
  const { protocol, hostname } = new URL(streamUrl)
  if (protocol !== 'wss:') return false
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region)
  return [dnsSuffix, dualStackDnsSuffix].some((suffix) => hostname.endsWith(`.${suffix}`))
}
