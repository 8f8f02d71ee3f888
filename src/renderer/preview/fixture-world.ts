import type { Access } from '../../contract/access.ts'
import type { AuditEntry, HistoryLine, TaskHistory, TouchedTask } from '../../contract/audit.ts'
import type { CatalogScope, Cluster, Container, Readiness, Service, Task } from '../../contract/catalog.ts'
import type { Diagnostics } from '../../contract/diagnostics.ts'
import type { Account, Caller, Environment, Identity, Scope } from '../../contract/identity.ts'
import type { IntegrityReport } from '../../contract/integrity.ts'
import type { PluginFindings, PluginOffer } from '../../contract/plugin.ts'
import type { ContainerRef, Session } from '../../contract/session.ts'

/**
 * A world like the one in the interface standard, for looking at screens and
 * for unit tests. Not part of the app: no file of `dist` comes from here.
 */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const region = 'eu-west-1'
export const roleName = 'PlatformEngineer'

const ready: Readiness = { level: 'ready' }
const advice: Readiness = { level: 'advice', reason: 'Read-only root file system' }
const execOff: Readiness = { level: 'blocked', reason: 'Exec is off', code: 'EXEC_NOT_ENABLED' }
const agentStopped: Readiness = { level: 'blocked', reason: 'Exec agent stopped', code: 'AGENT_NOT_RUNNING' }

export const identities = (now: number): Identity[] => [
  identity('example-corp', 'https://example-corp.awsapps.com/start', region, now + 8 * hour),
  identity('example-labs', 'https://d-9067example.awsapps.com/start', 'us-east-1'),
  {
    id: 'profile:legacy-dev',
    kind: 'access-keys',
    name: 'legacy-dev',
    region,
    state: 'signed-out',
    definedIn: '/home/ana/.aws/credentials',
  },
]

function identity(name: string, startUrl: string, ssoRegion: string, expiresAt?: number): Identity {
  return {
    id: `sso:${name}`,
    kind: 'identity-center',
    name,
    startUrl,
    ssoRegion,
    state: expiresAt === undefined ? 'signed-out' : 'signed-in',
    expiresAt,
    definedIn: '/home/ana/.aws/config',
  }
}

function account(accountId: string, name: string, environment: Environment): Account {
  return { identityId: 'sso:example-corp', accountId, name, email: `${name}@example.com`, environment }
}

export const accounts = {
  production: account('111122223333', 'example-prod', 'production'),
  staging: account('444455556666', 'example-staging', 'staging'),
  development: account('777788889999', 'example-dev', 'development'),
}

export function access(identityId: string, now: number): Access {
  const own = Object.values(accounts).filter((each) => each.identityId === identityId)
  return {
    identityId,
    accounts: own,
    roles: Object.fromEntries(own.map(({ accountId }) => [accountId, [roleName, 'ReadOnly']])),
    roleProblems: {},
    listing: false,
    readAt: now - 3 * minute,
  }
}

export function integrityReport(now: number): IntegrityReport {
  return {
    at: now - 4 * 60_000,
    intact: true,
    events: 9214,
    checkpoints: 97,
    recordings: 412,
    bytes: 183_400_000,
    unfinished: 3,
    outside: { seq: 9201, at: now - 5 * 60_000 },
    findings: [],
    findingCount: 0,
  }
}

export function diagnostics(now: number): Diagnostics {
  return {
    at: now,
    sections: [
      {
        title: 'Clock',
        rows: [{ label: 'Against AWS', value: 'right', note: '120 ms', tone: 'good' }],
      },
      {
        title: 'Endpoints',
        rows: [
          {
            label: 'ECS, eu-west-1',
            value: 'https://ecs.eu-west-1.amazonaws.com',
            note: 'partition aws; directly: no proxy is set',
          },
          {
            label: 'STS, eu-west-1',
            value: 'https://sts.internal.example',
            note: 'AWS_ENDPOINT_URL_STS',
            tone: 'warn',
          },
        ],
      },
      {
        title: 'Profiles',
        rows: [{ label: 'lost', value: 'Names the sso-session "gone", which is not there', tone: 'bad' }],
      },
    ],
    text: 'Porthole diagnostics',
  }
}

export function scopeOf({ identityId, accountId }: Account): Scope {
  return { identityId, accountId, roleName, region }
}

export const caller = (now: number, accountId: string): Caller => ({
  arn: `arn:aws:sts::${accountId}:assumed-role/AWSReservedSSO_${roleName}_0123456789abcdef/ana`,
  accountId,
  userName: 'ana',
  expiresAt: now + 42 * minute,
})

function container(name: string, image: string, readiness: Readiness = ready): Container {
  return {
    name,
    image,
    runtimeId: `${name}-0123456789`,
    status: 'RUNNING',
    health: 'HEALTHY',
    execAgent: readiness.code === 'AGENT_NOT_RUNNING' ? 'STOPPED' : 'RUNNING',
    ports: [],
    readiness,
  }
}

/** Task IDs in real life have 32 hexadecimal digits; only the first eight are told apart here. */
function fullId(short: string): string {
  return short.padEnd(32, '7b0e4d55a1c3e0b7')
}

export interface TaskPlan {
  id: string
  service?: string
  /** In milliseconds. */
  age: number
  containers: Container[]
  readiness?: Readiness
  status?: string
}

function clusterArn({ accountId }: Account, name: string): string {
  return `arn:aws:ecs:${region}:${accountId}:cluster/${name}`
}

function taskOf(owner: Account, cluster: string, now: number, plan: TaskPlan): Task {
  const id = fullId(plan.id)
  const worst = plan.containers.find(({ readiness }) => readiness.level === 'blocked')?.readiness
  return {
    arn: `arn:aws:ecs:${region}:${owner.accountId}:task/${cluster}/${id}`,
    id,
    clusterArn: clusterArn(owner, cluster),
    serviceName: plan.service,
    status: plan.status ?? 'RUNNING',
    desiredStatus: 'RUNNING',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    architecture: 'x86_64',
    taskDefinitionArn: `arn:aws:ecs:${region}:${owner.accountId}:task-definition/${plan.service ?? 'tools'}:187`,
    taskDefinition: `${plan.service ?? 'tools'}:187`,
    cpu: 1024,
    memory: 2048,
    availabilityZone: `${region}a`,
    privateIp: '10.0.42.17',
    startedAt: plan.status === undefined ? now - plan.age : undefined,
    createdAt: now - plan.age - minute,
    execEnabled: plan.readiness?.code !== 'EXEC_NOT_ENABLED',
    tags: {},
    containers: plan.containers,
    readiness: plan.readiness ?? worst ?? ready,
  }
}

function serviceOf(owner: Account, cluster: string, name: string, running: number, desired: number): Service {
  return {
    arn: `arn:aws:ecs:${region}:${owner.accountId}:service/${cluster}/${name}`,
    name,
    status: 'ACTIVE',
    desiredCount: desired,
    runningCount: running,
    pendingCount: desired - running,
    launchType: 'FARGATE',
    taskDefinition: `${name}:187`,
    execEnabled: name !== 'image-proxy',
    deployments: [],
    events: [],
    targets: [],
    tags: {},
  }
}

export function clusterOf(
  owner: Account,
  name: string,
  now: number,
  services: [name: string, running: number, desired: number][],
  tasks: TaskPlan[],
): Cluster {
  return {
    scope: scopeOf(owner),
    arn: clusterArn(owner, name),
    name,
    status: 'ACTIVE',
    tags: {},
    execLogging: { mode: 'DEFAULT' },
    services: services.map(([service, running, desired]) =>
      serviceOf(owner, name, service, running, desired),
    ),
    tasks: tasks.map((plan) => taskOf(owner, name, now, plan)),
    problems: [],
    updatedAt: now - 4000,
  }
}

const storefront = () => [
  container('nginx', 'storefront-nginx:2026.11.16-1'),
  container('app', 'storefront:2026.11.16-1'),
  container('log-router', 'aws-for-fluent-bit:2.32.5', advice),
]

function many(count: number, prefix: string, plan: Omit<TaskPlan, 'id'>): TaskPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    ...plan,
    id: `${prefix}${index.toString(16).padStart(2, '0')}c4d7`.slice(0, 8),
  }))
}

export function clusters(now: number): Cluster[] {
  const { production, staging, development } = accounts
  return [
    clusterOf(
      production,
      'web',
      now,
      [
        ['storefront', 3, 3],
        ['checkout', 4, 4],
        ['image-proxy', 2, 2],
        ['search', 3, 4],
      ],
      [
        { id: '4f1c9ad2', service: 'storefront', age: 2 * day + 4 * hour + 2000, containers: storefront() },
        { id: '8b0e17c4', service: 'storefront', age: 2 * day + 4 * hour, containers: storefront() },
        { id: 'd27a5510', service: 'storefront', age: 6 * hour, containers: storefront() },
        ...many(4, 'c1', { service: 'checkout', age: day, containers: [container('api', 'checkout:4.2')] }),
        {
          id: '51be02d7',
          service: 'image-proxy',
          age: 3 * day,
          readiness: execOff,
          containers: [
            container('nginx-exporter', 'nginx-exporter:1', execOff),
            container('proxy', 'proxy:1', execOff),
          ],
        },
        {
          id: '51be02d8',
          service: 'image-proxy',
          age: 3 * day,
          readiness: execOff,
          containers: [container('proxy', 'proxy:1', execOff)],
        },
        ...many(4, '5e', {
          service: 'search',
          age: 5 * hour,
          containers: [container('search', 'search:9', advice)],
          readiness: advice,
        }),
        ...many(5, 'a0', { age: 2 * hour, containers: [container('postgres-tools', 'tools:1')] }),
      ],
    ),
    clusterOf(
      production,
      'data',
      now,
      [],
      many(6, 'da', { age: day, containers: [container('etl', 'etl:3')] }),
    ),
    clusterOf(
      staging,
      'web',
      now,
      [['storefront', 2, 2]],
      [
        { id: 'a93e60f1', service: 'storefront', age: 4 * hour, containers: storefront() },
        ...many(8, 'b3', {
          service: 'storefront',
          age: 3 * hour,
          containers: [container('app', 'storefront:1')],
        }),
      ],
    ),
    clusterOf(
      development,
      'batch',
      now,
      [['payments-worker', 2, 2]],
      many(2, 'e4', {
        service: 'payments-worker',
        age: 30 * minute,
        readiness: agentStopped,
        containers: [container('worker', 'payments-worker:12', agentStopped)],
      }),
    ),
  ]
}

export function scopesOf(all: readonly Cluster[], now: number): CatalogScope[] {
  return Object.values(accounts).map((owner) => ({
    scope: scopeOf(owner),
    state: 'ready',
    clusterArns: all.filter(({ scope }) => scope.accountId === owner.accountId).map(({ arn }) => arn),
    updatedAt: now - 4000,
  }))
}

export function containerRef(
  owner: Account,
  cluster: Cluster,
  taskIndex: number,
  name: string,
): ContainerRef {
  const task = cluster.tasks[taskIndex]
  if (task === undefined) throw new RangeError(`No task ${taskIndex} in ${cluster.name}`)
  return {
    scope: cluster.scope,
    accountName: owner.name,
    environment: owner.environment,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    serviceName: task.serviceName,
    taskArn: task.arn,
    taskId: task.id,
    containerName: name,
  }
}

export function touched(all: readonly Cluster[], now: number): TouchedTask[] {
  const [web, , stagingWeb, batch] = all
  const mark = (cluster: Cluster | undefined, index: number, containers: string[]): TouchedTask[] => {
    const task = cluster?.tasks[index]
    return task === undefined
      ? []
      : [{ taskArn: task.arn, containers, sessions: 5, people: ['ana', 'raj'], since: now - 2 * day }]
  }
  return [...mark(web, 0, ['nginx', 'app']), ...mark(stagingWeb, 0, ['nginx']), ...mark(batch, 0, ['worker'])]
}

export function sessions(all: readonly Cluster[], now: number): Session[] {
  const [web, , stagingWeb, batch] = all
  if (web === undefined || stagingWeb === undefined || batch === undefined) return []
  const live = (index: number, container: ContainerRef, idleFor: number): Session => ({
    id: `00000000-0000-4000-8000-00000000000${index}`,
    stream: index,
    container,
    command: '/bin/bash',
    engine: 'built-in',
    state: 'ready',
    kmsEncrypted: true,
    keepAlive: false,
    recording: true,
    userName: 'ana',
    startedAt: now - 8 * minute,
    readyAt: now - 8 * minute,
    lastInputAt: now - idleFor,
  })
  return [
    live(1, containerRef(accounts.production, web, 0, 'nginx'), 168_000),
    live(2, containerRef(accounts.production, web, 3, 'api'), 1_056_000),
    live(3, containerRef(accounts.staging, stagingWeb, 0, 'nginx'), 2000),
    {
      ...live(4, containerRef(accounts.development, batch, 0, 'worker'), 0),
      state: 'ended',
      endedAt: now - 12 * minute,
      endReason: 'lost',
    },
  ]
}

export function audit(all: readonly Cluster[], now: number): AuditEntry[] {
  const web = all[0]
  if (web === undefined) return []
  const shell = (index: number, userName: string, startedAt: number, live: boolean): AuditEntry => ({
    kind: 'session',
    sessionId: `00000000-0000-4000-8000-0000000000a${index}`,
    container: containerRef(accounts.production, web, 0, 'nginx'),
    command: '/bin/bash',
    engine: 'built-in',
    principal: `arn:aws:sts::111122223333:assumed-role/${roleName}/${userName}`,
    userName,
    startedAt,
    endedAt: live ? undefined : startedAt + 11 * minute,
    endReason: live ? undefined : 'exited',
    live,
    outputBytes: 14_336,
    hasRecording: true,
  })
  return [shell(1, 'raj', now - 20 * minute, true), shell(2, 'ana', now - 17 * hour, false)]
}

export function history(all: readonly Cluster[], now: number): TaskHistory {
  const newest = audit(all, now).map((entry, index) => ({ seq: 9 - index, entry }))
  const lines = newest.flatMap(({ seq, entry }): HistoryLine[] => {
    if (entry.kind !== 'session') return []
    const { sessionId, startedAt: at, endedAt, userName, container, hasRecording } = entry
    const { containerName } = container
    return [{ kind: 'session', seq, at, endedAt, userName, sessionId, containerName, hasRecording }]
  })
  return { place: '', isWhole: true, lines, newest }
}

export const pluginFindings: PluginFindings = {
  candidates: [
    {
      path: '/usr/local/bin/session-manager-plugin',
      place: 'path',
      version: '1.2.463.0',
      verdict: 'too-old',
      reason: 'Version 1.2.463.0 is older than 1.2.764.0, the oldest that AWS supports.',
    },
  ],
  searched: ['/usr/local/bin', '/usr/local/sessionmanagerplugin/bin', '/opt/homebrew/bin'],
}

export const pluginOffer: PluginOffer = {
  version: '1.2.896.0',
  isNews: true,
  source:
    'https://s3.amazonaws.com/session-manager-downloads/plugin/1.2.896.0/mac_arm64/session-manager-plugin.pkg',
  bytes: 4_300_000,
  folder: '/Users/ana/Library/Application Support/Porthole/plugin/versions/1.2.896.0',
  proof: 'apple',
}
