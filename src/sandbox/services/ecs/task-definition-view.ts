import type { ContainerDescription } from '../../world/world-types.ts'
import { epochSeconds } from '../clock.ts'
import type { JsonObject } from '../http/api-input.ts'
import { awslogsGroup, logStreamPrefix } from './container-logs.ts'
import type { LiveTaskDefinition } from './ecs-state.ts'

/** How ECS writes a task definition down: service model 2014-11-13, as of botocore 1.43. */

export function taskDefinitionView(definition: LiveTaskDefinition): JsonObject {
  const { description, accountId, region } = definition
  return {
    taskDefinitionArn: definition.arn,
    containerDefinitions: description.containers.map((container) => ({
      name: container.name,
      image: container.image,
      cpu: 0,
      portMappings: container.page
        ? [{ containerPort: container.page, hostPort: container.page, protocol: 'tcp' }]
        : [],
      essential: container.essential ?? true,
      environment: Object.entries(container.environment ?? {}).map(([name, value]) => ({ name, value })),
      ...(container.secrets && {
        secrets: Object.entries(container.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      }),
      mountPoints: Object.entries(container.volumes ?? {}).map(([sourceVolume, containerPath]) => ({
        sourceVolume,
        containerPath,
        readOnly: false,
      })),
      volumesFrom: [],
      ...(container.initProcess && { linuxParameters: { initProcessEnabled: true } }),
      ...(container.readOnlyRoot && { readonlyRootFilesystem: true }),
      ...logConfigurationView(container, region),
      ...(container.healthCheck && {
        healthCheck: {
          command: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1/healthz || exit 1'],
          interval: 10,
          timeout: 3,
          retries: 3,
        },
      }),
      systemControls: [],
    })),
    family: description.family,
    ...(description.role && { taskRoleArn: `arn:aws:iam::${accountId}:role/${description.role.name}` }),
    executionRoleArn: `arn:aws:iam::${accountId}:role/ecsTaskExecutionRole`,
    networkMode: description.networkMode ?? 'awsvpc',
    revision: description.revision,
    volumes: volumesOf(definition),
    status: 'ACTIVE',
    requiresAttributes: [],
    placementConstraints: [],
    compatibilities: description.networkMode === 'bridge' ? ['EC2'] : ['EC2', 'FARGATE'],
    runtimePlatform: {
      cpuArchitecture: 'X86_64',
      operatingSystemFamily: description.platform ?? 'LINUX',
    },
    requiresCompatibilities: [description.networkMode === 'bridge' ? 'EC2' : 'FARGATE'],
    cpu: String(description.cpu),
    memory: String(description.memory),
    ...(description.pidMode && { pidMode: description.pidMode }),
    registeredAt: epochSeconds(definition.registeredAt),
    registeredBy: `arn:aws:sts::${accountId}:assumed-role/deploy/pipeline`,
  }
}

function logConfigurationView(container: ContainerDescription, region: string): JsonObject {
  const { logDriver, logRouter } = container
  const group = awslogsGroup(container)
  return {
    ...(logRouter && {
      firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
    }),
    ...(logDriver && { logConfiguration: { logDriver: logDriver.name, options: logDriver.options } }),
    ...(group && {
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': group,
          'awslogs-region': region,
          'awslogs-stream-prefix': logStreamPrefix,
        },
      },
    }),
  }
}

function volumesOf({ description }: LiveTaskDefinition): JsonObject[] {
  const names = description.containers.flatMap(({ volumes = {} }) => Object.keys(volumes))
  return [...new Set(names)].map((name) => ({ name, host: {} }))
}
