import type {
  ContainerDescription,
  StatementDescription,
  TaskDefinitionDescription,
  TaskRoleDescription,
} from './world-types.ts'

/** What the exec agent needs for its channels. */
const channels: StatementDescription = {
  effect: 'Allow',
  actions: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
}

/** What it needs to keep transcripts, and to read the key of an encrypted session. */
const transcripts: readonly StatementDescription[] = [
  {
    effect: 'Allow',
    actions: ['logs:DescribeLogGroups', 's3:GetBucketLocation', 'kms:Decrypt', 'kms:GenerateDataKey'],
  },
  {
    effect: 'Allow',
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: ['arn:aws:logs:*:*:log-group:/ecs/*'],
  },
  {
    effect: 'Allow',
    actions: ['s3:PutObject', 's3:GetEncryptionConfiguration'],
    resources: ['arn:aws:s3:::*-exec-transcripts', 'arn:aws:s3:::*-exec-transcripts/*'],
  },
]

/** A task role as it should be: the exec agent may open its channels and keep transcripts. */
export function taskRole(service: string): TaskRoleDescription {
  return { name: `${service}-task`, policy: [channels, ...transcripts] }
}

/** A task role that somebody wrote before exec was turned on. */
export function taskRoleWithoutChannels(service: string): TaskRoleDescription {
  return { name: `${service}-task`, policy: transcripts }
}

/** The log router that AWS publishes. It never writes to its own root, so somebody locked that. */
export const logRouter: ContainerDescription = {
  name: 'log-router',
  image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.5',
  program: 'log-router',
  essential: true,
  readOnlyRoot: true,
  logGroup: '/ecs/log-router',
}

/** The shop front: nginx before a Node app, with logs routed by a third container. */
export function storefront(registry: string, revision: number, release: string): TaskDefinitionDescription {
  return {
    family: 'storefront',
    revision,
    cpu: 1024,
    memory: 2048,
    role: taskRole('storefront'),
    containers: [
      {
        name: 'nginx',
        image: `${registry}/storefront-nginx:${release}`,
        program: 'nginx',
        page: 80,
        healthCheck: true,
        initProcess: true,
        environment: { NGINX_VERSION: '1.27.3' },
        logGroup: '/ecs/storefront',
      },
      {
        name: 'app',
        image: `${registry}/storefront:${release}`,
        program: 'app',
        healthCheck: true,
        initProcess: true,
        environment: { NODE_ENV: 'production', PORT: '3000' },
        logGroup: '/ecs/storefront',
      },
      logRouter,
    ],
  }
}

/** One container that answers requests. */
export function api(
  name: string,
  image: string,
  revision: number,
  more: Partial<TaskDefinitionDescription> = {},
): TaskDefinitionDescription {
  return single(
    name,
    { name: 'api', image, program: 'api', healthCheck: true, initProcess: true },
    revision,
    more,
  )
}

/** One container that takes jobs from a queue. */
export function worker(
  name: string,
  image: string,
  revision: number,
  more: Partial<TaskDefinitionDescription> = {},
): TaskDefinitionDescription {
  return single(name, { name: 'worker', image, program: 'worker' }, revision, more)
}

export function single(
  family: string,
  container: ContainerDescription,
  revision: number,
  more: Partial<TaskDefinitionDescription> = {},
): TaskDefinitionDescription {
  return {
    family,
    revision,
    cpu: 512,
    memory: 1024,
    role: taskRole(family),
    containers: [{ logGroup: `/ecs/${family}`, ...container }],
    ...more,
  }
}

/** psql and friends, run by hand when somebody has to look into the database. */
export function postgresTools(registry: string): TaskDefinitionDescription {
  return single(
    'postgres-tools',
    {
      name: 'postgres-tools',
      image: `${registry}/postgres-tools:17.2`,
      program: 'tools',
      environment: { PGHOST: 'orders.cluster-c1x2y3z4.eu-west-1.rds.amazonaws.com', PGUSER: 'readonly' },
    },
    12,
  )
}
