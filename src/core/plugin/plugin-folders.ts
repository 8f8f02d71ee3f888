import path from 'node:path'
import type { PluginCandidate } from '../../contract/plugin.ts'

export interface PluginFolder {
  folder: string
  place: PluginCandidate['place']
}

/**
 * Where the plugin may be, in the order in which it is looked for, each folder
 * once: our own, then PATH, then where installers put it. Programs started from
 * a desktop have a PATH without most of these.
 *
 * @param own folder of the plugin that Porthole installed, if it did
 */
export function pluginFolders({
  environment,
  platform,
  own,
}: {
  environment: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  own?: string | undefined
}): PluginFolder[] {
  const { isAbsolute, delimiter } = platform === 'win32' ? path.win32 : path.posix
  const onPath = (environment.PATH ?? environment.Path ?? '').split(delimiter)
  const all: PluginFolder[] = [
    ...(own === undefined ? [] : [{ folder: own, place: 'own' as const }]),
    ...onPath.map((folder) => ({ folder, place: 'path' as const })),
    ...usualFolders(environment, platform).map((folder) => ({ folder, place: 'usual' as const })),
  ]
  // A relative entry would make the answer depend on where the app was started.
  const absolute = all.filter(({ folder }) => isAbsolute(folder))
  return absolute.filter(
    ({ folder }, index) => absolute.findIndex((other) => other.folder === folder) === index,
  )
}

/** Of AWS's installers, Homebrew, MacPorts, Nix, conda's and the distributions' packages, Chocolatey and Scoop. */
function usualFolders(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string[] {
  if (platform === 'win32') {
    const programs = environment.ProgramFiles ?? 'C:\\Program Files'
    const shared = environment.ProgramData ?? 'C:\\ProgramData'
    const home = environment.USERPROFILE
    return [
      `${programs}\\Amazon\\SessionManagerPlugin\\bin`,
      `${shared}\\chocolatey\\bin`,
      ...(home ? [`${home}\\scoop\\shims`] : []),
    ]
  }
  const home = environment.HOME
  return [
    '/usr/local/sessionmanagerplugin/bin',
    '/usr/local/bin',
    ...(platform === 'darwin'
      ? ['/opt/homebrew/bin', '/opt/local/bin']
      : ['/home/linuxbrew/.linuxbrew/bin', '/snap/bin']),
    '/usr/bin',
    ...(home ? [`${home}/.local/bin`, `${home}/bin`, `${home}/.nix-profile/bin`] : []),
  ]
}

/** Name of the program. */
export function programName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'session-manager-plugin.exe' : 'session-manager-plugin'
}

/** Names under which to look for it. Inside WSL, PATH leads to the programs of Windows too. */
export function pluginNames(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string[] {
  const insideWsl = platform === 'linux' && environment.WSL_DISTRO_NAME !== undefined
  return insideWsl ? [programName('linux'), programName('win32')] : [programName(platform)]
}
