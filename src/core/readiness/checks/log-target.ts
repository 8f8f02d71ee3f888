import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** A declared encryption that the log group does not have makes AWS refuse the session. */
export const logTarget: Check = {
  id: 'log-target',
  group: 'record',
  title: 'Log group is as declared',
  problem: 'The log group is not as declared',
  async run(facts) {
    const { configuration } = await facts.cluster()
    const { logging, logConfiguration } = configuration?.executeCommandConfiguration ?? {}
    const name = logConfiguration?.cloudWatchLogGroupName
    if (logging !== 'OVERRIDE' || !name) return ok('Transcripts go to no log group of their own.')
    const group = await facts.logGroup(name)
    if (!group) {
      return {
        status: 'advice',
        certainty: 'possible',
        cause: `Log group ${name} does not exist. Sessions may fail, and no transcript is kept.`,
        evidence: [evidenceOf('DescribeLogGroups', { [name]: 'not found' }, [name])],
        fix: { text: 'Create the log group, or name another one in the cluster.' },
        docUrl: documents.overview,
      }
    }
    const isDeclared = logConfiguration.cloudWatchEncryptionEnabled === true
    if (!isDeclared || group.kmsKeyId) return ok(`${name} exists.`)
    return {
      status: 'blocked',
      certainty: 'likely',
      cause: `The cluster declares log group ${name} to be encrypted, and it is not, so AWS refuses sessions.`,
      evidence: [
        evidenceOf('DescribeClusters', { cloudWatchEncryptionEnabled: true }),
        evidenceOf(`DescribeLogGroups ${name}`, { kmsKeyId: undefined }, ['kmsKeyId']),
      ],
      fix: { text: 'Encrypt the log group with a KMS key, or turn cloudWatchEncryptionEnabled off.' },
      docUrl: documents.overview,
    }
  },
}
