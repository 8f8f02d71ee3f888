import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { listPackage } from '@electron/asar'
import { archFromString, type Configuration, getArchSuffix, Platform } from 'electron-builder'
import { packageApp } from '../../../scripts/packaging/package-app.ts'
import { type DesktopPlatform, makeElectronDistribution } from '../../fixtures/electron-distribution.ts'

export const projectFolder = path.resolve(import.meta.dirname, '../../..')

const platforms: Record<DesktopPlatform, Platform> = {
  linux: Platform.LINUX,
  darwin: Platform.MAC,
  win32: Platform.WINDOWS,
}

const architecture = archFromString(process.arch)
const suffix = getArchSuffix(architecture)

/** Where things lie in the folder that electron-builder leaves. */
const places: Record<DesktopPlatform, { app: string; resources: string; fuses: string }> = {
  linux: { app: `linux${suffix}-unpacked`, resources: 'resources', fuses: 'porthole' },
  win32: { app: `win${suffix}-unpacked`, resources: 'resources', fuses: 'Porthole.exe' },
  darwin: { app: `mac${suffix}`, resources: 'Porthole.app/Contents/Resources', fuses: 'Porthole.app' },
}

export interface PackagedApp extends Disposable {
  appFolder: string
  resourcesFolder: string
  asar: string
  /** What `@electron/fuses` wants to be pointed at. */
  fuses: string
  /** Files in app.asar, unpacked ones included, as paths with slashes. */
  files: string[]
  /** Files beside app.asar, relative to app.asar.unpacked. */
  unpacked: string[]
  /** Per target that wraps the folder for Linux: what it tells fpm, and the text of its desktop file. */
  linuxPackages: { args: string[]; desktopEntry: string }[]
}

export interface PackagingChoices {
  fuses?: string
  /** Instead of the application's folder alone. They stop where they would call fpm, which has to be downloaded. */
  wrapped?: ('deb' | 'rpm')[]
}

/** Packages the built application around a stand-in for Electron. */
export async function packageFor(
  platform: DesktopPlatform,
  { fuses, wrapped }: PackagingChoices = {},
): Promise<PackagedApp> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-package-'))
  const dispose = () => rmSync(folder, { recursive: true, force: true })
  const linuxPackages: PackagedApp['linuxPackages'] = []
  try {
    await packageApp({
      projectFolder,
      electronFolder: makeElectronDistribution(path.join(folder, 'electron'), platform, { fuses }),
      folderOnly: wrapped === undefined,
      outputFolder: path.join(folder, 'output'),
      // Debian wants a home page; a clone without a remote has none.
      configuration: { extraMetadata: { homepage: 'https://porthole.invalid' } } satisfies Configuration,
      options: {
        targets: platforms[platform].createTarget(wrapped ?? 'dir', architecture),
        effectiveOptionComputed: async ([args, desktopFile]: [string[], string]) => {
          linuxPackages.push({ args, desktopEntry: readFileSync(desktopFile, 'utf8') })
          return true
        },
      },
    })
  } catch (error) {
    dispose()
    throw error
  }
  const { app, resources, fuses: program } = places[platform]
  const appFolder = path.join(folder, 'output', app)
  const resourcesFolder = path.join(appFolder, resources)
  const asar = path.join(resourcesFolder, 'app.asar')
  const unpacked = filesBelow(path.join(resourcesFolder, 'app.asar.unpacked'))
  return {
    appFolder,
    resourcesFolder,
    asar,
    fuses: path.join(appFolder, program),
    files: filesOf(listPackage(asar, { isPack: false })),
    unpacked,
    linuxPackages,
    [Symbol.dispose]: dispose,
  }
}

/** Relative paths with slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => slashes(path.relative(folder, path.join(entry.parentPath, entry.name))))
    .sort()
}

/** The archive lists folders too: those that are the beginning of another path. */
function filesOf(listed: string[]): string[] {
  const paths = listed.map((file) => slashes(file).replace(/^\//, '')).sort()
  return paths.filter((file) => !paths.some((other) => other.startsWith(`${file}/`)))
}

function slashes(file: string): string {
  return file.split(path.sep).join('/')
}
