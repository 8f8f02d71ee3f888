import { existsSync } from 'node:fs'
import path from 'node:path'

/** Where a person looks for what an app made: Downloads, else the home folder. */
export function exportFolderIn(homeFolder: string): string {
  const downloads = path.join(homeFolder, 'Downloads')
  return existsSync(downloads) ? downloads : homeFolder
}
