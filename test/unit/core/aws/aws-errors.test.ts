import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { toAwsError } from '../../../../src/core/aws/aws-errors.ts'

const call = {
  action: 'ecs:ExecuteCommand',
  resource: 'arn:aws:ecs:eu-west-1:111122223333:task/web/abc',
  roleName: 'ReadOnly',
  region: 'eu-west-1',
}

/** Shaped as the SDK throws it. */
function sdkError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code })
}

describe('AWS errors', () => {
  test.each([
    [
      sdkError(
        'AccessDeniedException',
        'User: arn:aws:sts::1:assumed-role/R/ana is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:x',
      ),
      { code: 'ACCESS_DENIED', message: 'ReadOnly may not call ecs:ExecuteCommand on arn:aws:ecs:x.' },
    ],
    [
      sdkError('ForbiddenException', 'No access', 403),
      { code: 'ACCESS_DENIED', message: `ReadOnly may not call ecs:ExecuteCommand on ${call.resource}.` },
    ],
    [sdkError('ExpiredTokenException', 'The security token is expired'), { code: 'CREDENTIALS_EXPIRED' }],
    [sdkError('InvalidClientTokenId', 'invalid', 403), { code: 'CREDENTIALS_EXPIRED' }],
    [
      sdkError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
      { code: 'CREDENTIALS_EXPIRED' },
    ],
    [sdkError('UnauthorizedException', 'Session token not found or invalid', 401), { code: 'SSO_EXPIRED' }],
    [sdkError('ThrottlingException', 'Rate exceeded'), { code: 'THROTTLED', retryable: true }],
    [sdkError('TooManyRequestsException', 'HTTP 429', 429), { code: 'THROTTLED', retryable: true }],
    [
      sdkError('TargetNotConnectedException', 'The execute command failed due to an internal error.'),
      { code: 'TARGET_NOT_CONNECTED', retryable: true },
    ],
    [
      sdkError(
        'InvalidParameterException',
        'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again',
      ),
      { code: 'EXEC_NOT_ENABLED' },
    ],
    [
      sdkError('InvalidParameterException', 'Interactive is the only mode supported currently.'),
      { code: 'AWS_ERROR', retryable: false },
    ],
    [
      sdkError('ClusterNotFoundException', 'Cluster not found.'),
      { code: 'NOT_FOUND', message: 'The cluster does not exist in eu-west-1.' },
    ],
    [sdkError('InvalidParameterException', 'The referenced task was not found.'), { code: 'NOT_FOUND' }],
    [sdkError('ServerException', 'Service Unavailable', 503), { code: 'AWS_ERROR', retryable: true }],
    [sdkError('TimeoutError', 'Request timed out', undefined), { code: 'NETWORK', retryable: true }],
    [systemError('ECONNREFUSED'), { code: 'NETWORK', message: 'Amazon ECS cannot be reached.' }],
    [Object.assign(new AggregateError([systemError('ETIMEDOUT')], '')), { code: 'NETWORK', retryable: true }],
    [systemError('SELF_SIGNED_CERT_IN_CHAIN'), { code: 'CERTIFICATE_UNTRUSTED', retryable: false }],
    [
      Object.assign(systemError('ENOTFOUND'), { hostname: 'ecs.eu-west-9.amazonaws.com' }),
      { code: 'HOST_NOT_FOUND', message: 'There is no host named ecs.eu-west-9.amazonaws.com.' },
    ],
    [systemError('EAI_AGAIN'), { code: 'HOST_NOT_FOUND', retryable: true }],
    [sdkError('RequestTimeTooSkewed', 'The difference is too large', 403), { code: 'CLOCK_SKEWED' }],
    [
      sdkError('InvalidSignatureException', 'Signature not yet current: 20261124T1 is still later than', 403),
      { code: 'CLOCK_SKEWED', message: 'AWS did not accept the time of this computer.' },
    ],
    [sdkError('SignatureDoesNotMatch', 'The request signature we calculated', 403), { code: 'AWS_ERROR' }],
    [
      sdkError('InvalidSignatureException', 'The signature we calculated is another', 403),
      { code: 'AWS_ERROR', action: 'Check the clock of this computer, then try again.' },
    ],
    ['not an error', { code: 'AWS_ERROR' }],
  ])('%s', (thrown, expected) => {
    expect(toAwsError(thrown, call).value).toMatchObject(expected)
  })

  test('an error that is already for people stays as it is', () => {
    const error = new PortholeError({ code: 'SSO_EXPIRED', message: 'x' })
    expect(toAwsError(error, call)).toBe(error)
  })

  test('a signature that is refused while the clock is known to be wrong is the clock’s fault', () => {
    const refused = sdkError('SignatureDoesNotMatch', 'The request signature we calculated', 403)
    const minutes = (count: number) => count * 60_000
    expect(toAwsError(refused, { ...call, clockDifference: minutes(7) }).value).toMatchObject({
      code: 'CLOCK_SKEWED',
      message: 'The clock of this computer is 7 min behind AWS.',
    })
    expect(toAwsError(refused, { ...call, clockDifference: minutes(-130) }).value.message).toContain(
      '2 h 10 min ahead of AWS',
    )
    expect(toAwsError(refused, { ...call, clockDifference: minutes(0.5) }).value.code).toBe('AWS_ERROR')
  })

  test('no token gets into the detail', () => {
    const token = `IQoJb3JpZ2luX2VjE${'Ab0/+='.repeat(60)}`
    const { detail } = toAwsError(sdkError('ValidationException', `bad header ${token} given`), call).value
    expect(detail).toBe('ValidationException: bad header [removed] given')
  })
})
