import { type Check, documents, evidenceOf, ok } from '../check.ts'
import { policyText } from './caller-permission.ts'

/** What the exec agent does to reach Session Manager. */
const channelActions = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
]

export const taskRole: Check = {
  id: 'task-role',
  group: 'task-role',
  title: 'Task role may reach Session Manager',
  problem: 'The task role may not reach Session Manager',
  async run(facts) {
    const role = await facts.taskRole()
    const snippet = {
      label: role ? `Copy policy for ${role.split('/').at(-1)}` : 'Copy policy for a task role',
      text: policyText(channelActions, ['*']),
    }
    if (role === undefined) {
      const { launchType } = await facts.task()
      const mayUseInstanceRole = launchType === 'EC2' || launchType === 'EXTERNAL'
      return {
        status: mayUseInstanceRole ? 'unknown' : 'blocked',
        ...(!mayUseInstanceRole && { certainty: 'certain' as const }),
        cause: mayUseInstanceRole
          ? 'The task has no role of its own; the agent uses the role of the instance, which was not checked.'
          : 'The task has no role, so the exec agent has no credentials.',
        evidence: [evidenceOf('DescribeTaskDefinition', { taskRoleArn: undefined }, ['taskRoleArn'])],
        fix: { text: 'Give the task definition a task role with these permissions.', snippet },
        docUrl: documents.taskRole,
      }
    }
    const decisions = await facts.simulate({ source: role, actions: channelActions, resource: '*' })
    const denied = decisions.filter(({ allowed }) => !allowed)
    if (denied.length === 0) return ok('All four ssmmessages actions are allowed.')
    return {
      status: 'blocked',
      certainty: 'likely',
      cause: `Simulation says that the task role lacks ${denied.length} of the 4 ssmmessages actions, without which the agent cannot connect.`,
      evidence: [
        evidenceOf(
          `SimulatePrincipalPolicy ${role}`,
          Object.fromEntries(decisions.map(({ action, decision }) => [action, decision])),
          denied.map(({ action }) => action),
        ),
      ],
      fix: {
        text: 'Add these permissions to the task role. Running tasks follow within minutes, without a deployment.',
        snippet,
      },
      docUrl: documents.taskRole,
    }
  },
}
