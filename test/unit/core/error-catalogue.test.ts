import { describe, expect, test } from 'vitest'
import { type ErrorCode, type ErrorValue, toErrorValue } from '../../../src/contract/errors.ts'
import type { EndReason } from '../../../src/contract/session.ts'
import { toAwsError } from '../../../src/core/aws/aws-errors.ts'
import { sessionEndOf } from '../../../src/core/data-channel/channel-closed.ts'
import { whyUnsupported } from '../../../src/core/plugin/plugin-version.ts'
import { assertEnginePossible } from '../../../src/core/session/engine-choice.ts'
import { endFromPluginWords } from '../../../src/core/session/plugin-words.ts'

/**
 * The errors that users of ECS Exec meet, as AWS, the agent, the plugin and the
 * SDK word them: each has to be recognised, keep its own words as the detail,
 * and say the next step.
 */

const execute = {
  action: 'ecs:ExecuteCommand',
  resource: 'task/web/4f1c',
  roleName: 'Developer',
  region: 'eu-west-1',
}
const resume = { ...execute, action: 'ssm:ResumeSession', resource: 'ecs-execute-command-1' }
const awsSessionId = 'ecs-execute-command-0123456789abcdefghijklmnop'

function apiError(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } })
}

interface Row {
  /** Its line in the catalogue. */
  name: string
  error: () => ErrorValue | undefined
  code: ErrorCode
  retryable: boolean
  step: RegExp
}

const fromApi =
  (name: string, message: string, status = 400, call = execute) =>
  () =>
    toAwsError(apiError(name, message, status), call).value
const fromChannel =
  (text: string, wasReady = false) =>
  () =>
    sessionEndOf(text, wasReady).error
const fromPlugin =
  (words: string, wasReady = false) =>
  () =>
    endFromPluginWords(words, awsSessionId, wasReady).error

const handshake = 'Encountered error while initiating handshake. '
const kmsFailed =
  'KMSEncryption failed on client with status 2 error: Failed to process action KMSEncryption: '

const catalogue: Row[] = [
  {
    name: 'the agent is not connected',
    error: fromApi(
      'TargetNotConnectedException',
      'The execute command failed due to an internal error. Try again later.',
    ),
    code: 'TARGET_NOT_CONNECTED',
    retryable: true,
    step: /agent.*ssmmessages.*subnet.*AWS_ACCESS_KEY_ID.*read-only.*pidMode/,
  },
  ...["isn't", 'isn’t'].map(
    (word): Row => ({
      name: `exec is off (${word})`,
      error: fromApi(
        'InvalidParameterException',
        `The execute command failed because execute command was not enabled when the task was run or the execute command agent ${word} running. Wait and try again or run a new task with execute command enabled and try again.`,
      ),
      code: 'EXEC_NOT_ENABLED',
      retryable: false,
      step: /Turn exec on/,
    }),
  ),
  {
    name: 'interactive only',
    error: fromApi('InvalidParameterException', 'Interactive is the only mode supported currently.'),
    code: 'AWS_ERROR',
    retryable: false,
    step: /update Porthole/,
  },
  {
    name: 'the caller may not',
    error: fromApi(
      'AccessDeniedException',
      'User: arn:aws:sts::111122223333:assumed-role/Developer/ada is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c',
    ),
    code: 'ACCESS_DENIED',
    retryable: false,
    step: /role.*condition on tags, cluster or container name/,
  },
  {
    name: 'no such cluster',
    error: fromApi('ClusterNotFoundException', 'Cluster not found.'),
    code: 'NOT_FOUND',
    retryable: false,
    step: /account and Region/,
  },
  {
    name: 'AWS has a problem of its own',
    error: fromApi('ServerException', 'Service Unavailable. Please try again later.', 500),
    code: 'AWS_ERROR',
    retryable: true,
    step: /Try again/,
  },
  {
    name: 'AWS has a problem of its own, told with another status',
    error: fromApi('ServerException', 'Service Unavailable. Please try again later.', 400),
    code: 'AWS_ERROR',
    retryable: true,
    step: /Try again/,
  },
  {
    name: 'the task is gone',
    error: fromApi('InvalidParameterException', 'The task provided in the request was not found.'),
    code: 'NOT_FOUND',
    retryable: false,
    step: /replaced by another/,
  },
  {
    name: 'no plugin',
    error: () =>
      thrown(() => assertEnginePossible('plugin', { status: 'missing', searched: ['/usr/local/bin'] })),
    code: 'PLUGIN_MISSING',
    retryable: false,
    step: /built-in engine/,
  },
  {
    name: 'no plugin any more',
    error: fromPlugin('porthole-plugin: 3: /opt/session-manager-plugin: not found'),
    code: 'PLUGIN_MISSING',
    retryable: false,
    step: /built-in engine/,
  },
  {
    name: 'the AWS CLI finds no plugin',
    error: fromPlugin(
      'SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found',
    ),
    code: 'PLUGIN_MISSING',
    retryable: false,
    step: /Install/,
  },
  {
    name: 'macOS refuses the plugin',
    error: fromPlugin('“session-manager-plugin” cannot be opened because the developer cannot be verified.'),
    code: 'PLUGIN_UNSUPPORTED',
    retryable: false,
    step: /1\.2\.814\.0/,
  },
  {
    name: 'a plugin that cannot encrypt',
    error: fromChannel(
      `${handshake}${kmsFailed}Installed version of CLI does not support Session Manager encryption feature. Please upgrade to the latest version of your AWS CLI.`,
    ),
    code: 'HANDSHAKE_FAILED',
    retryable: false,
    step: /built-in engine/,
  },
  {
    name: 'a wrong encryption context',
    error: fromChannel(
      `${handshake}${kmsFailed}Error calling KMS GenerateDataKey API: ValidationException: Invalid EncryptionContext`,
    ),
    code: 'HANDSHAKE_FAILED',
    retryable: true,
    step: /Refresh the list/,
  },
  {
    name: 'the container cannot decrypt',
    error: fromChannel(
      `${handshake}Fetching data key failed: Unable to retrieve data key, Error when decrypting data key InvalidCiphertextException`,
    ),
    code: 'HANDSHAKE_FAILED',
    retryable: false,
    step: /kms:Decrypt.*task role/,
  },
  {
    name: 'the caller cannot get a data key',
    error: fromChannel(
      `${handshake}${kmsFailed}Error calling KMS GenerateDataKey API: AccessDeniedException`,
    ),
    code: 'HANDSHAKE_FAILED',
    retryable: false,
    step: /kms:GenerateDataKey/,
  },
  {
    name: 'the handshake timed out',
    error: fromChannel(
      `${handshake}Handshake timed out. Please ensure that you have the latest version of the session manager plugin.`,
    ),
    code: 'HANDSHAKE_FAILED',
    retryable: true,
    step: /update it or choose the built-in engine/,
  },
  {
    name: 'an unencrypted log group',
    error: fromChannel(
      'We couldn’t start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption.',
    ),
    code: 'EXEC_LOGGING_REFUSED',
    retryable: false,
    step: /Encrypt the log group/,
  },
  {
    name: 'an unencrypted bucket',
    error: fromChannel(
      'We couldn’t start the session because encryption is not set up on the selected Amazon S3 bucket. Either encrypt the bucket or choose an option to enable logging without encryption.',
    ),
    code: 'EXEC_LOGGING_REFUSED',
    retryable: false,
    step: /bucket/,
  },
  {
    name: 'a log group that cannot be checked',
    error: fromChannel(
      'Couldn’t start the session because we are unable to validate encryption on CloudWatch Logs log group. Error: AccessDeniedException',
    ),
    code: 'EXEC_LOGGING_REFUSED',
    retryable: false,
    step: /logs:DescribeLogGroups/,
  },
  {
    name: 'no shell in the image',
    error: fromChannel(
      'Unable to start command: Failed to start pty: fork/exec /bin/bash: no such file or directory',
    ),
    code: 'NO_SHELL_IN_IMAGE',
    retryable: false,
    step: /another shell.*Distroless/,
  },
  {
    name: 'no such program in the image',
    error: fromChannel(
      'Unable to start command: Failed to start pty: exec: "rails": executable file not found in $PATH',
    ),
    code: 'NO_SHELL_IN_IMAGE',
    retryable: false,
    step: /\/bin\/sh.*powershell\.exe/,
  },
  {
    name: 'no shell in the image, through the plugin',
    error: fromPlugin(
      `SessionId: ${awsSessionId} : Unable to start command: Failed to start pty: exec: "bash": executable file not found in $PATH`,
    ),
    code: 'NO_SHELL_IN_IMAGE',
    retryable: false,
    step: /another shell.*Distroless/,
  },
  {
    name: 'a damaged agent',
    error: fromChannel('Plugin with name InteractiveCommands not found. Step name: InteractiveCommands'),
    code: 'AGENT_NOT_RUNNING',
    retryable: true,
    step: /\/tmp.*CPU architecture/,
  },
  {
    name: 'the plugin has no terminal',
    error: fromPlugin('Cannot perform start session: EOF'),
    code: 'PLUGIN_FAILED',
    retryable: true,
    step: /built-in engine/,
  },
  {
    name: 'the agent may not open its channel',
    error: fromChannel(
      'Setting up data channel with id ecs-execute-command-0 failed: failed to create websocket for datachannel with error: CreateDataChannel failed with no output or error: createDataChannel request failed: unexpected response from the service AccessDeniedException: User: arn:aws:sts::1:assumed-role/task/x is not authorized to perform: ssmmessages:CreateDataChannel',
    ),
    code: 'TARGET_NOT_CONNECTED',
    retryable: false,
    step: /task role.*service control policies.*endpoint/,
  },
  {
    name: 'the plugin has no credentials',
    error: fromPlugin('NoCredentialProviders: no valid providers in chain. Deprecated.'),
    code: 'CREDENTIALS_EXPIRED',
    retryable: true,
    step: /Sign in again/,
  },
  {
    name: 'the plugin cannot sign',
    error: fromPlugin('Cannot perform start session: Failed to sign websocket'),
    code: 'CREDENTIALS_EXPIRED',
    retryable: true,
    step: /Sign in again/,
  },
  {
    name: 'the caller may not resume',
    error: fromApi(
      'AccessDeniedException',
      'User: arn:aws:sts::111122223333:assumed-role/Developer/ada is not authorized to perform: ssm:ResumeSession on resource: arn:aws:ssm:eu-west-1:111122223333:session/x',
      400,
      resume,
    ),
    code: 'ACCESS_DENIED',
    retryable: false,
    step: /ask for this permission/,
  },
  {
    name: 'resuming with old credentials',
    error: fromApi(
      'ExpiredTokenException',
      'The security token included in the request is expired',
      403,
      resume,
    ),
    code: 'CREDENTIALS_EXPIRED',
    retryable: true,
    step: /sign in again/,
  },
  {
    name: 'the plugin finds the session over',
    error: fromPlugin(`Session: ${awsSessionId} timed out.`, true),
    code: 'CONNECTION_LOST',
    retryable: true,
    step: /new session/,
  },
  {
    name: 'the plugin loses its socket',
    error: fromPlugin('Cannot perform start session: write tcp 10.0.0.1:1->10.0.0.2:443: broken pipe', true),
    code: 'CONNECTION_LOST',
    retryable: true,
    step: /new session/,
  },
  {
    name: 'the SSO session of a profile has expired',
    error: fromApi(
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
    ),
    code: 'SSO_EXPIRED',
    retryable: false,
    step: /Sign in again/,
  },
  {
    name: 'an SSO token that cannot be refreshed',
    error: fromApi(
      'TokenProviderError',
      'Error when retrieving token from sso: Token has expired and refresh failed',
    ),
    code: 'SSO_EXPIRED',
    retryable: false,
    step: /Sign in again/,
  },
  {
    name: 'a revoked SSO token',
    error: fromApi('UnauthorizedException', 'Session token not found or invalid', 401),
    code: 'SSO_EXPIRED',
    retryable: false,
    step: /Sign in again/,
  },
  ...[
    ['ExpiredTokenException', 'The security token included in the request is expired'],
    ['InvalidClientTokenId', 'The security token included in the request is invalid'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  ].map(
    ([name = '', message = '']): Row => ({
      name: `role credentials: ${name}`,
      error: fromApi(name, message),
      code: 'CREDENTIALS_EXPIRED',
      retryable: true,
      step: /clock/,
    }),
  ),
]

function thrown(action: () => unknown): ErrorValue | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return toErrorValue(error)
  }
}

describe('the error catalogue', () => {
  test.each(catalogue)('$name', ({ error, code, retryable, step }) => {
    const value = error()
    expect(value).toMatchObject({ code, retryable })
    expect(value?.action).toMatch(step)
    // The person who searches for it needs AWS's own words.
    expect(value?.detail?.length).toBeGreaterThan(0)
    expect(value?.message).not.toBe('')
  })

  test('a plugin that cannot read profiles with an SSO session is refused by its version', () => {
    expect(whyUnsupported([1, 2, 463, 0])).toBeDefined()
  })

  test.each<[string, string, boolean, EndReason]>([
    ['exit', '', true, 'exited'],
    ['idle', 'Your session timed out due to inactivity and has been terminated.', true, 'timed-out'],
    ['a command that ends at once', '', false, 'failed'],
    ['an unknown text', 'Something new.', true, 'lost'],
  ])('the end by %s', (_, text, wasReady, reason) => {
    expect(sessionEndOf(text, wasReady).reason).toBe(reason)
    const words =
      text === ''
        ? `Exiting session with sessionId: ${awsSessionId}.`
        : `SessionId: ${awsSessionId} : ${text}`
    expect(endFromPluginWords(words, awsSessionId, wasReady).reason).toBe(reason)
  })
})
