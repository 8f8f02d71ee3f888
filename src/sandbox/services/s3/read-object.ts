import { AwsError } from '../http/aws-error.ts'
import type { HttpAnswer } from '../http/exchange.ts'
import { isAllowed } from '../identity/policy.ts'
import type { StoredObject } from './object-store.ts'
import { accessDenied, noSuchKey } from './s3-errors.ts'
import { targetOf } from './s3-request.ts'
import type { S3Call } from './s3-service.ts'

/**
 * GetObject and HeadObject, whole or a range. Of a key that is not there only
 * those are told who may list the bucket; others are denied.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function answerObject({ exchange, caller, bucket, may }: S3Call): HttpAnswer {
  const { key = '' } = targetOf(exchange)
  const object = bucket.objects.get(key)
  if (object === undefined) throw may('s3:ListBucket') ? noSuchKey(key) : accessDenied()
  const { encryption, keyArn } = bucket
  if (keyArn !== undefined && !isAllowed(caller.policy, { action: 'kms:Decrypt', resource: keyArn })) {
    throw accessDenied(
      `User: ${caller.arn} is not authorized to perform: kms:Decrypt on resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
    )
  }
  const range = rangeOf(exchange.headers.range, object)
  const body = object.body.subarray(range?.from ?? 0, range?.to)
  return {
    status: range === undefined ? 200 : 206,
    contentType: object.contentType,
    headers: {
      'accept-ranges': 'bytes',
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modifiedAt).toUTCString(),
      ...(encryption !== 'none' && { 'x-amz-server-side-encryption': encryption }),
      ...(keyArn !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': keyArn }),
      ...(range && { 'content-range': `bytes ${range.from}-${range.to - 1}/${object.body.byteLength}` }),
    },
    body,
    headersOnly: exchange.method === 'HEAD',
  }
}

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; what S3 does not understand it ignores. */
function rangeOf(header: string | undefined, object: StoredObject): { from: number; to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const length = object.body.byteLength
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1)
  if (from < to) return { from, to }
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416)
}
