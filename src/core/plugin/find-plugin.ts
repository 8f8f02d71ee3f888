import { access, constants, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PluginCandidate, PluginFindings } from '../../contract/plugin.ts'
import { createSingleFlight } from '../single-flight.ts'
import { judgePlugin, type PluginJudgement } from './judge-plugin.ts'
import type { OwnPlugins } from './own-plugins.ts'
import { type PluginFolder, pluginFolders, pluginNames } from './plugin-folders.ts'

/** What a look for the plugin gave. `reason` is a sentence for people. */
export type PluginSearch =
  | { status: 'supported'; path: string; version: string }
  | { status: 'unsupported'; path: string; version?: string; reason: string }
  | { status: 'missing'; searched: string[] }

export interface PluginFinder {
  /**
   * The plugin to use: the first supported one, else the first that was found,
   * with the reason why it is refused. A supported one is remembered for as long
   * as it is there; without one each call looks again, because somebody may have
   * just installed it.
   */
  find(): Promise<PluginSearch>
  /** Looks everywhere, asks each plugin for its version, and forgets what `find` remembered. */
  survey(): Promise<PluginFindings>
}

export interface PluginFinderDependencies {
  /** Its PATH is searched; the plugin is asked for its version with it. */
  environment: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  /** What Porthole installed itself comes before all others. */
  own?: Pick<OwnPlugins, 'currentVersion' | 'folderOf'>
}

/** Looks for `session-manager-plugin` where installers and package managers put it. */
export function createPluginFinder(dependencies: PluginFinderDependencies): PluginFinder {
  let known: { search: PluginSearch; own: string | undefined } | undefined
  const searches = createSingleFlight<PluginSearch>()
  return {
    async find() {
      // Another process may have installed one of ours, or removed it.
      const own = await dependencies.own?.currentVersion()
      if (known?.search.status === 'supported' && known.own === own && (await isProgram(known.search.path)))
        return known.search
      const search = await searches.run('search', () => searchUntilSupported(dependencies))
      known = { search, own }
      return search
    },
    async survey() {
      const findings = await survey(dependencies)
      known = { search: searchResultOf(findings), own: findings.ownVersion }
      return findings
    },
  }
}

/** Stops at the first plugin that can be used: a session waits for it. */
async function searchUntilSupported(dependencies: PluginFinderDependencies): Promise<PluginSearch> {
  const { folders } = await foldersNow(dependencies)
  const candidates: PluginCandidate[] = []
  for (const folder of folders)
    for (const candidate of await candidatesIn(folder, dependencies)) {
      candidates.push(candidate)
      if (candidate.verdict === 'supported') return searchResultOf({ candidates, searched: [] })
    }
  return searchResultOf({ candidates, searched: folders.map(({ folder }) => folder) })
}

async function survey(dependencies: PluginFinderDependencies): Promise<PluginFindings> {
  const { folders, ownVersion } = await foldersNow(dependencies)
  const found = await Promise.all(folders.map((folder) => candidatesIn(folder, dependencies)))
  const candidates = await withoutAliases(found.flat())
  return {
    candidates,
    used: candidates.find(({ verdict }) => verdict === 'supported')?.path,
    searched: folders.map(({ folder }) => folder),
    ownVersion,
  }
}

/** AWS's installers leave a link on PATH to the program itself: that is one plugin, not two. */
async function withoutAliases(candidates: PluginCandidate[]): Promise<PluginCandidate[]> {
  const real = await Promise.all(candidates.map((candidate) => realpath(candidate.path)))
  return candidates.filter((_, index) => real.indexOf(real[index] ?? '') === index)
}

async function foldersNow({ environment, platform, own }: PluginFinderDependencies) {
  const ownVersion = await own?.currentVersion()
  const ownFolder = ownVersion === undefined ? undefined : own?.folderOf(ownVersion)
  return { folders: pluginFolders({ environment, platform, own: ownFolder }), ownVersion }
}

async function candidatesIn(
  { folder, place }: PluginFolder,
  { environment, platform }: PluginFinderDependencies,
): Promise<PluginCandidate[]> {
  const candidates: PluginCandidate[] = []
  for (const name of pluginNames(environment, platform)) {
    const file = path.join(folder, name)
    if (!(await isProgram(file))) continue
    const isForWindows = platform !== 'win32' && name.endsWith('.exe')
    const judgement = isForWindows ? forWindowsOnly : await judgePlugin(file, environment)
    candidates.push({ path: file, place, ...judgement })
  }
  return candidates
}

/** Found inside WSL. It would run, but with a console of Windows instead of our terminal. */
const forWindowsOnly: PluginJudgement = {
  verdict: 'unusable',
  reason: 'It is the plugin for Windows. Inside WSL the one for Linux is needed.',
}

function searchResultOf({
  candidates,
  searched,
}: Pick<PluginFindings, 'candidates' | 'searched'>): PluginSearch {
  const supported = candidates.find(({ verdict }) => verdict === 'supported')
  if (supported !== undefined)
    return { status: 'supported', path: supported.path, version: supported.version ?? '' }
  const [refused] = candidates
  if (refused === undefined) return { status: 'missing', searched }
  const { path: file, version, reason = 'It cannot be used.' } = refused
  return { status: 'unsupported', path: file, ...(version === undefined ? {} : { version }), reason }
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
