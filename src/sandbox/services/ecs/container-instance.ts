import { instanceId, subnetId, vpcId } from '../ec2/network-ids.ts'
import type { JsonObject } from '../http/api-input.ts'
import type { LiveCluster } from './ecs-state.ts'
import { containerInstanceArn } from './views.ts'

/** The instance that carries the cluster's tasks of launch type EC2; undefined when it has none. */
export function containerInstanceView(cluster: LiveCluster): JsonObject | undefined {
  const tasks = [...cluster.tasks.values()].filter(({ launchType }) => launchType === 'EC2')
  if (tasks.length === 0) return undefined
  const attributes = {
    'ecs.subnet-id': subnetId(cluster, `${cluster.region}a`),
    'ecs.vpc-id': vpcId(cluster),
    'ecs.availability-zone': `${cluster.region}a`,
    'ecs.instance-type': 'm7i.large',
    'ecs.os-type': 'linux',
    'ecs.capability.execute-command': undefined,
  }
  return {
    containerInstanceArn: containerInstanceArn(cluster),
    ec2InstanceId: instanceId(cluster, cluster.name),
    versionInfo: { agentVersion: '1.98.0', agentHash: '4d1f2c93', dockerVersion: 'DockerVersion: 25.0.8' },
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: tasks.length,
    pendingTasksCount: 0,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
  }
}
