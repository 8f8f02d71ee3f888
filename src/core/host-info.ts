import path from 'node:path'
import type { HostInfo } from '../contract/host.ts'
import type { CoreOptions } from './core-options.ts'

/** What every window is told of the host it runs in. */
export function hostInfo(
  {
    version,
    demo,
    abilities,
    homeFolder,
  }: Pick<CoreOptions, 'version' | 'demo' | 'abilities' | 'homeFolder'>,
  { configFile, platform }: { configFile: string; platform: NodeJS.Platform },
): HostInfo {
  return {
    version,
    platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
    configFile: withTilde(configFile, homeFolder),
    demo,
    abilities,
  }
}

function withTilde(file: string, homeFolder: string): string {
  const relative = path.relative(homeFolder, file)
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)
  return isInside ? `~${path.sep}${relative}` : file
}
