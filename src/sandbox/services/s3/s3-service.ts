import type { Faults } from '../faults.ts'
import { AwsError } from '../http/aws-error.ts'
import type { Exchange, HttpAnswer } from '../http/exchange.ts'
import { toAwsError } from '../http/json-protocol.ts'
import { escapeXml, membersXml, type XmlMembers } from '../http/query-protocol.ts'
import type { Principal } from '../identity/access-keys.ts'
import { isAllowed } from '../identity/policy.ts'
import type { VerifiedCaller } from '../signing/verify-signature.ts'
import { listObjects } from './list-objects.ts'
import type { Bucket, ObjectStore } from './object-store.ts'
import { answerObject } from './read-object.ts'
import { accessDenied, asS3Error, elsewhere, noSuchBucket } from './s3-errors.ts'
import { targetOf } from './s3-request.ts'

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

export interface S3Call {
  exchange: Exchange
  caller: Principal
  bucket: Bucket
  /** Whether the caller's policy allows an action on the bucket or an object in it. */
  may: (action: string, key?: string) => boolean
}

interface BucketOperation {
  name: string
  /** What a policy calls it. */
  action: string
  /** The answer, or the members of one in XML. */
  answer: (call: S3Call) => HttpAnswer
  /** Answers wherever it is asked, so that a bucket can be found. */
  anywhere?: boolean
}

export interface S3Parts {
  store: ObjectStore
  verify: (exchange: Exchange, signingName: string) => VerifiedCaller
  faults: Faults
}

/** Reading S3: buckets, their settings, and what is in them. Nobody writes but the exec agents. */
export class S3Service {
  readonly #parts: S3Parts

  constructor(parts: S3Parts) {
    this.#parts = parts
  }

  async answer(exchange: Exchange): Promise<void> {
    const { bucket: bucketName } = targetOf(exchange)
    try {
      const answer = await this.#perform(exchange)
      exchange.respond({ ...answer, headers: { ...this.#headers(exchange, bucketName), ...answer.headers } })
    } catch (thrown) {
      const error = asS3Error(toAwsError(thrown))
      exchange.respond({
        status: error.status,
        contentType: 'application/xml',
        headers: this.#headers(exchange, bucketName),
        body: errorXml(error, exchange.requestId),
        // A client of HEAD has the status and the Region, and nothing else.
        headersOnly: exchange.method === 'HEAD',
      })
    }
  }

  async #perform(exchange: Exchange): Promise<HttpAnswer> {
    const { store, verify, faults } = this.#parts
    const { bucket: bucketName, key } = targetOf(exchange)
    const operation = operationOf(exchange, bucketName, key)
    await faults.delay(operation.name)
    const { key: accessKey, region } = verify(exchange, 's3')
    faults.throttle(operation.name)
    const caller = accessKey.principal
    if (bucketName === undefined) return this.#listBuckets(caller)
    const bucket = store.bucket(bucketName)
    if (bucket === undefined) throw noSuchBucket(bucketName)
    if (bucket.region !== region && !operation.anywhere) throw elsewhere(bucketName, bucket.region)
    const arn = `arn:aws:s3:::${bucketName}`
    const may = (action: string, objectKey?: string) =>
      bucket.accountId === caller.accountId &&
      isAllowed(caller.policy, { action, resource: objectKey === undefined ? arn : `${arn}/${objectKey}` })
    if (!may(operation.action, key))
      throw accessDenied(deniedWords(caller, operation.action, key === undefined ? arn : `${arn}/${key}`))
    return operation.answer({ exchange, caller, bucket, may })
  }

  #listBuckets(caller: Principal): HttpAnswer {
    if (!isAllowed(caller.policy, { action: 's3:ListAllMyBuckets', resource: '*' })) throw accessDenied()
    const buckets = this.#parts.store
      .ownedBy(caller.accountId)
      .map(
        ({ name }) =>
          `<Bucket>${membersXml({ Name: name, CreationDate: '2025-01-14T09:30:00.000Z' })}</Bucket>`,
      )
    return xmlAnswer('ListAllMyBucketsResult', `<Buckets>${buckets.join('')}</Buckets>`)
  }

  #headers(exchange: Exchange, bucketName: string | undefined): Record<string, string> {
    const bucket = bucketName === undefined ? undefined : this.#parts.store.bucket(bucketName)
    return {
      'x-amz-request-id': exchange.requestId,
      ...(bucket && { 'x-amz-bucket-region': bucket.region }),
    }
  }
}

function deniedWords(caller: Principal, action: string, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`
}

const ofObject: Readonly<Record<string, BucketOperation>> = {
  GET: { name: 'GetObject', action: 's3:GetObject', answer: answerObject },
  HEAD: { name: 'HeadObject', action: 's3:GetObject', answer: answerObject },
}

const listing: BucketOperation = {
  name: 'ListObjectsV2',
  action: 's3:ListBucket',
  answer: ({ exchange, bucket }) => xmlAnswer('ListBucketResult', listObjects(bucket, exchange.query)),
}

const head: BucketOperation = {
  name: 'HeadBucket',
  action: 's3:ListBucket',
  answer: () => ({ status: 200, headersOnly: true }),
}

/** By the parameter without a value that stands for them. */
const ofBucket: Readonly<Record<string, BucketOperation>> = {
  location: {
    name: 'GetBucketLocation',
    action: 's3:GetBucketLocation',
    anywhere: true,
    // The oldest Region is told by an empty element.
    answer: ({ bucket: { region } }) =>
      xmlAnswer('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region)),
  },
  encryption: {
    name: 'GetBucketEncryption',
    action: 's3:GetEncryptionConfiguration',
    answer: ({ bucket }) => xmlAnswer('ServerSideEncryptionConfiguration', encryptionXml(bucket)),
  },
}

function operationOf(
  { method, query }: Exchange,
  bucket: string | undefined,
  key: string | undefined,
): BucketOperation {
  if (key !== undefined) {
    const found = Object.hasOwn(ofObject, method) ? ofObject[method] : undefined
    if (found) return found
  } else if (method === 'HEAD' && bucket !== undefined) return head
  else if (method === 'GET') {
    const named = Object.entries(ofBucket).find(([parameter]) => query.has(parameter))
    if (named) return named[1]
    if (bucket === undefined) return { ...listing, name: 'ListBuckets' }
    if (query.get('list-type') === '2') return listing
  }
  throw new AwsError(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    501,
  )
}

function encryptionXml({ encryption, keyArn }: Bucket): string {
  if (encryption === 'none') {
    throw new AwsError(
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
      404,
    )
  }
  const rule = membersXml({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption, KMSMasterKeyID: keyArn },
    BucketKeyEnabled: encryption === 'aws:kms',
  })
  return `<Rule>${rule}</Rule>`
}

function xmlAnswer(root: string, inner: string): HttpAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${inner}</${root}>`
  return { status: 200, contentType: 'application/xml', body }
}

function errorXml(error: AwsError, requestId: string): string {
  const members: XmlMembers = {
    Code: error.code,
    Message: error.message,
    ...(error.members as XmlMembers),
    RequestId: requestId,
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${membersXml(members)}</Error>`
}
