import { buildDebianPackage } from '../../packages/debian-package.ts'
import type { PluginSite } from './plugin-site.ts'
import type { SigningKey } from './signing-key.ts'

/** Where AWS's packages have the program. */
const programPath = 'usr/local/sessionmanagerplugin/bin/session-manager-plugin'

const packages = {
  x64: { folder: 'ubuntu_64bit', debian: 'amd64' },
  arm64: { folder: 'ubuntu_arm64', debian: 'arm64' },
} as const

/** Names as Node has them. */
export type PluginArchitecture = keyof typeof packages

/**
 * Puts a version on the site as AWS does for Linux: a signed Debian package, and the newest version's name. There is none for macOS and
 * Windows, whose own checks would refuse whatever is not signed by Amazon.
 */
export async function publishPlugin(
  site: PluginSite,
  options: { version: string; architecture: PluginArchitecture; program: Uint8Array; key: SigningKey },
): Promise<void> {
  const { version, architecture, program, key } = options
  const { folder, debian } = packages[architecture]
  const file = `${folder}/session-manager-plugin.deb`
  const deb = await buildDebianPackage({
    name: 'session-manager-plugin',
    version: `${version}-1`,
    architecture: debian,
    files: [{ path: programPath, mode: 0o755, bytes: program }],
  })
  const signature = await key.sign(deb)
  for (const release of [version, 'latest']) {
    site.put(`${release}/${file}`, deb)
    site.put(`${release}/${file}.sig`, signature)
  }
  site.put('latest/VERSION', `${version}\n`)
}
