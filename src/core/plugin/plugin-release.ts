import type { PluginProof } from '../../contract/plugin.ts'
import type { PluginVersion } from './plugin-version.ts'

/**
 * The version that Porthole knows and installs first. Newer ones are offered as
 * updates, because AWS has withdrawn two on the day of their release.
 */
export const pinnedPluginVersion: PluginVersion = [1, 2, 896, 0]

/** What AWS publishes for one kind of computer. */
export interface PluginRelease {
  proof: PluginProof
  /** Below the version's folder of the site. */
  file: string
  /** Of the detached signature, where there is one. */
  signatureFile?: string
}

/**
 * The file for a computer, or undefined when AWS has none for it. Windows on
 * ARM runs the program for x64.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html
 */
export function pluginReleaseFor(platform: NodeJS.Platform, architecture: string): PluginRelease | undefined {
  const isArm = architecture === 'arm64'
  if (!isArm && architecture !== 'x64') return undefined
  switch (platform) {
    case 'linux': {
      const file = `${isArm ? 'ubuntu_arm64' : 'ubuntu_64bit'}/session-manager-plugin.deb`
      return { proof: 'openpgp', file, signatureFile: `${file}.sig` }
    }
    case 'darwin':
      return {
        proof: 'apple',
        file: `${isArm ? 'mac_arm64' : 'mac'}/session-manager-plugin.pkg`,
      }
    case 'win32':
      return {
        proof: 'authenticode',
        file: 'windows/SessionManagerPlugin.zip',
      }
    default:
      return undefined
  }
}

/** URL of a file of a release; `site` ends with a slash. */
export function releaseUrl(site: URL, version: string, file: string): URL {
  return new URL(`${version}/${file}`, site)
}

/** URL of the text file that names the newest version. */
export function latestVersionUrl(site: URL): URL {
  return new URL('latest/VERSION', site)
}
