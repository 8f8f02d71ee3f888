import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import { awsNameOf, inBucketRegion } from '../aws/bucket-region.ts'
import type { AwsClients } from '../aws/clients.ts'

export interface BucketFacts {
  /** What new objects are encrypted with by default: `AES256`, `aws:kms`, or `none`; absent when one may not ask. */
  encryption?: string
  /** The key of `aws:kms`, where one is named. */
  keyId?: string
}

/**
 * A bucket as far as the caller may see it; undefined when there is none.
 * @throws {PortholeError} those of `AwsClients.call`
 */
export async function readBucket(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  bucket: string,
): Promise<BucketFacts | undefined> {
  try {
    return await inBucketRegion(scope, (where) => readEncryption(clients, where, bucket))
  } catch (thrown) {
    const name = awsNameOf(thrown)
    if (name === 'NoSuchBucket') return undefined
    if (name === 'ServerSideEncryptionConfigurationNotFoundError') return { encryption: 'none' }
    if (!(thrown instanceof PortholeError) || thrown.value.code !== 'ACCESS_DENIED') throw thrown
    return (await exists(clients, scope, bucket)) ? {} : undefined
  }
}

async function readEncryption(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  bucket: string,
): Promise<BucketFacts> {
  const what = { action: 's3:GetEncryptionConfiguration', resource: bucket }
  const { ServerSideEncryptionConfiguration } = await clients.call('s3', scope, what, (s3) =>
    s3.getBucketEncryption({ Bucket: bucket }),
  )
  const rule = ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
  return {
    encryption: rule?.SSEAlgorithm ?? 'none',
    ...(rule?.KMSMasterKeyID !== undefined && { keyId: rule.KMSMasterKeyID }),
  }
}

/** Whether a bucket is there is told to everybody: its absence is 404, a lack of rights 403. */
async function exists(clients: Pick<AwsClients, 'call'>, scope: Scope, bucket: string): Promise<boolean> {
  const what = { action: 's3:ListBucket', resource: bucket }
  try {
    await inBucketRegion(scope, (where) =>
      clients.call('s3', where, what, (s3) => s3.headBucket({ Bucket: bucket })),
    )
    return true
  } catch (thrown) {
    if (awsNameOf(thrown) === 'NotFound') return false
    if (thrown instanceof PortholeError && thrown.value.code === 'ACCESS_DENIED') return true
    throw thrown
  }
}
