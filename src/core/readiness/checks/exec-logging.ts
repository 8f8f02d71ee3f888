import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** Whether AWS keeps a transcript, and what the image needs for one. */
export const execLogging: Check = {
  id: 'exec-logging',
  group: 'record',
  title: 'AWS keeps a transcript',
  problem: 'AWS keeps no transcript',
  async run(facts) {
    const { configuration } = await facts.cluster()
    const { logging = 'DEFAULT', logConfiguration } = configuration?.executeCommandConfiguration ?? {}
    const evidence = [evidenceOf('DescribeClusters executeCommandConfiguration', { logging }, ['logging'])]
    if (logging === 'NONE') {
      return {
        status: 'advice',
        certainty: 'possible',
        quiet: true,
        cause: 'The cluster keeps no transcript of sessions. Porthole records on this computer.',
        evidence,
        fix: { text: 'Set a log group or bucket in executeCommandConfiguration of the cluster.' },
        docUrl: documents.overview,
      }
    }
    if (logging === 'OVERRIDE') {
      const { cloudWatchLogGroupName: group, s3BucketName: bucket } = logConfiguration ?? {}
      const places = [group && `log group ${group}`, bucket && `bucket ${bucket}`].filter(Boolean)
      return ok(`To ${places.join(' and ') || 'nowhere'}; the image must have script and cat for it.`)
    }
    const { containerDefinitions = [] } = await facts.definition()
    const withLogs = containerDefinitions.some(({ logConfiguration: logs }) => logs?.logDriver === 'awslogs')
    if (withLogs) return ok("To the containers' own log groups; the image must have script and cat for it.")
    return {
      status: 'advice',
      certainty: 'possible',
      quiet: true,
      cause:
        'The cluster sends transcripts to the containers’ awslogs groups, and these containers have none.',
      evidence,
      fix: { text: 'Set a log group or bucket in executeCommandConfiguration of the cluster.' },
      docUrl: documents.overview,
    }
  },
}
