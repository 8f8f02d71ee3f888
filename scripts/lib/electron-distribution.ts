import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { modulesFolder, projectFolder, say } from './project.mjs'

const packageFolder = path.join(modulesFolder, 'electron')
const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))

/** For a slow line. A network that refuses or does not answer ends it within seconds. */
const downloadLimitMilliseconds = 15 * 60_000

/** Where the program lies inside an unpacked distribution. */
const programs: Record<string, string> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

export interface ElectronSearch {
  /** Read for ELECTRON_OVERRIDE_DIST_PATH; the download honours Electron's mirror and cache variables in it. */
  environment: NodeJS.ProcessEnv
  platform: NodeJS.Platform
}

/**
 * The folder of an unpacked Electron: the one that ELECTRON_OVERRIDE_DIST_PATH
 * names, or the one that the npm package downloaded earlier.
 * @throws Error when the variable names a folder without an Electron
 */
export function findElectron({ environment, platform }: ElectronSearch): string | undefined {
  const program = electronProgram('', platform)
  const named = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (named) {
    if (existsSync(path.join(named, program))) return path.resolve(named)
    throw new Error(
      `ELECTRON_OVERRIDE_DIST_PATH names ${named}, where there is no ${program}. ` +
        `Put an unpacked Electron ${version} there or unset the variable.`,
    )
  }
  const own = path.join(packageFolder, 'dist')
  return existsSync(path.join(own, program)) && installedVersion(own) === version ? own : undefined
}

/**
 * The same folder, downloaded when it has to be (about 120 MB, once), with the
 * checksums that the npm package brings, through the proxy and from the mirror
 * that the environment names.
 * @throws Error saying in one sentence what is missing and what to do
 */
export async function ensureElectron(search: ElectronSearch): Promise<string> {
  const found = findElectron(search)
  if (found !== undefined) return found

  say(`Downloading Electron ${version} (once)`)
  const environment = {
    ...search.environment,
    ELECTRON_INSTALL_PLATFORM: search.platform,
    ELECTRON_GET_USE_PROXY: '1',
    ELECTRON_GET_NO_PROGRESS: '1',
  }
  // First into its cache, with progress, which the package's own script shows only on a terminal and late.
  const failure = await run(path.join(projectFolder, 'scripts/lib/download-electron.mjs'), environment)
  const unpacking = failure ?? (await run(path.join(packageFolder, 'install.js'), environment))
  const downloaded = findElectron(search)
  if (downloaded !== undefined) return downloaded
  throw new Error(
    `Electron ${version} is not here and could not be downloaded (${unpacking ?? 'the download is not complete'}): ` +
      'try again with a network, name a mirror in ELECTRON_MIRROR, or name the folder of an unpacked one in ELECTRON_OVERRIDE_DIST_PATH.',
  )
}

/** Runs a script with its progress on standard error. @returns what it said when it failed */
function run(script: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], {
      env,
      stdio: ['ignore', process.stderr, 'pipe'],
      timeout: downloadLimitMilliseconds,
    })
    let errors = ''
    child.stderr.on('data', (text: Buffer) => {
      errors += text.toString()
    })
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : reasonOf(errors)))
  })
}

/** The program inside an unpacked distribution. */
export function electronProgram(folder: string, platform: NodeJS.Platform): string {
  return path.join(folder, programs[platform] ?? 'electron')
}

function installedVersion(folder: string): string | undefined {
  const file = path.join(folder, 'version')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : undefined
}

/** The error's own line, without its stack. */
function reasonOf(output: string): string {
  return output.match(/^\[?\w*Error: (.+?)(?:\] \{)?$/m)?.[1] ?? 'the download ended without an error'
}
