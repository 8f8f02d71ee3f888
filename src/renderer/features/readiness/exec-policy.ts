export interface PolicyChoice {
  clusterArn: string
  /** Empty for every task of the cluster. */
  serviceNames: readonly string[]
  /** Empty for every container. */
  containerNames: readonly string[]
  /** Tags that the task or its cluster must have. */
  tags: Readonly<Record<string, string>>
}

/** The tag that ECS gives tasks of services where managed tags are on. */
const serviceTag = 'ecs:ResourceTag/aws:ecs:serviceName'

/**
 * The least that lets somebody open shells where chosen: ECS checks ecs:ExecuteCommand on the cluster and on
 * the task, and knows containers by the condition key ecs:container-name.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export function execPolicy({ clusterArn, serviceNames, containerNames, tags }: PolicyChoice): object {
  const taskArn = `${clusterArn.replace(':cluster/', ':task/')}/*`
  const equals = Object.fromEntries([
    ...(containerNames.length > 0 ? [['ecs:container-name', [...containerNames]]] : []),
    ...(serviceNames.length > 0 ? [[serviceTag, [...serviceNames]]] : []),
    ...Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  ])
  const condition = Object.keys(equals).length > 0 && { Condition: { StringEquals: equals } }
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'OpenShells', Effect: 'Allow', Action: 'ecs:ExecuteCommand', Resource: taskArn, ...condition },
      { Sid: 'InThisCluster', Effect: 'Allow', Action: 'ecs:ExecuteCommand', Resource: clusterArn },
      { Sid: 'FindTasks', Effect: 'Allow', Action: 'ecs:DescribeTasks', Resource: taskArn },
      {
        Sid: 'NoWayPastEcs',
        Effect: 'Deny',
        Action: 'ssm:StartSession',
        Resource: `${taskArn.split(':').slice(0, 3).join(':')}:*:*:task/*`,
      },
    ],
  }
}
