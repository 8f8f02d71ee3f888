import { AwsError } from '../http/aws-error.ts'

/** S3 has names and status codes of its own for what every service refuses. */
const names: Readonly<Record<string, { code: string; status: number }>> = {
  MissingAuthenticationTokenException: { code: 'AccessDenied', status: 403 },
  IncompleteSignatureException: { code: 'AuthorizationHeaderMalformed', status: 400 },
  UnrecognizedClientException: { code: 'InvalidAccessKeyId', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 400 },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  ThrottlingException: { code: 'SlowDown', status: 503 },
  InternalFailure: { code: 'InternalError', status: 500 },
}

/** The same refusal as S3 words it; its own ones stay as they are. */
export function asS3Error(error: AwsError): AwsError {
  const own = Object.hasOwn(names, error.code) ? names[error.code] : undefined
  if (own === undefined) return error
  // Of a clock that is wrong S3 has a name of its own, of all others only this one.
  if (own.code === 'SignatureDoesNotMatch' && /Signature (expired|not yet current)/.test(error.message))
    return new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    )
  return new AwsError(own.code, error.message, own.status, error.members)
}

export function noSuchBucket(name: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name })
}

export function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key })
}

export function accessDenied(message = 'Access Denied'): AwsError {
  return new AwsError('AccessDenied', message, 403)
}

/** The Region of a bucket is public: whoever asks in another one is told. */
export function elsewhere(bucket: string, region: string): AwsError {
  return new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
  )
}
