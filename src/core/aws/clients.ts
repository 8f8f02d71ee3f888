import type { CloudTrail } from '@aws-sdk/client-cloudtrail'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { EC2 } from '@aws-sdk/client-ec2'
import type { ECS } from '@aws-sdk/client-ecs'
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { IAM } from '@aws-sdk/client-iam'
import type { KMS } from '@aws-sdk/client-kms'
import type { S3 } from '@aws-sdk/client-s3'
import type { SSM } from '@aws-sdk/client-ssm'
import type { STS } from '@aws-sdk/client-sts'
import { PortholeError } from '../../contract/errors.ts'
import { type Scope, scopeKey } from '../../contract/identity.ts'
import { type AwsCall, toAwsError } from './aws-errors.ts'
import type { AwsClientOptions, AwsConnection } from './connection.ts'
import type { RoleCredentials } from './credentials.ts'

/** The services that are called with a scope's role credentials. */
export interface ScopedClients {
  ecs: ECS
  ssm: SSM
  sts: STS
  logs: CloudWatchLogs
  cloudtrail: CloudTrail
  iam: IAM
  ec2: EC2
  elb: ElasticLoadBalancingV2
  kms: KMS
  s3: S3
}

/** SDK clients per scope, made on first use. */
export interface AwsClients extends Disposable {
  client<Name extends keyof ScopedClients>(name: Name, scope: Scope): Promise<ScopedClients[Name]>
  /**
   * Makes a call whose failure is an error for people. Credentials that AWS no
   * longer accepts are fetched anew once.
   *
   * @throws {PortholeError} see aws-errors.ts
   */
  call<Name extends keyof ScopedClients, Answer>(
    name: Name,
    scope: Scope,
    what: Pick<AwsCall, 'action' | 'resource'>,
    use: (client: ScopedClients[Name]) => Promise<Answer>,
  ): Promise<Answer>
}

/** Where role credentials come from. The sign-in service is one. */
export interface CredentialSource {
  /** Valid for some minutes at least. @throws {PortholeError} SSO_EXPIRED, SSO_NOT_SIGNED_IN, ACCESS_DENIED, ... */
  credentials(scope: Scope): Promise<RoleCredentials>
  /** AWS refused what `credentials` gave: the next call fetches new ones. */
  forgetCredentials(scope: Scope): void
}

type OptionsWithCredentials = AwsClientOptions & { credentials: () => Promise<SdkCredentials> }

/** The SDK's own shape. */
interface SdkCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/** SDK packages are loaded on first use: all of them together cost 0.3 s at start-up. */
const makers: {
  [Name in keyof ScopedClients]: (options: OptionsWithCredentials) => Promise<ScopedClients[Name]>
} = {
  ecs: async (options) => new (await import('@aws-sdk/client-ecs')).ECS(options),
  ssm: async (options) => new (await import('@aws-sdk/client-ssm')).SSM(options),
  sts: async (options) => new (await import('@aws-sdk/client-sts')).STS(options),
  logs: async (options) => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(options),
  cloudtrail: async (options) => new (await import('@aws-sdk/client-cloudtrail')).CloudTrail(options),
  iam: async (options) => new (await import('@aws-sdk/client-iam')).IAM(options),
  ec2: async (options) => new (await import('@aws-sdk/client-ec2')).EC2(options),
  elb: async (options) =>
    new (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2(options),
  kms: async (options) => new (await import('@aws-sdk/client-kms')).KMS(options),
  s3: async (options) => new (await import('@aws-sdk/client-s3')).S3(options),
}

export function createAwsClients({
  connection,
  credentials,
  profileOf,
}: {
  connection: AwsConnection
  credentials: CredentialSource
  /** The profile of a scope's identity, when a profile is one: its endpoints are then the ones that count. */
  profileOf?: (scope: Scope) => string | undefined
}): AwsClients {
  type Made = { [Name in keyof ScopedClients]?: Promise<ScopedClients[Name]> }
  const scopes = new Map<string, Made>()

  async function make<Name extends keyof ScopedClients>(name: Name, scope: Scope) {
    const options = await connection.clientOptions(name, scope.region, profileOf?.(scope))
    return makers[name]({ ...options, credentials: askedEveryTime(credentials, scope) })
  }

  async function client<Name extends keyof ScopedClients>(
    name: Name,
    scope: Scope,
  ): Promise<ScopedClients[Name]> {
    const key = scopeKey(scope)
    const made: Made = scopes.get(key) ?? {}
    scopes.set(key, made)
    const existing: Promise<ScopedClients[Name]> | undefined = made[name]
    if (existing) return existing
    const created = make(name, scope)
    made[name] = created as Made[Name]
    created.catch(() => delete made[name])
    return created
  }

  async function attempt<Name extends keyof ScopedClients, Answer>(
    name: Name,
    scope: Scope,
    what: Pick<AwsCall, 'action' | 'resource'>,
    use: (client: ScopedClients[Name]) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await use(await client(name, scope))
    } catch (error) {
      const { roleName, region } = scope
      const clockDifference = connection.clockDifference.state().differenceMilliseconds
      throw toAwsError(error, { ...what, roleName, region, clockDifference })
    }
  }

  return {
    client,
    async call(name, scope, what, use) {
      try {
        return await attempt(name, scope, what, use)
      } catch (error) {
        if (!isCredentialsExpired(error)) throw error
        credentials.forgetCredentials(scope)
        return attempt(name, scope, what, use)
      }
    },
    [Symbol.dispose]: () => scopes.clear(),
  }
}

function isCredentialsExpired(error: unknown): boolean {
  return error instanceof PortholeError && error.value.code === 'CREDENTIALS_EXPIRED'
}

/**
 * The SDK would keep what it got until shortly before its end, also for whoever
 * signs in next. The source has a cache of its own and knows when it is void.
 */
function askedEveryTime(source: CredentialSource, scope: Scope): () => Promise<SdkCredentials> {
  const provider = async () => toSdkCredentials(await source.credentials(scope))
  return Object.assign(provider, { memoized: true })
}

function toSdkCredentials({ expiresAt, ...keys }: RoleCredentials): SdkCredentials {
  return expiresAt === undefined ? keys : { ...keys, expiration: new Date(expiresAt) }
}
