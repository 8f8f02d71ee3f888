import { electronProgram, findElectron } from '../../../scripts/lib/electron-distribution.ts'

/**
 * The Electron to test on, by ELECTRON_OVERRIDE_DIST_PATH or as installed
 * earlier. Nothing is downloaded: `require('electron')` would.
 *
 * @throws Error when the variable names a folder without an Electron
 */
export function electronBinary(): string | undefined {
  const folder = findElectron({ environment: process.env, platform: process.platform })
  return folder === undefined ? undefined : electronProgram(folder, process.platform)
}
