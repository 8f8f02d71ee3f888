import type { ContainerInstance, Task } from '@aws-sdk/client-ecs'
import { type Check, documents, evidenceOf, type Finding, ok } from '../check.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html, "Considerations" */
const oldestFargate = { linux: '1.4.0', windows: '1.0.0' }
/** Agent of the ECS-optimized images since 2021-01; on Windows since 2021-10. */
const oldestAgent = { linux: '1.50.2', windows: '1.56.0' }

export const platform: Check = {
  id: 'platform',
  group: 'task',
  title: 'Platform and agent are new enough',
  problem: 'The platform or its agent is too old',
  async run(facts) {
    const task = await facts.task()
    const system = /windows/i.test(task.platformFamily ?? '') ? 'windows' : 'linux'
    if (task.launchType === 'FARGATE') return fargate(task, oldestFargate[system])
    if (task.launchType === 'EC2') return instanceAgent(await facts.instance(), oldestAgent[system])
    return {
      status: 'unknown',
      cause: `No rule is known for tasks of launch type ${task.launchType ?? 'unknown'}.`,
    }
  },
}

function fargate({ platformVersion = '' }: Task, oldest: string): Finding {
  if (!/^\d+(\.\d+)*$/.test(platformVersion)) {
    return { status: 'unknown', cause: 'ECS does not say which platform version the task runs on.' }
  }
  if (isAtLeast(platformVersion, oldest)) return ok(`Fargate ${platformVersion}.`)
  return {
    status: 'blocked',
    certainty: 'certain',
    cause: `Fargate platform ${platformVersion} is older than ${oldest}, the first with ECS Exec.`,
    evidence: [evidenceOf('DescribeTasks', { platformVersion }, ['platformVersion'])],
    fix: { text: 'Deploy the service with platform version LATEST.' },
    docUrl: documents.overview,
  }
}

function instanceAgent(instance: ContainerInstance | undefined, oldest: string): Finding {
  const { agentVersion, dockerVersion } = instance?.versionInfo ?? {}
  if (!agentVersion) return { status: 'unknown', cause: 'ECS does not say which agent the instance runs.' }
  const isOld = !isAtLeast(agentVersion, oldest)
  if (!isOld && instance?.agentConnected !== false) return ok(`ECS agent ${agentVersion}.`)
  return {
    status: 'blocked',
    certainty: isOld ? 'certain' : 'likely',
    cause: isOld
      ? `The ECS agent ${agentVersion} of the instance is older than ${oldest}, the first with ECS Exec.`
      : 'The ECS agent of the instance is not connected to ECS.',
    evidence: [
      evidenceOf(
        'DescribeContainerInstances',
        { agentVersion, agentConnected: instance?.agentConnected, dockerVersion },
        [isOld ? 'agentVersion' : 'agentConnected'],
      ),
    ],
    fix: {
      text: isOld
        ? 'Update the agent, or move to a newer image.'
        : 'Look at the instance: restart its agent or replace it.',
    },
    docUrl: documents.overview,
  }
}

/** Versions of numbers between dots, e.g. `1.4.0`. */
export function isAtLeast(version: string, floor: string): boolean {
  const [own, wanted] = [version, floor].map((text) => text.split('.').map(Number))
  for (const [index, part] of (wanted ?? []).entries()) {
    const difference = (own?.[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}
