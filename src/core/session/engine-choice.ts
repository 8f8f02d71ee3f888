import { PortholeError } from '../../contract/errors.ts'
import type { Engine, EngineChoice } from '../../contract/session.ts'
import { partitionOf } from '../aws/partitions.ts'
import type { PluginSearch } from '../plugin/find-plugin.ts'

/**
 * The engine for a session. `auto` takes the plugin when a supported one is
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
}): Engine {
  const { choice, plugin, streamUrl, region, platform } = options
  if (choice !== 'auto') return choice
  const pluginFits =
    platform !== 'win32' && plugin.status === 'supported' && isAwsStreamUrl(streamUrl, region)
  return pluginFits ? 'plugin' : 'built-in'
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
