import type { NamedFile } from '../network/certificate-authorities.ts'
import { absolutePath } from '../network/network.ts'
import type { AwsConfig } from './config-file.ts'
import type { EnvironmentVariables } from './paths.ts'
import { activeProfile } from './profile-settings.ts'

/**
 * The `ca_bundle` of the active profile. A config file that cannot be read is
 * no reason to trust anybody else or to stop: whoever needs it says so.
 */
export function configuredBundle({
  environment,
  homeFolder,
  config,
}: {
  environment: EnvironmentVariables
  homeFolder: string
  config: () => Promise<AwsConfig>
}): () => Promise<NamedFile | undefined> {
  return async () => {
    const read = await config().catch(() => undefined)
    const profile = read && activeProfile(read, environment)
    const file = profile?.values.get('ca_bundle')
    if (!file || !profile) return undefined
    return { file: absolutePath(file, homeFolder), source: `ca_bundle of profile ${profile.name}` }
  }
}
