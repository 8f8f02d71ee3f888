import path from 'node:path'

/**
 * Where settings, ledger and recordings live when nothing else was said: the
 * place each system gives to an application's own data.
 */
export function defaultDataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.PORTHOLE_DATA_FOLDER) return path.resolve(environment.PORTHOLE_DATA_FOLDER)
  switch (platform) {
    case 'darwin':
      return path.join(homeFolder, 'Library', 'Application Support', 'Porthole')
    case 'win32':
      return path.join(environment.LOCALAPPDATA ?? path.join(homeFolder, 'AppData', 'Local'), 'Porthole')
    default:
      return path.join(environment.XDG_DATA_HOME || path.join(homeFolder, '.local', 'share'), 'porthole')
  }
}
