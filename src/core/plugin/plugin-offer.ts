import { PortholeError } from '../../contract/errors.ts'
import type { PluginOffer } from '../../contract/plugin.ts'
import type { HttpFile, OpenHttpFile } from './install/http-file.ts'
import { downloadFailed, siteUnreachable, unexpectedStatus } from './install/install-errors.ts'
import type { OwnPlugins } from './own-plugins.ts'
import { latestVersionUrl, type PluginRelease, pinnedPluginVersion, releaseUrl } from './plugin-release.ts'
import type { PluginSite } from './plugin-site.ts'
import {
  comparePluginVersions,
  formatPluginVersion,
  type PluginVersion,
  parsePluginVersion,
  verdictOn,
} from './plugin-version.ts'

export interface OfferDependencies {
  own: OwnPlugins
  site: PluginSite
  release: PluginRelease
  openFile: OpenHttpFile
}

/** `1.2.896.0` and a line feed; a proxy's error page is longer. */
const versionFileLimitBytes = 64

/**
 * What would be installed now: at first the pinned version; when Porthole has
 * installed one already, or AWS has taken the pinned one back, the newest that
 * may be used. Never an older one than what is there.
 *
 * @throws {PortholeError} NETWORK, PLUGIN_DOWNLOAD_FAILED
 */
export async function findOffer(dependencies: OfferDependencies, signal: AbortSignal): Promise<PluginOffer> {
  const installed = parsePluginVersion((await dependencies.own.currentVersion()) ?? '')
  if (installed === undefined) {
    const pinned = await askForPackage(dependencies, pinnedPluginVersion, signal)
    if (pinned.exists) return offer(dependencies, pinnedPluginVersion, undefined, pinned.bytes)
  }
  const newest = newestOf([
    installed ?? pinnedPluginVersion,
    pinnedPluginVersion,
    await askForLatest(dependencies, signal),
  ])
  if (installed !== undefined && comparePluginVersions(newest, installed) === 0)
    return offer(dependencies, newest, installed, undefined)
  const found = await askForPackage(dependencies, newest, signal)
  if (!found.exists) throw unexpectedStatus(packageUrl(dependencies, newest), found.status)
  return offer(dependencies, newest, installed, found.bytes)
}

function offer(
  { own, release, ...dependencies }: OfferDependencies,
  version: PluginVersion,
  installed: PluginVersion | undefined,
  bytes: number | undefined,
): PluginOffer {
  const text = formatPluginVersion(version)
  return {
    version: text,
    replaces: installed && formatPluginVersion(installed),
    isNews: installed === undefined || comparePluginVersions(version, installed) > 0,
    source: packageUrl({ release, ...dependencies }, version).href,
    bytes,
    folder: own.folderOf(text),
    proof: release.proof,
  }
}

function newestOf(versions: [PluginVersion, ...(PluginVersion | undefined)[]]): PluginVersion {
  let [newest] = versions
  for (const version of versions)
    if (version !== undefined && comparePluginVersions(version, newest) > 0) newest = version
  return newest
}

type PackageAnswer = { exists: true; bytes: number | undefined } | { exists: false; status: number }

async function askForPackage(
  dependencies: OfferDependencies,
  version: PluginVersion,
  signal: AbortSignal,
): Promise<PackageAnswer> {
  const url = packageUrl(dependencies, version)
  using answer = await ask(dependencies, 'HEAD', url, signal)
  const { status, headers } = answer
  // Missing files answer 403 there.
  if (status === 403 || status === 404) return { exists: false, status }
  if (status !== 200) throw unexpectedStatus(url, status)
  const length = headers['content-length']
  return { exists: true, bytes: length === undefined ? undefined : Number(length) }
}

/** The newest version that AWS names; undefined when it is one that must not be used. */
async function askForLatest(
  dependencies: OfferDependencies,
  signal: AbortSignal,
): Promise<PluginVersion | undefined> {
  const url = latestVersionUrl(dependencies.site.url)
  using answer = await ask(dependencies, 'GET', url, signal)
  if (answer.status !== 200) throw unexpectedStatus(url, answer.status)
  const text = await readText(answer, url)
  const version = parsePluginVersion(text)
  if (version === undefined)
    throw downloadFailed(`${url.host} does not say which version is the newest.`, text)
  return verdictOn(version) === 'supported' ? version : undefined
}

async function ask(
  { openFile }: OfferDependencies,
  method: 'GET' | 'HEAD',
  url: URL,
  signal: AbortSignal,
): Promise<HttpFile> {
  try {
    return await openFile({ method, url, signal })
  } catch (thrown) {
    signal.throwIfAborted()
    // A proxy that refuses says so itself.
    throw thrown instanceof PortholeError ? thrown : siteUnreachable(url, thrown)
  }
}

async function readText({ body }: HttpFile, url: URL): Promise<string> {
  let text = ''
  try {
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString('latin1')
      if (text.length > versionFileLimitBytes) return text.slice(0, versionFileLimitBytes)
    }
  } catch (thrown) {
    throw siteUnreachable(url, thrown)
  }
  return text
}

function packageUrl(
  { site, release }: Pick<OfferDependencies, 'site' | 'release'>,
  version: PluginVersion,
): URL {
  return releaseUrl(site.url, formatPluginVersion(version), release.file)
}
