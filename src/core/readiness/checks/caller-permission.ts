import { type Check, evidenceOf, ok } from '../check.ts'
import type { ReadinessFacts } from '../facts.ts'
import { sessionContext } from '../simulation.ts'

/** Only AWS itself knows: the simulation sees no service control policies, so a denial is likely at most. */
export const callerPermission: Check = {
  id: 'caller-permission',
  group: 'access',
  title: 'Your role may run commands here',
  problem: 'Your role may not run commands here',
  async run(facts) {
    const source = await facts.callerSource()
    if (source === undefined) {
      return { status: 'unknown', cause: 'IAM can simulate roles and users only, and you are neither.' }
    }
    const denied = await deniedContainers(facts, source)
    if (denied.length === 0) return ok('ecs:ExecuteCommand is allowed.')
    const { containers = [] } = await facts.task()
    const resource = facts.reference.taskArn
    const some = denied.length < containers.length ? ` into ${denied.join(', ')}` : ''
    return {
      status: some ? 'advice' : 'blocked',
      certainty: 'likely',
      cause: `Simulation says that your role may not call ecs:ExecuteCommand${some}.`,
      evidence: [
        evidenceOf(
          'SimulatePrincipalPolicy',
          { role: source, action: 'ecs:ExecuteCommand', resource, decision: 'denied' },
          ['decision'],
        ),
      ],
      fix: {
        text: 'Work with another role, or ask for this permission. Trying is harmless: only AWS knows for certain.',
        snippet: {
          label: 'Copy policy for your role',
          text: policyText(['ecs:ExecuteCommand'], [resource, facts.reference.clusterArn]),
        },
      },
    }
  },
}

/** A policy can let somebody into one container and not into the next. */
async function deniedContainers(facts: ReadinessFacts, source: string): Promise<string[]> {
  const { clusterArn, taskArn } = facts.reference
  const { containers = [], tags: taskTags = [] } = await facts.task()
  const { tags: clusterTags = [] } = await facts.cluster()
  const tags = Object.fromEntries(
    [...clusterTags, ...taskTags].map(({ key = '', value = '' }) => [key, value]),
  )
  const decisions = containers.map(async ({ name = '' }) => {
    const context = sessionContext({ clusterArn, taskArn, containerName: name, tags })
    const [decision] = await facts.simulate({
      source,
      actions: ['ecs:ExecuteCommand'],
      resource: taskArn,
      context,
    })
    return decision?.allowed ? [] : [name]
  })
  return (await Promise.all(decisions)).flat()
}

export function policyText(actions: readonly string[], resources: readonly string[]): string {
  const statement = { Effect: 'Allow', Action: actions, Resource: resources }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)
}
