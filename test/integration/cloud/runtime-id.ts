import { DescribeTasksCommand, type ECSClient } from '@aws-sdk/client-ecs'

/** The runtime id of the container nginx of a task in the cluster web. */
export async function runtimeIdOf(ecs: ECSClient, taskArn: string): Promise<string> {
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'web', tasks: [taskArn] }))
  const container = tasks?.[0]?.containers?.find(({ name }) => name === 'nginx')
  return container?.runtimeId ?? ''
}
