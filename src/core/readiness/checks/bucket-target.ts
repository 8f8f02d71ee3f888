import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** A declared encryption that the bucket does not have makes the agent refuse the session. */
export const bucketTarget: Check = {
  id: 'bucket-target',
  group: 'record',
  title: 'Bucket is as declared',
  problem: 'The bucket is not as declared',
  async run(facts) {
    const { configuration } = await facts.cluster()
    const { logging, logConfiguration } = configuration?.executeCommandConfiguration ?? {}
    const name = logConfiguration?.s3BucketName
    if (logging !== 'OVERRIDE' || !name) return ok('Transcripts go to no bucket.')
    const bucket = await facts.bucket(name)
    if (!bucket) {
      return {
        status: 'advice',
        certainty: 'possible',
        cause: `Bucket ${name} does not exist. Sessions may fail, and no transcript is kept.`,
        evidence: [evidenceOf('HeadBucket', { [name]: 'not found' }, [name])],
        fix: { text: 'Create the bucket, or name another one in the cluster.' },
        docUrl: documents.overview,
      }
    }
    if (logConfiguration.s3EncryptionEnabled !== true) return ok(`${name} exists.`)
    if (bucket.encryption === undefined) return ok(`${name} exists; how it is encrypted you may not see.`)
    if (bucket.encryption !== 'none') return ok(`${name} exists and is encrypted (${bucket.encryption}).`)
    return {
      status: 'blocked',
      certainty: 'likely',
      cause: `The cluster declares bucket ${name} to be encrypted, and it is not, so AWS refuses sessions.`,
      evidence: [
        evidenceOf('DescribeClusters', { s3EncryptionEnabled: true }),
        evidenceOf(`GetBucketEncryption ${name}`, { SSEAlgorithm: undefined }, ['SSEAlgorithm']),
      ],
      fix: { text: 'Encrypt the bucket by default, or turn s3EncryptionEnabled off.' },
      docUrl: documents.overview,
    }
  },
}
