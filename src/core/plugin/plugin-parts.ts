import { systemClock } from '../clock.ts'
import type { CoreOptions } from '../core-options.ts'
import type { Network } from '../network/network.ts'
import { createPluginFinder, type PluginFinder } from './find-plugin.ts'
import { createOpenHttpFile } from './install/http-file.ts'
import { createRunProgram } from './install/run-program.ts'
import { ownPluginsIn } from './own-plugins.ts'
import { pluginReleaseFor } from './plugin-release.ts'
import { createPluginService, type PluginService } from './plugin-service.ts'
import { pluginSite } from './plugin-site.ts'

/** Finding the plugin, for sessions, and installing it, when a person says so. */
export function createPluginParts(
  { environment, dataFolder, pluginKeyFile, log }: CoreOptions,
  { agents }: Network,
): { finder: PluginFinder; service: PluginService } {
  const { platform } = process
  const own = ownPluginsIn(dataFolder, platform)
  const finder = createPluginFinder({ environment, platform, own })
  const service = createPluginService({
    finder,
    own,
    site: () => pluginSite(environment, pluginKeyFile),
    release: pluginReleaseFor(platform, process.arch),
    openFile: createOpenHttpFile({
      agent: ({ protocol }) => (protocol === 'https:' ? agents.https : agents.http),
    }),
    runProgram: createRunProgram(environment),
    environment,
    clock: systemClock,
    log,
  })
  return { finder, service }
}
