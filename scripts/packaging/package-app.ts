import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build, type Configuration, type PackagerOptions } from 'electron-builder'
import { noticesText, productionPackages } from './third-party-notices.ts'

export interface PackageOptions {
  /** Holds package.json, electron-builder.yml, dist/ and node_modules/. */
  projectFolder: string
  /** An unpacked Electron for the platform and architecture that this runs on. */
  electronFolder: string
  /** The application's folder alone, without an installer around it. */
  folderOnly: boolean
  /** Instead of the one in electron-builder.yml. */
  outputFolder?: string
  /** On top of electron-builder.yml. */
  configuration?: Configuration
  options?: Pick<PackagerOptions, 'effectiveOptionComputed' | 'targets'>
}

/**
 * Packages what lies in dist/desktop and dist/renderer.
 * @returns the installers made, as absolute paths; none when only a folder was asked for
 */
export async function packageApp(options: PackageOptions): Promise<string[]> {
  const { projectFolder, electronFolder, folderOnly, outputFolder, configuration } = options
  writeNotices(projectFolder)
  return build({
    projectDir: projectFolder,
    ...(options.options?.targets === undefined ? { dir: folderOnly } : {}),
    ...options.options,
    publish: 'never',
    config: {
      ...configuration,
      ...(outputFolder === undefined ? {} : { directories: { output: outputFolder } }),
      electronDist: ({ arch }: { arch: string }) => distributionFor(arch, electronFolder),
      mac: { extraResources: licensesOutsideTheBundle(electronFolder) },
    },
  })
}

/** An unpacked Electron is of one architecture; electron-builder downloads another one that a target wants. */
function distributionFor(arch: string, folder: string): string {
  // Its types do not say so, but nothing is its way of being told to download.
  return arch === process.arch ? folder : (null as unknown as string)
}

/** On macOS only Electron.app is taken from an unpacked Electron, and its licences lie next to it. */
function licensesOutsideTheBundle(electronFolder: string): { from: string; to: string }[] {
  return [
    { from: path.join(electronFolder, 'LICENSE'), to: 'LICENSE.electron.txt' },
    { from: path.join(electronFolder, 'LICENSES.chromium.html'), to: 'LICENSES.chromium.html' },
  ]
}

function writeNotices(projectFolder: string): void {
  const folder = path.join(projectFolder, 'dist', 'notices')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesText(productionPackages(projectFolder)))
}
