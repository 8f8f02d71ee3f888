import { readFile } from 'node:fs/promises'
import { type ErrorValue, PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import { type CredentialPlan, planOf } from './credential-plan.ts'
import { type Profile, profilesOf } from './profile.ts'

/** Something that gives credentials for one account and one role, without Identity Center. */
export interface CredentialSourceEntry {
  /** `profile:<name>`, `environment:variables`, ... */
  id: string
  name: string
  /** Absent when it cannot be used, for the reason in `problem`. */
  plan?: CredentialPlan
  problem?: ErrorValue
  /** Where to look first. */
  region?: string
  definedIn?: string
}

export interface ProfileSources {
  /** Profiles in the order of the files, then what the environment provides. Never rejects. */
  all(): Promise<CredentialSourceEntry[]>
  /** @throws {PortholeError} NOT_FOUND, CONFIG_INVALID */
  byId(id: string): Promise<CredentialSourceEntry & { plan: CredentialPlan }>
  /** What is wrong with the credentials file. */
  problems(): Promise<ErrorValue[]>
}

export function createProfileSources({
  configReader,
  credentialsReader,
  environment,
  isEc2,
}: {
  configReader: ConfigReader
  credentialsReader: ConfigReader
  environment: EnvironmentVariables
  isEc2: () => Promise<boolean>
}): ProfileSources {
  async function all(): Promise<CredentialSourceEntry[]> {
    const { config } = await configReader.read()
    const { config: credentials } = await credentialsReader.read()
    const profiles = profilesOf(config, credentials)
    const region = environmentRegion(environment) ?? profiles.get('default')?.settings.get('region')
    const named = [...profiles.values()].flatMap((profile) => profileEntry(profile, profiles, region))
    return [...named, ...environmentEntries(environment, region), ...(await ec2Entries(region))]
  }

  async function ec2Entries(region: string | undefined): Promise<CredentialSourceEntry[]> {
    if (environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true' || !(await isEc2())) return []
    return [entryOf('instance', 'Instance role', region)]
  }

  return {
    all,
    async byId(id) {
      const entry = (await all()).find((candidate) => candidate.id === id)
      if (entry?.plan) return { ...entry, plan: entry.plan }
      if (entry?.problem) throw new PortholeError(entry.problem)
      throw new PortholeError({
        code: 'NOT_FOUND',
        message: `There is no "${id.replace(/^\w+:/, '')}" any more.`,
        action: 'Check the AWS config file and the credentials file.',
      })
    },
    async problems() {
      const { problem } = await credentialsReader.read()
      return problem ? [problem] : []
    },
  }
}

function profileEntry(
  profile: Profile,
  profiles: ReadonlyMap<string, Profile>,
  fallbackRegion: string | undefined,
): CredentialSourceEntry | [] {
  const region = profile.settings.get('region') || fallbackRegion
  const entry = {
    id: `profile:${profile.name}`,
    name: profile.name,
    definedIn: profile.file,
    ...(region ? { region } : {}),
  }
  try {
    const plan = planOf(profile.name, profiles)
    return plan ? { ...entry, plan } : []
  } catch (error) {
    return { ...entry, problem: toErrorValue(error) }
  }
}

/** What programs that run in AWS, or were started by a script, are given. */
function environmentEntries(
  environment: EnvironmentVariables,
  region: string | undefined,
): CredentialSourceEntry[] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = environment
  const hasContainer =
    environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || environment.AWS_CONTAINER_CREDENTIALS_FULL_URI
  const sessionName = environment.AWS_ROLE_SESSION_NAME
  return [
    ...(AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? [entryOf('environment', 'Environment variables', region)]
      : []),
    ...(tokenFile && roleArn
      ? [
          {
            ...entryOf('environment', 'Web identity', region),
            id: 'environment:web-identity',
            plan: {
              kind: 'web-identity' as const,
              base: {
                kind: 'web-identity' as const,
                tokenFile,
                roleArn,
                ...(sessionName ? { sessionName } : {}),
              },
              steps: [],
            },
          },
        ]
      : []),
    ...(hasContainer ? [entryOf('container', 'Container role', region)] : []),
  ]
}

function entryOf(
  kind: 'environment' | 'container' | 'instance',
  name: string,
  region: string | undefined,
): CredentialSourceEntry {
  const id = kind === 'environment' ? 'environment:variables' : `environment:${kind}`
  return { id, name, plan: { kind, base: { kind }, steps: [] }, ...(region ? { region } : {}) }
}

export function environmentRegion(environment: EnvironmentVariables): string | undefined {
  return environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined
}

/**
 * Whether this computer is an EC2 instance, without asking the network: the
 * firmware says so (documented as "Identify EC2 instances" for Linux), or
 * somebody named a metadata endpoint.
 */
export async function looksLikeEc2(environment: EnvironmentVariables): Promise<boolean> {
  if (environment.AWS_EC2_METADATA_SERVICE_ENDPOINT) return true
  const vendor = await readFile('/sys/class/dmi/id/sys_vendor', 'utf8').catch(() => '')
  return vendor.trim() === 'Amazon EC2'
}
