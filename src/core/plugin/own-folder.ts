import path from 'node:path'

/** Where Porthole keeps a plugin of its own, for this person alone. */
export function ownPluginFolder(dataFolder: string): string {
  return path.join(dataFolder, 'plugin')
}
