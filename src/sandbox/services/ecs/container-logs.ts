import type { ContainerDescription } from '../../world/world-types.ts'

/** The option `awslogs-stream-prefix` of every container in the world. */
export const logStreamPrefix = 'ecs'

/** The group that a container's lines are sent to; undefined for other drivers and for none. */
export function awslogsGroup({ logGroup, logDriver }: ContainerDescription): string | undefined {
  return logDriver === undefined ? logGroup : undefined
}

/** As the driver names the stream of a container when it has a prefix. */
export function logStreamName(containerName: string, taskId: string): string {
  return `${logStreamPrefix}/${containerName}/${taskId}`
}
