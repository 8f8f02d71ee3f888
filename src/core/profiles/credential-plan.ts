import { PortholeError } from '../../contract/errors.ts'
import type { IdentityKind } from '../../contract/identity.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Profile } from './profile.ts'

/** Where the first credentials come from, before any role is assumed with them. */
export type BaseSource =
  | { kind: 'access-keys'; keys: RoleCredentials }
  | { kind: 'process'; command: string }
  | { kind: 'web-identity'; roleArn: string; tokenFile: string; sessionName?: string }
  | { kind: 'console-login'; session: string }
  | { kind: 'identity-center'; identityId: string; accountId: string; roleName: string }
  | { kind: 'environment' | 'container' | 'instance' }

/** One AssumeRole call. */
export interface RoleStep {
  /** Name of the profile that asks for it. */
  profile: string
  roleArn: string
  sessionName?: string
  externalId?: string
  durationSeconds?: number
  /** Serial number or ARN of an MFA device whose code is needed. */
  mfaSerial?: string
  region?: string
}

/** How a profile's credentials come about: a source, then roles, each assumed with what came before. */
export interface CredentialPlan {
  kind: Exclude<IdentityKind, 'identity-center'>
  base: BaseSource
  steps: RoleStep[]
}

/** A chain of people's own making; the CLI has no limit, and a longer one is a mistake. */
const longestChain = 10

/**
 * Follows a profile to its source, by the rules of the SDK's `fromIni`: a role
 * before keys, keys before a token file, then a process, Identity Center, `aws login`.
 *
 * @returns undefined for a profile without credentials, or of Identity Center, which is an identity of its own
 * @throws {PortholeError} CONFIG_INVALID naming the profile and its line
 */
export function planOf(name: string, profiles: ReadonlyMap<string, Profile>): CredentialPlan | undefined {
  const steps: RoleStep[] = []
  const visited = new Set<string>()
  let profile = requireProfile(name, profiles, undefined)
  for (;;) {
    visited.add(profile.name)
    // Who gives credentials to a role gives the keys it has; a role of its own is for others.
    const keys = steps.length > 0 ? keysOf(profile) : undefined
    if (keys) return planWith(keys, steps)
    const step = roleStepOf(profile)
    if (!step) break
    steps.unshift(step.role)
    if ('base' in step) return { kind: 'assumed-role', base: step.base, steps }
    const source = requireProfile(step.sourceProfile, profiles, profile)
    // A role may be assumed with the keys beside it, and only with those.
    if (source.name === profile.name) return planWith(requireBase(keysOf(profile), profile), steps)
    if (visited.has(source.name))
      throw invalid(profile, `leads back to itself: ${[...visited, source.name].join(', ')}`)
    if (visited.size >= longestChain)
      throw invalid(profile, `is the end of more than ${longestChain} profiles`)
    profile = source
  }
  const base = baseOf(profile)
  if (steps.length > 0) return planWith(requireBase(base, profile), steps)
  return base && base.kind !== 'identity-center' ? planWith(base, steps) : undefined
}

function planWith(base: BaseSource, steps: RoleStep[]): CredentialPlan {
  if (steps.length > 0) return { kind: 'assumed-role', base, steps }
  if (base.kind === 'identity-center') throw new Error('A plan of Identity Center has a role to assume.')
  return { kind: base.kind, base, steps }
}

type FoundStep = { role: RoleStep } & ({ base: BaseSource } | { sourceProfile: string })

function roleStepOf(profile: Profile): FoundStep | undefined {
  const { settings } = profile
  const roleArn = settings.get('role_arn')
  const sourceProfile = settings.get('source_profile')
  const credentialSource = settings.get('credential_source')
  if (!roleArn || settings.get('web_identity_token_file')) return undefined
  if (sourceProfile && credentialSource)
    throw invalid(profile, 'has a source_profile and a credential_source; only one can count')
  const role = roleOf(profile, roleArn)
  if (sourceProfile) return { role, sourceProfile }
  if (credentialSource) return { role, base: namedSource(profile, credentialSource) }
  throw invalid(profile, 'has a role_arn but neither a source_profile nor a credential_source')
}

function roleOf({ name, settings }: Profile, roleArn: string): RoleStep {
  const durationSeconds = Number(settings.get('duration_seconds'))
  return {
    profile: name,
    roleArn,
    ...optional('sessionName', settings.get('role_session_name')),
    ...optional('externalId', settings.get('external_id')),
    ...optional('mfaSerial', settings.get('mfa_serial')),
    ...optional('region', settings.get('region')),
    ...(durationSeconds > 0 ? { durationSeconds } : {}),
  }
}

const namedSources = {
  Environment: 'environment',
  EcsContainer: 'container',
  Ec2InstanceMetadata: 'instance',
} as const

function namedSource(profile: Profile, name: string): BaseSource {
  if (Object.hasOwn(namedSources, name)) return { kind: namedSources[name as keyof typeof namedSources] }
  throw invalid(
    profile,
    `has the credential_source "${name}"; it must be ${Object.keys(namedSources).join(', ')}`,
  )
}

function baseOf(profile: Profile): BaseSource | undefined {
  const { settings } = profile
  const keys = keysOf(profile)
  if (keys) return keys
  const tokenFile = settings.get('web_identity_token_file')
  if (tokenFile) {
    const roleArn = settings.get('role_arn')
    if (!roleArn) throw invalid(profile, 'has a web_identity_token_file but no role_arn')
    return {
      kind: 'web-identity',
      roleArn,
      tokenFile,
      ...optional('sessionName', settings.get('role_session_name')),
    }
  }
  const command = settings.get('credential_process')
  if (command) return { kind: 'process', command }
  const center = centerOf(profile)
  if (center) return center
  const session = settings.get('login_session')
  return session ? { kind: 'console-login', session } : undefined
}

function keysOf(profile: Profile): Extract<BaseSource, { kind: 'access-keys' }> | undefined {
  const accessKeyId = profile.settings.get('aws_access_key_id')
  const secretAccessKey = profile.settings.get('aws_secret_access_key')
  if (!accessKeyId && !secretAccessKey) return undefined
  if (!accessKeyId || !secretAccessKey)
    throw invalid(profile, `has no ${accessKeyId ? 'aws_secret_access_key' : 'aws_access_key_id'}`)
  const sessionToken = profile.settings.get('aws_session_token')
  return {
    kind: 'access-keys',
    keys: { accessKeyId, secretAccessKey, ...optional('sessionToken', sessionToken) },
  }
}

/** A profile of Identity Center without a role gives a token but no credentials. */
function centerOf({ settings }: Profile): BaseSource | undefined {
  const session = settings.get('sso_session')
  const startUrl = settings.get('sso_start_url')
  const accountId = settings.get('sso_account_id')
  const roleName = settings.get('sso_role_name')
  if (!(session || startUrl) || !accountId || !roleName) return undefined
  const identityId = session ? `sso:${session}` : `legacy:${startUrl}`
  return { kind: 'identity-center', identityId, accountId, roleName }
}

function requireBase(base: BaseSource | undefined, profile: Profile): BaseSource {
  if (base) return base
  throw invalid(profile, 'is to give credentials to another profile but has none')
}

function requireProfile(
  name: string,
  profiles: ReadonlyMap<string, Profile>,
  from: Profile | undefined,
): Profile {
  const profile = profiles.get(name)
  if (profile) return profile
  if (from) throw invalid(from, `names the source_profile "${name}", which is not there`)
  throw new PortholeError({
    code: 'NOT_FOUND',
    message: `There is no profile "${name}".`,
    action: 'Check the AWS config file and the credentials file.',
  })
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return (value ? { [key]: value } : {}) as { [K in Key]?: string }
}

function invalid(profile: Profile, what: string): PortholeError {
  return new PortholeError({
    code: 'CONFIG_INVALID',
    message: `${profile.where} ${what}.`,
    action: 'Correct it, then try again.',
  })
}
