import type { AwsConfig, ConfigSection } from '../aws/config-file.ts'

/** A profile as config file and credentials file together describe it. */
export interface Profile {
  name: string
  /** Absolute path of the file it was found in first. */
  file: string
  /** For errors: which section, in which line of which file. */
  where: string
  /** Keys in lower case. Where both files have one, the credentials file counts, as for the CLI. */
  settings: ReadonlyMap<string, string>
}

/** All profiles by name, in the order of the files. */
export function profilesOf(config: AwsConfig, credentials: AwsConfig): Map<string, Profile> {
  const profiles = new Map<string, Profile>()
  for (const section of config.sections) if (section.kind === 'profile') add(section, config.file)
  for (const section of credentials.sections)
    if (isCredentialsProfile(section)) add(section, credentials.file)
  return profiles

  function add({ name, line, values }: ConfigSection, file: string): void {
    const known = profiles.get(name)
    const settings = new Map([...(known?.settings ?? []), ...values])
    const where = known?.where ?? `Profile "${name}" in line ${line} of ${file}`
    profiles.set(name, { name, file: known?.file ?? file, where, settings })
  }
}

/** The credentials file has `[name]` where the config file has `[profile name]`. */
function isCredentialsProfile({ kind, name }: ConfigSection): boolean {
  return kind === 'other' || (kind === 'profile' && name === 'default')
}
