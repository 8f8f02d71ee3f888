import type { AwsConfig, ConfigSection } from './config-file.ts'
import type { EnvironmentVariables } from './paths.ts'

/** A value together with where somebody wrote it. */
export interface SourcedValue {
  value: string
  /** For people: the variable's name, or the key and its profile. */
  source: string
}

/** The profile that is in force where nobody names one. AWS_DEFAULT_PROFILE is the CLI's old name for it. */
export function activeProfileName(environment: EnvironmentVariables): string {
  return environment.AWS_PROFILE || environment.AWS_DEFAULT_PROFILE || 'default'
}

export function activeProfile(
  config: AwsConfig,
  environment: EnvironmentVariables,
  profileName?: string,
): ConfigSection | undefined {
  return config.section('profile', profileName ?? activeProfileName(environment))
}

/** A setting as the SDKs look it up: the variable, then the profile. An empty one is not set. */
export function findSetting(
  names: { variable: string; key: string },
  environment: EnvironmentVariables,
  profile: ConfigSection | undefined,
): SourcedValue | undefined {
  const variable = environment[names.variable]
  if (variable) return { value: variable, source: names.variable }
  const configured = profile?.values.get(names.key)
  return configured && profile
    ? { value: configured, source: `${names.key} of profile ${profile.name}` }
    : undefined
}

/** As the SDKs read a switch: only the word "true" turns it on. */
export function isOn(setting: Pick<SourcedValue, 'value'> | undefined): boolean {
  return setting?.value.trim().toLowerCase() === 'true'
}
