import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import type { ConsoleLogins } from './console-login.ts'
import type { BaseSource } from './credential-plan.ts'
import { processCredentials } from './credential-process.ts'

/** The credentials at the beginning of a plan. */
export interface BaseCredentials {
  /**
   * @param of for errors, and where to ask
   * @throws {PortholeError} CREDENTIALS_UNAVAILABLE, SSO_EXPIRED, NETWORK, ...
   */
  get(base: BaseSource, of: SourceOwner): Promise<RoleCredentials>
}

export interface SourceOwner {
  /** For people. */
  name: string
  /** The profile whose endpoints count, when it is one. */
  profile: string | undefined
  region: string
}

export interface BaseCredentialsDependencies {
  environment: EnvironmentVariables
  connection: AwsConnection
  consoleLogins: ConsoleLogins
  /** Role credentials of Identity Center. */
  centerCredentials(role: {
    identityId: string
    accountId: string
    roleName: string
    region: string
  }): Promise<RoleCredentials>
}

/** Metadata services are on this computer or the next one: they answer at once or never. */
const metadataTimeoutMilliseconds = 2_000
const metadataRetries = 2

/** The SDK's own shape. */
interface SdkCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

export function createBaseCredentials(dependencies: BaseCredentialsDependencies): BaseCredentials {
  const { environment, connection, consoleLogins, centerCredentials } = dependencies

  async function webIdentity(
    base: Extract<BaseSource, { kind: 'web-identity' }>,
    { region, profile }: SourceOwner,
  ) {
    const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity')
    const clientConfig = await connection.clientOptions('sts', region, profile)
    const { tokenFile, roleArn, sessionName } = base
    return fromTokenFile({
      webIdentityTokenFile: tokenFile,
      roleArn,
      roleSessionName: sessionName ?? 'porthole',
      clientConfig,
    })()
  }

  async function container() {
    const { fromHttp } = await import('@aws-sdk/credential-provider-http')
    return fromHttp({
      timeout: metadataTimeoutMilliseconds,
      maxRetries: metadataRetries,
      awsContainerCredentialsRelativeUri: environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
      awsContainerCredentialsFullUri: environment.AWS_CONTAINER_CREDENTIALS_FULL_URI,
      awsContainerAuthorizationToken: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN,
      awsContainerAuthorizationTokenFile: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
    })()
  }

  async function instance() {
    const { fromInstanceMetadata } = await import('@smithy/credential-provider-imds')
    return fromInstanceMetadata({
      timeout: metadataTimeoutMilliseconds,
      maxRetries: metadataRetries,
      // The first version answers anybody who can make the computer send a request.
      ec2MetadataV1Disabled: true,
    })()
  }

  async function load(base: BaseSource, of: SourceOwner) {
    switch (base.kind) {
      case 'access-keys':
        return base.keys
      case 'environment':
        return environmentKeys(environment)
      case 'process':
        return processCredentials({ ...base, profile: of.name }, environment)
      case 'console-login':
        return consoleLogins.credentials({ session: base.session, profile: of.name, region: of.region })
      case 'identity-center':
        return centerCredentials({ ...base, region: of.region })
      case 'web-identity':
        return fromSdk(await webIdentity(base, of))
      case 'container':
        return fromSdk(await container())
      case 'instance':
        return fromSdk(await instance())
    }
  }

  return {
    async get(base, of) {
      try {
        return await load(base, of)
      } catch (error) {
        throw toSourceError(error, base, of.name)
      }
    },
  }
}

function environmentKeys(environment: EnvironmentVariables): RoleCredentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    }
  }
  throw new PortholeError({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set.',
    action: 'Set them, then start Porthole again.',
  })
}

function fromSdk({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration,
}: SdkCredentials): RoleCredentials {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    ...(expiration ? { expiresAt: expiration.getTime() } : {}),
  }
}

const sourceWords: Partial<Record<BaseSource['kind'], string>> = {
  'web-identity': 'The web identity token',
  container: 'The container’s credential service',
  instance: 'The EC2 metadata service',
}

/** The providers throw errors of many kinds; those of an AWS call keep their own explanation. */
function toSourceError(error: unknown, base: BaseSource, profile: string): PortholeError {
  if (error instanceof PortholeError) return error
  if (error instanceof Error && '$metadata' in error)
    return toAwsError(error, { action: 'sts:AssumeRoleWithWebIdentity', resource: `profile ${profile}` })
  return new PortholeError(
    {
      code: 'CREDENTIALS_UNAVAILABLE',
      message: `${sourceWords[base.kind] ?? 'The source'} of "${profile}" gave no credentials.`,
      detail: error instanceof Error ? error.message.slice(0, 500) : String(error),
      action: 'Check that it can be reached from here and gives a role.',
      retryable: true,
    },
    { cause: error },
  )
}
