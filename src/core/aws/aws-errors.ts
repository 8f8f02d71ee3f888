import { type ErrorCode, type ErrorValue, PortholeError } from '../../contract/errors.ts'
import { errorCode } from '../files/error-code.ts'
import { certificateProblem } from '../network/connection-problems.ts'
import { clockToleranceMilliseconds, describeDifference } from './clock-difference.ts'

/** What was being done, to name it in the error. */
export interface AwsCall {
  /** IAM action, e.g. `ecs:ListServices`. */
  action: string
  /** ARN or name of the thing it was done to. */
  resource?: string
  /** Name of the role in use. */
  roleName?: string
  region?: string
  /** AWS's time minus this computer's, in milliseconds, when it has been measured. */
  clockDifference?: number | undefined
}

/** Parts of an SDK error that we read; everything in it is text from outside. */
interface Failure {
  name: string
  message: string
  status: number | undefined
  /** Operating system or TLS code of a failed connection. */
  systemCode: string | undefined
  /** The name that could not be looked up. */
  hostName: string | undefined
  throttled: boolean
}

type Rule = (failure: Failure, call: AwsCall) => Omit<ErrorValue, 'detail'> | undefined

/**
 * Turns whatever an SDK client threw into an error that a person can act on.
 * Causes and steps follow AWS's own troubleshooting page and what its users report:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html
 */
export function toAwsError(thrown: unknown, call: AwsCall): PortholeError {
  if (thrown instanceof PortholeError) return thrown
  const failure = readFailure(thrown)
  for (const rule of rules) {
    const value = rule(failure, call)
    if (value) return new PortholeError({ ...value, detail: detailOf(failure) }, { cause: thrown })
  }
  return new PortholeError({ ...otherError(failure, call), detail: detailOf(failure) }, { cause: thrown })
}

const rules: readonly Rule[] = [
  certificateRefused,
  hostNotFound,
  connectionFailed,
  throttled,
  ssoSessionEnded,
  clockSkewed,
  credentialsEnded,
  execNotEnabled,
  targetNotConnected,
  interactiveOnly,
  notFound,
  signatureRefused,
  accessDenied,
]

function certificateRefused({ systemCode }: Failure, call: AwsCall) {
  return certificateProblem(serviceName(call), systemCode)
}

/** `EAI_AGAIN`: the name server did not answer. `ENOTFOUND`: it did, and there is no such name. */
function hostNotFound({ systemCode, hostName }: Failure, call: AwsCall) {
  if (systemCode !== 'ENOTFOUND' && systemCode !== 'EAI_AGAIN') return undefined
  const unanswered = systemCode === 'EAI_AGAIN'
  const host = hostName ?? serviceName(call)
  return {
    code: 'HOST_NOT_FOUND' as const,
    message: unanswered ? `The name ${host} could not be looked up.` : `There is no host named ${host}.`,
    action: unanswered
      ? 'Check the network connection and the VPN, then try again.'
      : 'Check the Region, the endpoint settings and the VPN. Behind a proxy set HTTPS_PROXY.',
    retryable: true,
  }
}

function connectionFailed({ name, systemCode }: Failure, call: AwsCall) {
  const timedOut = name === 'TimeoutError'
  if (!timedOut && !/^(E[A-Z_]+|UND_ERR_\w+)$/.test(systemCode ?? '')) return undefined
  return {
    code: 'NETWORK' as const,
    message: timedOut
      ? `${serviceName(call)} did not answer in time.`
      : `${serviceName(call)} cannot be reached.`,
    action: 'Check the network connection, then try again.',
    retryable: true,
  }
}

function throttled(failure: Failure, call: AwsCall) {
  if (!failure.throttled) return undefined
  return {
    code: 'THROTTLED' as const,
    message: `${serviceName(call)} is limiting how often ${call.action} may be called.`,
    action: 'Wait a moment, then try again.',
    retryable: true,
  }
}

/** The portal's name for it, and the words of credential providers of the SDK and the AWS CLI. */
const ssoSessionEndedText =
  /sso session .* has expired|token has expired and refresh failed|session token not found or invalid/i

function ssoSessionEnded({ name, message }: Failure) {
  if (name !== 'UnauthorizedException' && !ssoSessionEndedText.test(message)) return undefined
  return {
    code: 'SSO_EXPIRED' as const,
    message: 'The sign-in has ended.',
    action: 'Sign in again.',
    retryable: false,
  }
}

/** Names used by query, JSON and REST services for credentials that were valid once, or never. */
const endedCredentials = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidToken',
  'TokenRefreshRequired',
])

function credentialsEnded({ name, message }: Failure, call: AwsCall) {
  const ended =
    endedCredentials.has(name) || /security token included in the request is (invalid|expired)/i.test(message)
  if (!ended) return undefined
  return {
    code: 'CREDENTIALS_EXPIRED' as const,
    message: `The credentials of ${roleOf(call)} are no longer accepted.`,
    action: 'Try again. If it stays, sign in again and check the clock of this computer.',
    retryable: true,
  }
}

/** Names that AWS uses for nothing but a wrong clock. */
const clockNames = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture'])
const clockWords = /signature (expired|not yet current)|request timestamp|too skewed/i

/** A signature is refused for many reasons; the clock is one when AWS says so or when it is seen to be wrong. */
function clockSkewed({ name, message }: Failure, { clockDifference = 0 }: AwsCall) {
  const measured = Math.abs(clockDifference) >= clockToleranceMilliseconds
  const refusedSignature = /Signature|^RequestExpired$|^AuthFailure$/.test(name)
  const saidSo = clockNames.has(name) || (refusedSignature && clockWords.test(message))
  if (!saidSo && !(refusedSignature && measured)) return undefined
  return {
    code: 'CLOCK_SKEWED' as const,
    message: measured
      ? `The clock of this computer is ${describeDifference(clockDifference)}.`
      : 'AWS did not accept the time of this computer.',
    action: 'Set the clock of this computer, then try again.',
    retryable: true,
  }
}

function execNotEnabled({ name, message }: Failure) {
  const refused = /execute command was not enabled|execute command agent isn.t running/i.test(message)
  if (name !== 'InvalidParameterException' || !refused) return undefined
  return {
    code: 'EXEC_NOT_ENABLED' as const,
    message: 'Exec is off for this task, or its exec agent is not running.',
    action: 'Turn exec on for the service and replace the task. If the task has just started, wait a moment.',
    retryable: false,
  }
}

function targetNotConnected({ name }: Failure) {
  if (name !== 'TargetNotConnectedException') return undefined
  return {
    code: 'TARGET_NOT_CONNECTED' as const,
    message: 'The exec agent in the container is not connected to AWS.',
    action:
      'Try again in a moment. If it stays, check in this order: the agent, ssmmessages in the task role, the way out of the subnet, AWS_ACCESS_KEY_ID in the container, a read-only root file system, another shell with pidMode task.',
    retryable: true,
  }
}

/** We always ask for it, so this is a mistake of ours or of something in between. */
function interactiveOnly({ message }: Failure) {
  if (!/interactive is the only mode/i.test(message)) return undefined
  return {
    code: 'AWS_ERROR' as const,
    message: 'Amazon ECS opens interactive sessions only.',
    action: 'Check what changes requests between this computer and AWS, and update Porthole.',
    retryable: false,
  }
}

function notFound({ name, message }: Failure, call: AwsCall) {
  const gone =
    /(NotFoundException|^NoSuch(Bucket|Key))$/.test(name) ||
    /(task|cluster|service)\b.* was not found/i.test(message)
  if (!gone) return undefined
  const where = call.region ? ` in ${call.region}` : ''
  return {
    code: 'NOT_FOUND' as const,
    message: `${/cluster/i.test(name) ? 'The cluster' : (call.resource ?? 'What was asked for')} does not exist${where}.`,
    action:
      'Refresh the list, and check account and Region. A task may have been replaced by another of its service.',
    retryable: false,
  }
}

function accessDenied({ name, message, status }: Failure, call: AwsCall) {
  const denied =
    /^(AccessDenied(Exception)?|ForbiddenException|UnauthorizedOperation|AuthorizationError)$/.test(name)
  if (!denied && status !== 403) return undefined
  const [, action, resource] =
    /not authorized to perform: ([\w:*-]+)(?: on resource: "?([^\s"]+))?/.exec(message) ?? []
  const on = resource ?? call.resource
  return {
    code: 'ACCESS_DENIED' as const,
    message: `${roleOf(call)} may not call ${action ?? call.action}${on ? ` on ${on}` : ''}.`,
    action: /ExecuteCommand/.test(action ?? call.action)
      ? 'Choose another role, or ask for this permission. A condition on tags, cluster or container name may refuse one container and allow another.'
      : 'Choose another role, or ask for this permission.',
    retryable: false,
  }
}

function signatureRefused({ name }: Failure, call: AwsCall) {
  if (!/Signature/.test(name)) return undefined
  return {
    code: 'AWS_ERROR' as const,
    message: `${serviceName(call)} did not accept the signature of ${call.action}.`,
    action: 'Check the clock of this computer, then try again.',
    retryable: true,
  }
}

function otherError({ name, status }: Failure, call: AwsCall): Omit<ErrorValue, 'detail'> {
  const serverSide =
    (status !== undefined && status >= 500) || /^(Server|InternalServer|ServiceUnavailable)/.test(name)
  const code: ErrorCode = 'AWS_ERROR'
  return {
    code,
    message: serverSide
      ? `${serviceName(call)} had a problem of its own with ${call.action}.`
      : `${serviceName(call)} refused ${call.action}.`,
    action: serverSide ? 'Try again in a moment.' : 'Read the detail below.',
    retryable: serverSide,
  }
}

const serviceNames: Record<string, string> = {
  ecs: 'Amazon ECS',
  ssm: 'AWS Systems Manager',
  sts: 'AWS STS',
  logs: 'CloudWatch Logs',
  s3: 'Amazon S3',
  cloudtrail: 'AWS CloudTrail',
  sso: 'IAM Identity Center',
  'sso-oauth': 'IAM Identity Center',
  signin: 'AWS sign-in',
}

function serviceName(call: AwsCall): string {
  return serviceNames[call.action.split(':')[0] ?? ''] ?? 'AWS'
}

function roleOf(call: AwsCall): string {
  return call.roleName ?? 'This identity'
}

/** As in the SDK's retry package; the HTTP status covers the rest. */
const throttlingNames =
  /^(Throttl\w+|TooManyRequests\w*|RequestLimitExceeded|SlowDown(Exception)?|RequestThrottled\w*)$/

function readFailure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) {
    return {
      name: 'Error',
      message: String(thrown),
      status: undefined,
      systemCode: undefined,
      hostName: undefined,
      throttled: false,
    }
  }
  const status = statusOf(thrown)
  return {
    name: thrown.name,
    message: thrown.message,
    status,
    systemCode: systemCodeOf(thrown),
    hostName: 'hostname' in thrown && typeof thrown.hostname === 'string' ? thrown.hostname : undefined,
    throttled: throttlingNames.test(thrown.name) || status === 429,
  }
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null)
    return undefined
  const status = 'httpStatusCode' in error.$metadata ? error.$metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : undefined
}

/** A failed connect to several addresses arrives as an AggregateError whose parts carry the code. */
function systemCodeOf(error: Error): string | undefined {
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  return errorCode(error) ?? (inner === undefined ? undefined : errorCode(inner))
}

/** Enough for any message of AWS, and a bound on what a hostile endpoint can make us show. */
const longestDetailCharacters = 2_000

/** Shorter runs are ids, hashes and host names; tokens and signed URLs are far longer. */
const opaqueRun = /[A-Za-z0-9+/=_~-]{100,}/g

function detailOf({ name, message }: Failure): string {
  return `${name}: ${message}`.replace(opaqueRun, '[removed]').slice(0, longestDetailCharacters)
}
