import type { ErrorValue } from '../../contract/errors.ts'
import type { AwsConfig, ConfigSection } from '../aws/config-file.ts'

/** A profile that gets a role's credentials through IAM Identity Center. */
export interface SsoProfile {
  name: string
  /** 1-based line of its header. */
  line: number
  /** Name of its sso-session; absent in the form from before such sections. */
  session?: string
  startUrl?: string
  region?: string
  accountId?: string
  roleName?: string
}

export function ssoProfilesOf(config: AwsConfig): SsoProfile[] {
  return config.sections.filter(({ kind }) => kind === 'profile').flatMap((section) => ssoProfileOf(section))
}

function ssoProfileOf({ name, line, values }: ConfigSection): SsoProfile | [] {
  const optional = (key: string) => values.get(key) || undefined
  const profile = {
    name,
    line,
    session: optional('sso_session'),
    startUrl: optional('sso_start_url'),
    region: optional('sso_region'),
    accountId: optional('sso_account_id'),
    roleName: optional('sso_role_name'),
  }
  return profile.session || profile.startUrl ? profile : []
}

export function isLegacy(profile: SsoProfile): profile is SsoProfile & { startUrl: string } {
  return profile.session === undefined && profile.startUrl !== undefined
}

/** What is wrong with profiles that name a session. The profiles of every other session go on working. */
export function ssoProfileProblems(config: AwsConfig): ErrorValue[] {
  return ssoProfilesOf(config).flatMap((profile) => {
    const problem = profileProblem(profile, config)
    return problem ? [problem] : []
  })
}

function profileProblem(profile: SsoProfile, config: AwsConfig): ErrorValue | undefined {
  if (profile.session === undefined) return undefined
  const where = `[profile ${profile.name}] in line ${profile.line} of ${config.file}`
  const session = config.section('sso-session', profile.session)
  if (!session) {
    return {
      code: 'CONFIG_INVALID',
      message: `${where} names the sso-session "${profile.session}", which is not there.`,
      action: `Add [sso-session ${profile.session}] with sso_start_url and sso_region, or correct the name.`,
      retryable: false,
    }
  }
  const pairs = [
    ['sso_start_url', profile.startUrl],
    ['sso_region', profile.region],
  ] as const
  const differing = pairs.find(([key, own]) => own !== undefined && own !== session.values.get(key))
  if (!differing) return undefined
  return {
    code: 'CONFIG_INVALID',
    message: `${where} has another ${differing[0]} than its sso-session "${profile.session}".`,
    action: `Remove ${differing[0]} from the profile: the session's own counts.`,
    retryable: false,
  }
}
