import { execFile } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import { createSingleFlight } from '../single-flight.ts'
import { formatPluginVersion, parsePluginVersion, whyUnsupported } from './plugin-version.ts'

/** What a look for the plugin gave. `reason` is a sentence for people. */
export type PluginSearch =
  | { status: 'supported'; path: string; version: string }
  | { status: 'unsupported'; path: string; version?: string; reason: string }
  | { status: 'missing'; searched: string[] }

/**
 * Remembers a plugin that can be used for as long as it is there. Without one it
 * looks again each time: somebody may have just installed it.
 */
export interface PluginFinder {
  find(): Promise<PluginSearch>
}

export interface PluginFinderDependencies {
  /** Its PATH is searched first; the plugin is asked for its version with it. */
  environment: Record<string, string | undefined>
  platform: NodeJS.Platform
  /** A folder of our own to look in before all others. */
  ownFolder?: string
}

/**
 * The version takes milliseconds; a first run under a virus scanner or macOS's
 * check of a new binary takes seconds.
 */
const versionTimeoutMilliseconds = 10_000

/** A version is ten bytes; this is what a wrong program may print before it is cut off. */
const longestVersionBytes = 4096

/**
 * Looks for `session-manager-plugin` where AWS's installers, Homebrew and
 * package managers put it. Programs started from a desktop have a PATH without
 * most of these. The first supported one wins; without one, the first that was
 * found is named with the reason why it is refused.
 */
export function createPluginFinder(dependencies: PluginFinderDependencies): PluginFinder {
  let known: PluginSearch | undefined
  const searches = createSingleFlight<PluginSearch>()
  return {
    async find() {
      if (known?.status === 'supported' && (await isProgram(known.path))) return known
      known = await searches.run('search', () => searchFolders(dependencies))
      return known
    },
  }
}

async function searchFolders(dependencies: PluginFinderDependencies): Promise<PluginSearch> {
  const folders = pluginFolders(dependencies)
  const name = dependencies.platform === 'win32' ? 'session-manager-plugin.exe' : 'session-manager-plugin'
  let refused: PluginSearch | undefined
  for (const folder of folders) {
    const file = path.join(folder, name)
    if (!(await isProgram(file))) continue
    const judged = await judgePlugin(file, dependencies)
    if (judged.status === 'supported') return judged
    refused ??= judged
  }
  return refused ?? { status: 'missing', searched: folders }
}

/** Where the plugin may be, in the order in which it is looked for, each folder once. */
export function pluginFolders({ environment, platform, ownFolder }: PluginFinderDependencies): string[] {
  const onPath = (environment.PATH ?? environment.Path ?? '').split(platform === 'win32' ? ';' : ':')
  const folders = [ownFolder, ...onPath, ...usualFolders(environment, platform)]
  // A relative entry would make the answer depend on where the app was started.
  const absolute = folders.filter((folder): folder is string => !!folder && path.isAbsolute(folder))
  return [...new Set(absolute)]
}

function usualFolders(environment: Record<string, string | undefined>, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') {
    const programs = environment.ProgramFiles ?? 'C:\\Program Files'
    return [`${programs}\\Amazon\\SessionManagerPlugin\\bin`]
  }
  return ['/usr/local/sessionmanagerplugin/bin', '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin']
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    // Missing, or not ours to run: the search goes on either way.
    return false
  }
}

async function judgePlugin(
  file: string,
  { environment }: PluginFinderDependencies,
): Promise<Exclude<PluginSearch, { status: 'missing' }>> {
  const answer = await askVersion(file, environment)
  if (!answer.ok) return { status: 'unsupported', path: file, reason: answer.reason }
  const version = parsePluginVersion(answer.printed)
  if (version === undefined)
    return { status: 'unsupported', path: file, reason: 'It does not print a version as the plugin does.' }
  const reason = whyUnsupported(version)
  const text = formatPluginVersion(version)
  return reason === undefined
    ? { status: 'supported', path: file, version: text }
    : { status: 'unsupported', path: file, version: text, reason }
}

type VersionAnswer = { ok: true; printed: string } | { ok: false; reason: string }

function askVersion(file: string, environment: Record<string, string | undefined>): Promise<VersionAnswer> {
  return new Promise((resolve) => {
    const options = {
      timeout: versionTimeoutMilliseconds,
      maxBuffer: longestVersionBytes,
      killSignal: 'SIGKILL' as const,
      env: { PATH: environment.PATH, SystemRoot: environment.SystemRoot },
      windowsHide: true,
    }
    execFile(file, ['--version'], options, (problem, printed) => {
      if (problem === null) resolve({ ok: true, printed })
      else if (problem.killed) resolve({ ok: false, reason: 'It did not print its version in time.' })
      else resolve({ ok: false, reason: `It could not be started (${problem.code ?? problem.message}).` })
    })
  })
}
