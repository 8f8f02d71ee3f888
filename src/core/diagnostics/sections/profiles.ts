import { basename } from 'node:path'
import type { DiagnosticRow } from '../../../contract/diagnostics.ts'
import { toErrorValue } from '../../../contract/errors.ts'
import type { ConfigReader } from '../../aws/config-reader.ts'
import type { EnvironmentVariables } from '../../aws/paths.ts'
import { activeProfileName } from '../../aws/profile-settings.ts'
import { type BaseSource, type CredentialPlan, planOf } from '../../profiles/credential-plan.ts'
import { type Profile, profilesOf } from '../../profiles/profile.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'

export interface ProfilesPartDependencies {
  environment: EnvironmentVariables
  configReader: Pick<ConfigReader, 'read'>
  credentialsReader: Pick<ConfigReader, 'read'>
}

/** What every profile gives, and which of its lines make it so. */
export function profilesPart({
  environment,
  configReader,
  credentialsReader,
}: ProfilesPartDependencies): DiagnosticsPart {
  return {
    title: 'Profiles',
    async rows() {
      const [{ config }, { config: credentials }] = await Promise.all([
        configReader.read(),
        credentialsReader.read(),
      ])
      const profiles = profilesOf(config, credentials)
      const active = activeProfileName(environment)
      const hasSession = (name: string) => config.section('sso-session', name) !== undefined
      const rows = [...profiles.values()].map(
        (profile): DiagnosticRow => ({
          label: profile.name === active ? `${profile.name} (in force)` : profile.name,
          ...outcomeOf(profile, profiles, hasSession),
        }),
      )
      if (environment.AWS_PROFILE && !profiles.has(environment.AWS_PROFILE))
        rows.unshift({
          label: environment.AWS_PROFILE,
          value: 'named by AWS_PROFILE, and not in any file',
          tone: 'bad',
        })
      return rows.length > 0 ? rows : [{ label: 'None', value: 'Neither file has a profile' }]
    },
  }
}

function outcomeOf(
  profile: Profile,
  profiles: ReadonlyMap<string, Profile>,
  hasSession: (name: string) => boolean,
): Omit<DiagnosticRow, 'label'> {
  const session = profile.settings.get('sso_session')
  if (session && !hasSession(session))
    return { value: `Names the sso-session "${session}", which is not there`, tone: 'bad' }
  try {
    return explain(profile, planOf(profile.name, profiles))
  } catch (thrown) {
    return { value: toErrorValue(thrown).message, tone: 'bad' }
  }
}

function explain(profile: Profile, plan: CredentialPlan | undefined): Pick<DiagnosticRow, 'value' | 'note'> {
  const region = profile.settings.get('region')
  const where = region ? `, in ${region}` : ''
  if (!plan) return { value: `${centerWords(profile)}${where}`, note: keysThatCount(profile, centerKeys) }
  const steps = plan.steps.map(
    ({ roleArn, mfaSerial }) => `, then ${roleArn}${mfaSerial ? ' with an MFA code' : ''}`,
  )
  return {
    value: `${baseWords(plan.base)}${steps.join('')}${where}`,
    note: keysThatCount(profile, [...roleKeys, ...baseKeys]),
  }
}

/** Never the keys or a command's arguments: those are secrets, or may be. */
function baseWords(base: BaseSource): string {
  switch (base.kind) {
    case 'access-keys':
      return base.keys.sessionToken ? 'Temporary access keys' : 'Access keys'
    case 'process':
      return `The program ${basename(
        base.command
          .trim()
          .split(/\s+/)[0]
          ?.replace(/^["']|["']$/g, '') ?? '',
      )}`
    case 'web-identity':
      return `${base.roleArn} with the token in ${base.tokenFile}`
    case 'console-login':
      return `aws login as ${base.session}`
    case 'identity-center':
      return `Identity Center ${base.identityId.replace(/^\w+:/, '')}, ${base.roleName} in ${base.accountId}`
    case 'environment':
      return 'Environment variables'
    case 'container':
      return 'Container credentials'
    case 'instance':
      return 'Instance metadata'
  }
}

function centerWords({ settings }: Profile): string {
  const session = settings.get('sso_session') ?? settings.get('sso_start_url')
  if (!session) return 'No credentials'
  const role = settings.get('sso_role_name')
  const account = settings.get('sso_account_id')
  return role && account
    ? `Identity Center ${session}, ${role} in ${account}`
    : `Identity Center ${session}, no role: a sign-in only`
}

const roleKeys = ['role_arn', 'source_profile', 'credential_source', 'mfa_serial', 'web_identity_token_file']
const baseKeys = ['aws_access_key_id', 'credential_process', 'login_session', 'sso_session', 'sso_start_url']
const centerKeys = ['sso_session', 'sso_start_url', 'sso_account_id', 'sso_role_name']

function keysThatCount({ file, settings }: Profile, keys: readonly string[]): string {
  const present = keys.filter((key) => settings.has(key))
  return present.length > 0 ? `${present.join(', ')} in ${basename(file)}` : basename(file)
}
