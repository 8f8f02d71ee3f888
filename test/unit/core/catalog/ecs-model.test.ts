import { describe, expect, test } from 'vitest'
import { clusterSchema, serviceSchema, taskSchema } from '../../../../src/contract/catalog.ts'
import { toClusterHeader, toService, toTask } from '../../../../src/core/catalog/ecs-model.ts'

const clusterArn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/web'
const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/web/0123456789abcdef'

describe('ECS descriptions as the contract has them', () => {
  test('a task', () => {
    const task = toTask({
      taskArn,
      clusterArn,
      group: 'service:storefront',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      platformFamily: 'Linux',
      platformVersion: '1.4.0',
      enableExecuteCommand: true,
      attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }],
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/storefront:7',
      cpu: '256',
      memory: '512',
      availabilityZone: 'eu-west-1a',
      attachments: [{ details: [{ name: 'privateIPv4Address', value: '10.0.0.7' }] }],
      createdAt: new Date(1000),
      startedAt: new Date(2000),
      tags: [{ key: 'team', value: 'shop' }, { key: 'empty' }],
      containers: [
        {
          name: 'web',
          image: 'nginx:1.29',
          runtimeId: 'abc-2',
          lastStatus: 'RUNNING',
          managedAgents: [
            { name: 'OtherAgent' as 'ExecuteCommandAgent', lastStatus: 'STOPPED' },
            { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' },
          ],
          networkBindings: [
            { bindIP: '127.0.0.1', containerPort: 80, hostPort: 40123, protocol: 'tcp' },
            { bindIP: '::1', containerPort: 81, hostPort: 40124, protocol: 'tcp' },
            { bindIP: '0.0.0.0', containerPort: 82, hostPort: 40125, protocol: 'tcp' },
            { bindIP: '127.0.0.1', containerPort: 53, hostPort: 53, protocol: 'udp' },
          ],
        },
        { name: 'envoy', lastStatus: 'RUNNING', runtimeId: 'abc-1', healthStatus: 'HEALTHY' },
      ],
    })
    expect(taskSchema.parse(task)).toEqual(task)
    expect(task).toMatchObject({
      id: '0123456789abcdef',
      serviceName: 'storefront',
      taskDefinition: 'storefront:7',
      cpu: 256,
      memory: 512,
      architecture: 'arm64',
      privateIp: '10.0.0.7',
      createdAt: 1000,
      startedAt: 2000,
      tags: { team: 'shop', empty: '' },
      readiness: { level: 'advice', reason: 'envoy: No exec agent' },
    })
    expect(task.containers.map(({ name, execAgent, health }) => [name, execAgent, health])).toEqual([
      ['envoy', 'ABSENT', 'HEALTHY'],
      ['web', 'RUNNING', 'UNKNOWN'],
    ])
    expect(task.containers[1]?.ports.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:40123',
      'http://[::1]:40124',
      undefined,
      undefined,
    ])
  })

  test('a task of which ECS says next to nothing', () => {
    const task = toTask({ taskArn, clusterArn })
    expect(taskSchema.parse(task)).toEqual(task)
    expect(task).toMatchObject({ status: 'UNKNOWN', containers: [], serviceName: undefined })
  })

  test('a service', () => {
    const service = toService({
      serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/web/storefront',
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 1,
      pendingCount: 1,
      taskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/storefront:7',
      enableExecuteCommand: true,
      deployments: [
        { id: 'ecs-svc/1', status: 'ACTIVE', rolloutState: 'COMPLETED', createdAt: new Date(1000) },
        { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', createdAt: new Date(2000) },
      ],
      events: Array.from({ length: 30 }, (_, index) => ({
        id: String(index),
        createdAt: new Date(index * 1000),
        message: '(service storefront) has reached a steady state.',
      })),
      loadBalancers: [{ targetGroupArn: 'arn:tg', containerName: 'nginx', containerPort: 80 }, {}],
    })
    expect(serviceSchema.parse(service)).toEqual(service)
    expect(service).toMatchObject({
      name: 'storefront',
      taskDefinition: 'storefront:7',
      rolloutState: 'IN_PROGRESS',
      deployments: [{ id: 'ecs-svc/2' }, { id: 'ecs-svc/1' }],
      targets: [{ targetGroupArn: 'arn:tg', containerName: 'nginx', containerPort: 80 }],
    })
    expect(service.events.map(({ at }) => at / 1000)).toEqual(
      Array.from({ length: 20 }, (_, index) => 29 - index),
    )
  })

  test.each([
    [undefined, { mode: 'DEFAULT' }],
    [
      { logging: 'NONE', kmsKeyId: 'key' },
      { mode: 'NONE', kmsKeyId: 'key' },
    ],
    [
      {
        logging: 'OVERRIDE',
        logConfiguration: { cloudWatchLogGroupName: '/ecs/exec', s3BucketName: 'transcripts' },
      },
      { mode: 'OVERRIDE', logGroup: '/ecs/exec', bucket: 'transcripts' },
    ],
  ] as const)('a cluster with exec configuration %j', (executeCommandConfiguration, execLogging) => {
    const header = toClusterHeader({
      clusterArn,
      status: 'ACTIVE',
      tags: [{ key: 'team', value: 'shop' }],
      configuration: { executeCommandConfiguration },
    })
    const tags = { team: 'shop' }
    expect(header).toEqual({ arn: clusterArn, name: 'web', status: 'ACTIVE', tags, execLogging })
    expect(clusterSchema.shape.execLogging.parse(header.execLogging)).toEqual(execLogging)
  })
})
