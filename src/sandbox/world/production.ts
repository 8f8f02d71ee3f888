import { pastSessions } from './production-sessions.ts'
import {
  api,
  logRouter,
  postgresTools,
  single,
  storefront,
  taskRole,
  taskRoleWithoutChannels,
  worker,
} from './task-definitions.ts'
import type { ClusterDescription, RegionDescription } from './world-types.ts'

const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'
const hour = 60
const day = 24 * hour

/** The shop: what customers see. */
const web: ClusterDescription = {
  name: 'web',
  tags: { environment: 'production', team: 'platform' },
  execution: { logging: 'OVERRIDE', logGroup: '/ecs/exec/web' },
  services: [
    {
      name: 'storefront',
      desiredCount: 3,
      execEnabled: true,
      definition: storefront(registry, 187, '2026.11.16-1'),
      tags: { environment: 'production', owner: 'shop' },
      loadBalancer: { name: 'storefront', scheme: 'internet-facing', container: 'nginx', containerPort: 80 },
      tasks: [
        { idPrefix: '4f1c9ad2', ageMinutes: 2 * day + 4 * hour, privateIp: '10.0.42.17' },
        { idPrefix: '8b0e17c4', ageMinutes: 2 * day + 4 * hour, privateIp: '10.0.57.203' },
        { idPrefix: 'd27a5510', ageMinutes: 6 * hour, privateIp: '10.0.42.88' },
      ],
    },
    {
      name: 'checkout',
      desiredCount: 4,
      execEnabled: true,
      definition: api('checkout', `${registry}/checkout:2026.11.12-3`, 94),
      tags: { environment: 'production', owner: 'payments' },
      loadBalancer: {
        name: 'checkout',
        scheme: 'internal',
        container: 'api',
        containerPort: 8080,
        rule: { host: 'checkout.shop.internal', path: '/v2/*' },
      },
      tasks: [
        { ageMinutes: 6 * day },
        { ageMinutes: 6 * day },
        { ageMinutes: 6 * day },
        { ageMinutes: 3 * day },
      ],
    },
    {
      // Exec was never turned on: the owners treat it as a black box.
      name: 'image-proxy',
      desiredCount: 2,
      execEnabled: false,
      definition: single(
        'image-proxy',
        { name: 'imgproxy', image: 'darthsim/imgproxy:v3.27', program: 'api' },
        31,
      ),
      tasks: [{ ageMinutes: 21 * day }, { ageMinutes: 21 * day }],
    },
    {
      // One agent died, and Fargate has no room for the fourth task.
      name: 'search',
      desiredCount: 4,
      capacity: 3,
      execEnabled: true,
      definition: api('search', `${registry}/search:8.2.1`, 58, { cpu: 2048, memory: 8192 }),
      tasks: [
        { ageMinutes: 9 * day },
        {
          ageMinutes: 9 * day,
          agents: {
            api: { status: 'STOPPED', reason: 'Managed agent ExecuteCommandAgent exited: out of memory' },
          },
        },
        { ageMinutes: 4 * day },
      ],
    },
    {
      // Exec is on, but nobody gave the task role the ssmmessages actions.
      name: 'recommendations',
      desiredCount: 2,
      execEnabled: true,
      definition: api('recommendations', `${registry}/recommendations:1.14.0`, 22, {
        role: taskRoleWithoutChannels('recommendations'),
      }),
      tasks: [{ ageMinutes: 12 * day }, { ageMinutes: 12 * day }],
    },
    {
      name: 'account',
      publicIp: true,
      desiredCount: 2,
      execEnabled: true,
      definition: {
        family: 'account',
        revision: 40,
        cpu: 512,
        memory: 1024,
        role: taskRole('account'),
        containers: [
          {
            name: 'api',
            image: `${registry}/account:3.9.2`,
            program: 'api',
            healthCheck: true,
            logDriver: {
              name: 'awsfirelens',
              options: { Name: 'opensearch', Host: 'search-logs.internal', Index: 'account' },
            },
          },
          { ...logRouter, logRouter: true },
        ],
      },
      tasks: [{ ageMinutes: 5 * day }, { ageMinutes: 5 * day }],
    },
    {
      // The one service that still runs on instances of its own.
      name: 'edge-cache',
      desiredCount: 1,
      launchType: 'EC2',
      execEnabled: true,
      definition: single(
        'edge-cache',
        {
          name: 'worker',
          image: `${registry}/edge-cache:0.9.4`,
          program: 'worker',
          logDriver: { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
        },
        17,
        { networkMode: 'bridge' },
      ),
      tasks: [{ ageMinutes: 30 * day }],
    },
  ],
  standalone: [
    {
      startedBy: 'raj',
      execEnabled: true,
      idPrefix: 'b61f03ee',
      ageMinutes: 2 * hour + 20,
      definition: postgresTools(registry),
      tags: { purpose: 'order lookup' },
    },
  ],
  stopped: [
    {
      service: 'storefront',
      idPrefix: '9be2c7f0',
      execEnabled: true,
      definition: storefront(registry, 187, '2026.11.16-1'),
      ageMinutes: 3 * day,
      stoppedMinutesAgo: 41,
      stopCode: 'UserInitiated',
      stoppedReason: 'Replaced by raj',
      exitCode: 0,
    },
    {
      service: 'search',
      execEnabled: true,
      definition: api('search', `${registry}/search:8.2.1`, 58, { cpu: 2048, memory: 8192 }),
      ageMinutes: 4 * day,
      stoppedMinutesAgo: 17,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 137,
      containerReason: 'OutOfMemoryError: Container killed due to memory usage',
    },
    {
      service: 'checkout',
      execEnabled: true,
      definition: api('checkout', `${registry}/checkout:2026.11.24-1`, 95),
      ageMinutes: 34,
      stoppedMinutesAgo: 28,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 1,
    },
  ],
}

/** Money and numbers: sessions in here are encrypted with a key of our own. */
const data: ClusterDescription = {
  name: 'data',
  tags: { environment: 'production', team: 'data', classification: 'confidential' },
  execution: {
    logging: 'OVERRIDE',
    keyAlias: 'alias/ecs-exec',
    requiresEncryptedBucket: true,
    bucket: 'example-prod-exec-transcripts',
    keyPrefix: 'data',
  },
  services: [
    {
      name: 'warehouse-loader',
      desiredCount: 2,
      execEnabled: true,
      definition: worker('warehouse-loader', `${registry}/warehouse-loader:5.0.3`, 73, {
        cpu: 4096,
        memory: 16384,
      }),
      tasks: [{ ageMinutes: 3 * day }, { ageMinutes: 3 * day }],
    },
    {
      name: 'reports',
      desiredCount: 2,
      execEnabled: true,
      definition: api('reports', `${registry}/reports:2.4.0`, 19),
      tasks: [{ ageMinutes: 8 * day }, { ageMinutes: 8 * day }],
    },
    {
      // Both containers share one PID namespace, so ECS Exec reaches one of them at a time.
      name: 'ledger-export',
      desiredCount: 1,
      execEnabled: true,
      definition: worker('ledger-export', `${registry}/ledger-export:1.0.8`, 6, { pidMode: 'task' }),
      tasks: [{ ageMinutes: 15 * hour }],
    },
    {
      name: 'reporting-legacy',
      desiredCount: 1,
      execEnabled: false,
      definition: {
        family: 'reporting-legacy',
        revision: 4,
        cpu: 2048,
        memory: 4096,
        platform: 'WINDOWS_SERVER_2022_CORE',
        containers: [
          {
            name: 'iis',
            image: `${registry}/reporting-legacy:2024.3`,
            logDriver: {
              name: 'splunk',
              options: { 'splunk-url': 'https://splunk.example.com:8088', 'splunk-index': 'legacy' },
            },
          },
        ],
      },
      tasks: [{ ageMinutes: 44 * day }],
    },
  ],
}

export const production: readonly RegionDescription[] = [
  {
    name: 'eu-west-1',
    clusters: [web, data],
    network: { endpoints: ['ssmmessages', 'kms', 'logs', 'ecr.api', 'ecr.dkr'] },
    keys: [{ id: '7d2f0c6a-1b5e-4c1f-9a43-5e0d8f7b2c91', alias: 'alias/ecs-exec' }],
    buckets: [{ name: 'example-prod-exec-transcripts', encryption: 'aws:kms', keyAlias: 'alias/ecs-exec' }],
    pastSessions,
  },
  {
    // The warm standby: one small service, so that a change of region shows something.
    name: 'us-east-1',
    clusters: [
      {
        name: 'standby',
        tags: { environment: 'production' },
        services: [
          {
            name: 'status-page',
            desiredCount: 1,
            execEnabled: true,
            definition: api(
              'status-page',
              '111122223333.dkr.ecr.us-east-1.amazonaws.com/status-page:1.3.0',
              8,
            ),
            tasks: [{ ageMinutes: 18 * day }],
          },
        ],
      },
    ],
  },
]
