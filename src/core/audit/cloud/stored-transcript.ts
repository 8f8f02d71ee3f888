import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { type ErrorValue, PortholeError } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import { awsNameOf, inBucketRegion } from '../../aws/bucket-region.ts'
import type { AwsClients } from '../../aws/clients.ts'
import { type FetchedTranscript, longestTranscriptBytes } from './fetched-transcript.ts'
import type { Absence } from './missing-transcript.ts'
import type { TranscriptPlace } from './transcript-place.ts'

type BucketPlace = Extract<TranscriptPlace, { kind: 'bucket' }>

/** The agent joins prefix and session id as a path: no slash is doubled, none stands at the beginning. */
export function transcriptKey({ prefix = '' }: Pick<BucketPlace, 'prefix'>, awsSessionId: string): string {
  return [...prefix.split('/'), `${awsSessionId}.log`].filter((part) => part !== '').join('/')
}

/**
 * From S3, where the agent puts one object per session. What is encrypted there
 * S3 decrypts for whoever may use the key.
 *
 * @throws {PortholeError} those of `AwsClients.call`, except that there is nothing
 */
export async function readStoredTranscript(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  place: BucketPlace,
  awsSessionId: string,
): Promise<FetchedTranscript | Absence['because']> {
  const key = transcriptKey(place, awsSessionId)
  try {
    return await inBucketRegion(scope, (where) => readObject(clients, where, place.name, key))
  } catch (thrown) {
    const name = awsNameOf(thrown)
    if (name === 'NoSuchBucket') return 'no-such-place'
    if (name !== 'NoSuchKey') throw withWhatDenialMeans(thrown)
    const isUnencrypted = place.declaredEncrypted && (await lacksEncryption(clients, scope, place.name))
    return isUnencrypted ? 'not-encrypted' : 'nothing-there'
  }
}

function readObject(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  bucket: string,
  key: string,
): Promise<FetchedTranscript> {
  const what = { action: 's3:GetObject', resource: `${bucket}/${key}` }
  return clients.call('s3', scope, what, async (s3) => {
    const { Body } = await s3.getObject({ Bucket: bucket, Key: key })
    return Body === undefined ? { bytes: new Uint8Array(), cut: false } : readBeginning(Body)
  })
}

/** Leaving the loop ends the connection: the rest is never sent. */
async function readBeginning(body: NonNullable<GetObjectCommandOutput['Body']>): Promise<FetchedTranscript> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    length += piece.byteLength
    if (length > longestTranscriptBytes) break
  }
  const bytes = Buffer.concat(pieces).subarray(0, longestTranscriptBytes)
  return { bytes, cut: length > longestTranscriptBytes }
}

/** Buckets from before 2023 may have none. Whoever may not ask learns nothing. */
async function lacksEncryption(
  clients: Pick<AwsClients, 'call'>,
  scope: Scope,
  bucket: string,
): Promise<boolean> {
  const what = { action: 's3:GetEncryptionConfiguration', resource: bucket }
  try {
    await inBucketRegion(scope, (where) =>
      clients.call('s3', where, what, (s3) => s3.getBucketEncryption({ Bucket: bucket })),
    )
    return false
  } catch (thrown) {
    return awsNameOf(thrown) === 'ServerSideEncryptionConfigurationNotFoundError'
  }
}

/** S3 denies what is not there to those who may not list the bucket. */
function withWhatDenialMeans(thrown: unknown): unknown {
  if (!(thrown instanceof PortholeError) || thrown.value.code !== 'ACCESS_DENIED') return thrown
  const value: ErrorValue = {
    ...thrown.value,
    action:
      `${thrown.value.action ?? ''} Without s3:ListBucket, S3 says the same of a transcript that is not there.`.trim(),
  }
  return new PortholeError(value, { cause: thrown })
}
