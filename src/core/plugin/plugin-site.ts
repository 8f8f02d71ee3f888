import { readFile } from 'node:fs/promises'
import { PortholeError } from '../../contract/errors.ts'
import { isLoopbackHost, requireSafeUrl } from '../aws/loopback.ts'
import { awsKeyFingerprint, type TrustedKey } from './install/openpgp-signature.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/install-plugin-linux.html */
const awsSite = 'https://s3.amazonaws.com/session-manager-downloads/plugin/'

/** Another place to download from, such as a company's mirror. What it serves must still be signed by AWS. */
const siteVariable = 'PORTHOLE_PLUGIN_SITE'

/** Another key to trust, for a site on this very computer and for no other. */
const keyFileVariable = 'PORTHOLE_PLUGIN_KEY_FILE'

/** Where the plugin comes from, and which key its packages for Linux are signed with. */
export interface PluginSite {
  /** Ends with a slash. */
  url: URL
  key(): Promise<TrustedKey>
}

/**
 * AWS's site, unless the environment names another one. A key of somebody's own
 * counts only for a site on this computer: whoever can serve there can run
 * programs here anyway, so it opens no way for anyone else.
 *
 * @param awsKeyFile AWS's public key, shipped with Porthole
 * @throws {PortholeError} INVALID_REQUEST, ENDPOINT_REFUSED
 */
export function pluginSite(
  environment: Readonly<Record<string, string | undefined>>,
  awsKeyFile: string,
): PluginSite {
  const url = requireSafeUrl(environment[siteVariable] || awsSite, siteVariable)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  const ownKeyFile = environment[keyFileVariable]
  if (ownKeyFile && !isLoopbackHost(url.hostname))
    throw new PortholeError({
      code: 'ENDPOINT_REFUSED',
      message: `${keyFileVariable} is not used with ${url.host}: only AWS’s own key counts for a plugin from another computer.`,
      action: `Remove ${keyFileVariable} from the environment, then start Porthole again.`,
    })
  return {
    url,
    key: ownKeyFile
      ? async () => ({ armored: await readKey(ownKeyFile), fingerprint: undefined })
      : async () => ({ armored: await readKey(awsKeyFile), fingerprint: awsKeyFingerprint }),
  }
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    throw new PortholeError({
      code: 'PLUGIN_REFUSED',
      message: 'The key that the plugin is checked with cannot be read.',
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      action: 'Install Porthole again, or use the built-in engine: it needs no plugin.',
    })
  }
}
