import type { ReadinessFacts } from '../../../../src/core/readiness/facts.ts'

export const clusterArn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/web'
export const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c'

/** Facts of a task that nothing is wrong with; a test changes what it is about. */
export function factsOfHealthyTask(changes: Partial<ReadinessFacts> = {}): ReadinessFacts {
  return {
    reference: {
      scope: { identityId: 'sso:corp', accountId: '111122223333', roleName: 'Engineer', region: 'eu-west-1' },
      clusterArn,
      taskArn,
    },
    partition: 'aws',
    task: async () => ({
      taskArn,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      platformFamily: 'Linux',
      platformVersion: '1.4.0',
      enableExecuteCommand: true,
      group: 'service:shop',
      containers: [
        {
          name: 'app',
          runtimeId: 'r-1',
          managedAgents: [
            { name: 'SomethingElse', lastStatus: 'STOPPED' } as object,
            { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' },
          ],
        },
      ],
    }),
    cluster: async () => ({ clusterArn }),
    definition: async () => ({
      containerDefinitions: [
        {
          name: 'app',
          linuxParameters: { initProcessEnabled: true },
          logConfiguration: { logDriver: 'awslogs' },
        },
      ],
    }),
    service: async () => ({ serviceName: 'shop', enableExecuteCommand: true }),
    instance: async () => undefined,
    caller: async () => ({
      arn: 'arn:aws:sts::111122223333:assumed-role/Engineer/ana',
      accountId: '111122223333',
      userName: 'ana',
    }),
    callerSource: async () => 'arn:aws:iam::111122223333:role/Engineer',
    taskRole: async () => 'arn:aws:iam::111122223333:role/shop-task',
    simulate: async ({ actions }) =>
      actions.map((action) =>
        action === 'ssm:StartSession'
          ? denied(action)
          : { ...denied(action), allowed: true, decision: 'allowed' },
      ),
    network: async () => ({
      subnet: { SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.0.0/18' },
      routes: [
        { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
        { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' },
      ],
      endpoints: [],
      networkInterface: { PrivateIpAddress: '10.0.42.17', Groups: [{ GroupId: 'sg-tasks' }] },
      groups: new Map([['sg-tasks', { GroupId: 'sg-tasks', IpPermissionsEgress: [{ IpProtocol: '-1' }] }]]),
    }),
    key: async () => undefined,
    logGroup: async () => undefined,
    bucket: async () => ({ encryption: 'AES256' }),
    openSessions: async () => new Map([['app', 0]]),
    lastShellAt: async () => undefined,
    plugin: async () => ({ candidates: [], searched: [] }),
    clock: () => ({ wrong: false }),
    engine: () => 'auto',
    ...changes,
  }
}

function denied(action: string) {
  return { action, allowed: false, decision: 'implicitDeny', policies: [], missing: [] }
}

/** Simulation in which these actions are denied and all others allowed. */
export function simulateDenying(...actions: string[]): ReadinessFacts['simulate'] {
  return async (request) =>
    request.actions.map((action) =>
      actions.includes(action) ? denied(action) : { ...denied(action), allowed: true, decision: 'allowed' },
    )
}
