import { type Check, documents, evidenceOf, ok } from '../check.ts'
import type { ReadinessFacts } from '../facts.ts'
import { policyText } from './caller-permission.ts'

interface Need {
  actions: string[]
  resource: string
}

/** What the task role needs to deliver transcripts. A shell opens without it; only AWS's record is missing. */
export const logDelivery: Check = {
  id: 'log-delivery',
  group: 'record',
  title: 'Task role may deliver transcripts',
  problem: 'The task role may not deliver transcripts',
  async run(facts) {
    const needs = await needsOf(facts)
    const role = await facts.taskRole()
    if (needs.length === 0) return ok('No transcripts are configured.')
    if (role === undefined) {
      return {
        status: 'advice',
        certainty: 'possible',
        quiet: true,
        cause: 'The task has no role of its own to deliver transcripts with.',
        fix: { text: 'Give the task definition a task role.' },
        docUrl: documents.taskRole,
      }
    }
    const checked = await Promise.all(
      needs.map(async ({ actions, resource }) => {
        const decisions = await facts.simulate({ source: role, actions, resource })
        return { resource, denied: decisions.filter(({ allowed }) => !allowed).map(({ action }) => action) }
      }),
    )
    const lacking = checked.filter(({ denied }) => denied.length > 0)
    if (lacking.length === 0) return ok('It has all permissions for them.')
    const actions = lacking.flatMap(({ denied }) => denied)
    return {
      status: 'advice',
      certainty: 'possible',
      cause: `The task role lacks ${actions.join(', ')}. A shell opens, but AWS keeps no transcript.`,
      evidence: lacking.map(({ resource, denied }) =>
        evidenceOf(
          `SimulatePrincipalPolicy ${resource}`,
          Object.fromEntries(denied.map((each) => [each, 'denied'])),
          denied,
        ),
      ),
      fix: {
        text: 'Add these permissions to the task role.',
        snippet: {
          label: `Copy policy for ${role.split('/').at(-1)}`,
          text: policyText([...new Set(actions)], [...new Set(lacking.map(({ resource }) => resource))]),
        },
      },
      docUrl: documents.overview,
    }
  },
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html, "Logging using Amazon ECS Exec" */
async function needsOf(facts: ReadinessFacts): Promise<Need[]> {
  const { configuration } = await facts.cluster()
  const { logging, logConfiguration } = configuration?.executeCommandConfiguration ?? {}
  if (logging !== 'OVERRIDE' || !logConfiguration) return []
  const { cloudWatchLogGroupName: group, s3BucketName: bucket, s3KeyPrefix: prefix } = logConfiguration
  const { partition, reference } = facts
  const { accountId, region } = reference.scope
  const groupArn = `arn:${partition}:logs:${region}:${accountId}:log-group:${group}:*`
  const bucketArn = `arn:${partition}:s3:::${bucket}`
  const bucketKey = bucket === undefined ? undefined : await keyOf(facts, bucket)
  return [
    ...(group
      ? [
          { actions: ['logs:DescribeLogGroups'], resource: '*' },
          {
            actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
            resource: groupArn,
          },
        ]
      : []),
    ...(bucket
      ? [
          ...(bucketKey ? [{ actions: ['kms:GenerateDataKey'], resource: bucketKey }] : []),
          { actions: ['s3:PutObject'], resource: `${bucketArn}/${prefix ? `${prefix}/` : ''}session.log` },
          ...(logConfiguration.s3EncryptionEnabled
            ? [{ actions: ['s3:GetEncryptionConfiguration'], resource: bucketArn }]
            : []),
        ]
      : []),
  ]
}

/** Of a bucket that KMS encrypts, when its key is named by its ARN; whoever may not see it is not kept from the rest. */
async function keyOf(facts: ReadinessFacts, bucket: string): Promise<string | undefined> {
  const found = await facts.bucket(bucket).catch(() => undefined)
  return found?.keyId?.startsWith('arn:') ? found.keyId : undefined
}
