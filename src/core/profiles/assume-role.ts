import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { RoleStep } from './credential-plan.ts'

/** Asks the person for the code of their MFA device. Rejects when they call it off. */
export type AskForCode = (
  request: { device: string; profile: string },
  problem: PortholeError | undefined,
) => Promise<string>

/** What the role's owner sees in CloudTrail when the profile names no session. */
const ownSessionName = 'porthole'

/**
 * Assumes the role of one step. A wrong code is asked for again.
 *
 * @throws {PortholeError} MFA_NEEDED when a code is needed and nobody can be asked, ACCESS_DENIED, NETWORK, ...
 */
export async function assumeRole(
  step: RoleStep,
  source: RoleCredentials,
  { connection, region, ask }: { connection: AwsConnection; region: string; ask: AskForCode | undefined },
): Promise<RoleCredentials> {
  if (!step.mfaSerial) return callAssumeRole(step, source, connection, region, undefined)
  if (!ask) throw codeNeeded(step)
  let problem: PortholeError | undefined
  for (;;) {
    const code = await ask({ device: step.mfaSerial, profile: step.profile }, problem)
    try {
      return await callAssumeRole(step, source, connection, region, code.replace(/\s/g, ''))
    } catch (error) {
      if (!isCodeRefused(error)) throw error
      problem = wrongCode(error)
    }
  }
}

async function callAssumeRole(
  step: RoleStep,
  { expiresAt: _, ...keys }: RoleCredentials,
  connection: AwsConnection,
  region: string,
  code: string | undefined,
): Promise<RoleCredentials> {
  const options = await connection.clientOptions('sts', step.region ?? region, step.profile)
  const { STS } = await import('@aws-sdk/client-sts')
  const sts = new STS({ ...options, credentials: keys })
  try {
    const { Credentials } = await sts.assumeRole({
      RoleArn: step.roleArn,
      RoleSessionName: step.sessionName ?? ownSessionName,
      ...(step.externalId ? { ExternalId: step.externalId } : {}),
      ...(step.durationSeconds ? { DurationSeconds: step.durationSeconds } : {}),
      ...(code ? { SerialNumber: step.mfaSerial, TokenCode: code } : {}),
    })
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw incomplete(step)
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration ? { expiresAt: Expiration.getTime() } : {}),
    }
  } catch (error) {
    throw toAwsError(error, { action: 'sts:AssumeRole', resource: step.roleArn, region })
  }
}

/** STS refuses a malformed code as a validation error and a wrong one as an access denied like any other. */
function isCodeRefused(error: unknown): error is PortholeError {
  return (
    error instanceof PortholeError &&
    /MultiFactorAuthentication failed|ValidationError.*tokenCode/is.test(error.value.detail ?? '')
  )
}

function wrongCode(cause: PortholeError): PortholeError {
  return new PortholeError(
    {
      code: 'MFA_NEEDED',
      message: 'AWS did not take this code.',
      ...(cause.value.detail ? { detail: cause.value.detail } : {}),
      action: 'Wait for the next code of the device. Each works once.',
    },
    { cause },
  )
}

function codeNeeded({ profile }: RoleStep): PortholeError {
  return new PortholeError({
    code: 'MFA_NEEDED',
    message: `Profile "${profile}" needs a code of its MFA device.`,
    action: 'Sign in again.',
  })
}

function incomplete({ roleArn }: RoleStep): PortholeError {
  return new PortholeError({
    code: 'AWS_ERROR',
    message: `AWS STS gave no complete credentials for ${roleArn}.`,
    action: 'Try again.',
    retryable: true,
  })
}
