import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ActivityFacts, HistoryLine } from '../../../src/contract/audit.ts'
import type { Scope } from '../../../src/contract/identity.ts'
import {
  type ExecRollout,
  type ReadinessReport,
  readinessReportSchema,
} from '../../../src/contract/readiness.ts'
import { type AwsClients, createAwsClients } from '../../../src/core/aws/clients.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { systemClock } from '../../../src/core/clock.ts'
import {
  createReadinessService,
  type ReadinessService,
} from '../../../src/core/readiness/readiness-service.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import {
  type Credentials,
  operatorOf,
  production,
  region,
  startTestSandbox,
} from '../sandbox-services/sandbox-fixture.ts'

/** Every unhealthy thing of the sandbox's world gets its one right diagnosis, and the healthy ones none. */

const staging = '444455556666'
const development = '777788889999'
const roleNames: Record<string, string> = {
  [production]: 'Operator',
  [staging]: 'Deploy',
  [development]: 'Automation',
}

let sandbox: Sandbox
let clients: AwsClients
let readiness: ReadinessService
const credentials = new Map<string, Credentials & { arn: string }>()
const notes: ActivityFacts[] = []
let catalogLooks = 0
let lines: HistoryLine[] = []
const resources = new DisposableStack()

beforeAll(async () => {
  sandbox = await startTestSandbox()
  await signIn()
  const endpoints = createEndpoints({
    environment: { AWS_ENDPOINT_URL: sandbox.endpoint },
    config: () => Promise.reject(new Error('No test may read the config of this computer.')),
  })
  const connection = resources.use(createAwsConnection({ endpoints, version: '0.0.0' }))
  const keysOf = ({ accountId }: Scope) => {
    const keys = credentials.get(accountId)
    if (!keys) throw new Error(`Nobody is signed in to ${accountId}.`)
    return keys
  }
  clients = resources.use(
    createAwsClients({
      connection,
      credentials: { credentials: async (scope) => keysOf(scope), forgetCredentials() {} },
    }),
  )
  readiness = resources.use(
    createReadinessService({
      clients,
      caller: async (scope) => ({ arn: keysOf(scope).arn, accountId: scope.accountId, userName: 'ana' }),
      findPlugin: async () => ({ candidates: [], searched: [] }),
      refreshCatalog: async () => {
        catalogLooks += 1
      },
      clockState: connection.clockDifference.state,
      engineChoice: () => 'auto',
      audit: {
        history: async () => ({ place: '', isWhole: true, lines, newest: [] }),
        note: async (facts) => void notes.push(facts),
      },
      clock: systemClock,
      log: (message) => expect.fail(message),
    }),
  )
})
afterAll(async () => {
  resources.dispose()
  await sandbox[Symbol.asyncDispose]()
})

/** With the operator's key in production, with roles elsewhere. */
async function signIn(): Promise<void> {
  const sts = new STS({
    endpoint: sandbox.endpoint,
    region,
    credentials: operatorOf(sandbox),
    maxAttempts: 1,
  })
  const { Arn = '' } = await sts.getCallerIdentity({})
  credentials.set(production, { ...operatorOf(sandbox), arn: Arn })
  const session = { RoleSessionName: 'ana' }
  const deploy = await sts.assumeRole({
    ...session,
    RoleArn: `arn:aws:iam::${staging}:role/Deploy`,
    ExternalId: 'example-corp',
  })
  const automation = await sts.assumeRoleWithWebIdentity({
    ...session,
    RoleArn: `arn:aws:iam::${development}:role/Automation`,
    WebIdentityToken: 'sandbox-web-identity',
  })
  for (const [account, { Credentials, AssumedRoleUser }] of [
    [staging, deploy],
    [development, automation],
  ] as const) {
    credentials.set(account, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      arn: AssumedRoleUser?.Arn ?? '',
    })
  }
}

function scopeOf(accountId: string): Scope {
  return { identityId: 'sso:corp', accountId, roleName: roleNames[accountId] ?? '', region }
}

/** All tasks of a service, oldest first; of all services without a name. */
async function tasksOf(accountId: string, cluster: string, serviceName?: string): Promise<string[]> {
  const scope = scopeOf(accountId)
  const { taskArns = [] } = await clients.call('ecs', scope, { action: 'ecs:ListTasks' }, (ecs) =>
    ecs.listTasks({ cluster, ...(serviceName && { serviceName }) }),
  )
  return taskArns
}

async function check(accountId: string, cluster: string, taskArn: string): Promise<ReadinessReport> {
  const clusterArn = `arn:aws:ecs:${region}:${accountId}:cluster/${cluster}`
  const finished = Promise.withResolvers<ReadinessReport>()
  using _following = readiness.onReport((report) => {
    if (report.task.taskArn === taskArn && report.finishedAt !== undefined) finished.resolve(report)
  })
  readiness.check({ scope: scopeOf(accountId), clusterArn, taskArn })
  return readinessReportSchema.parse(await finished.promise)
}

/** What is said loudly, in the order of the checks. */
function adviceOf({ checks }: ReadinessReport): string[] {
  return checks.filter(({ status, quiet }) => status === 'advice' && !quiet).map(({ id }) => id)
}

function unknownOf({ checks }: ReadinessReport): string[] {
  return checks.filter(({ status }) => status === 'unknown').map(({ id }) => id)
}

type Row = [account: string, cluster: string, service: string, root: string | undefined, advice: string[]]

const rows: Row[] = [
  [production, 'web', 'storefront', undefined, ['writable-root']],
  [production, 'web', 'checkout', undefined, []],
  [production, 'web', 'image-proxy', 'exec-enabled', []],
  [production, 'web', 'recommendations', 'task-role', []],
  [production, 'web', 'account', undefined, ['writable-root']],
  [production, 'web', 'edge-cache', undefined, []],
  [production, 'data', 'warehouse-loader', undefined, []],
  [production, 'data', 'reports', undefined, []],
  [production, 'data', 'ledger-export', undefined, ['pid-mode']],
  [production, 'data', 'reporting-legacy', 'exec-enabled', []],
  [staging, 'web', 'storefront', undefined, ['writable-root']],
  [staging, 'web', 'checkout', undefined, []],
  [staging, 'web', 'image-proxy', 'exec-enabled', []],
  [staging, 'web', 'search', undefined, []],
  [staging, 'web', 'account', undefined, []],
  [development, 'batch', 'payments-worker', 'writable-root', ['static-keys']],
]

test.each(rows)('%s %s/%s: %s', async (account, cluster, service, root, advice) => {
  const taskArns = await tasksOf(account, cluster, service)
  expect(taskArns.length).toBeGreaterThan(0)
  for (const taskArn of taskArns) {
    const report = await check(account, cluster, taskArn)
    expect.soft(report.diagnosis?.rootCheckId).toBe(root)
    expect.soft(adviceOf(report)).toEqual(advice)
    const expected = root === 'exec-enabled' ? ['exec-agent'] : []
    expect.soft(unknownOf(report)).toEqual(expected)
  }
})

test('of search, the one task whose agent ended is diagnosed', async () => {
  const taskArns = await tasksOf(production, 'web', 'search')
  const reports = await Promise.all(taskArns.map((taskArn) => check(production, 'web', taskArn)))
  const ill = reports.filter(({ diagnosis }) => diagnosis)
  expect(ill).toHaveLength(1)
  expect(ill[0]?.diagnosis).toEqual({ checkId: 'exec-agent', rootCheckId: 'exec-agent' })
  const agent = ill[0]?.checks.find(({ id }) => id === 'exec-agent')
  expect(agent).toMatchObject({ status: 'blocked', certainty: 'certain', fix: { action: 'replace-task' } })
  expect(JSON.stringify(agent?.evidence)).toContain('containers[api].managedAgents')
})

test('the unhealthy tasks that have stopped are told from those that run', async () => {
  const scope = scopeOf(production)
  const { taskArns = [] } = await clients.call('ecs', scope, { action: 'ecs:ListTasks' }, (ecs) =>
    ecs.listTasks({ cluster: 'web', desiredStatus: 'STOPPED' }),
  )
  expect(taskArns.length).toBeGreaterThan(0)
  for (const taskArn of taskArns) {
    const report = await check(production, 'web', taskArn)
    expect.soft(report.diagnosis?.rootCheckId).toBe('task-status')
  }
})

test('where a shell opened, a denied simulation is advice; what was found is noted in the history', async () => {
  const [taskArn = ''] = await tasksOf(production, 'web', 'recommendations')
  lines = [{ kind: 'session', at: 1_764_000_000_000 } as HistoryLine]
  const report = await check(production, 'web', taskArn)
  lines = []
  expect(report).toMatchObject({ obstacles: [] })
  expect(report.checks.find(({ id }) => id === 'task-role')).toMatchObject({
    status: 'advice',
    cause: expect.stringContaining('a shell opened here before'),
  })
  await expect
    .poll(() => notes.filter((note) => note.taskArn === taskArn).at(-1))
    .toMatchObject({ activity: 'readiness.checked', userName: 'ana', detail: { found: 'nothing' } })
})

test('exec is turned on with a deployment that is followed until a task takes shells', async () => {
  const phases: string[] = []
  const ended = Promise.withResolvers<ExecRollout>()
  using _following = readiness.onRollout((rollout) => {
    phases.push(rollout.phase)
    if (rollout.phase !== 'rolling') ended.resolve(rollout)
  })
  const clusterArn = `arn:aws:ecs:${region}:${production}:cluster/web`
  const request = { scope: scopeOf(production), clusterArn, serviceName: 'image-proxy', on: true }
  catalogLooks = 0
  expect(await readiness.switchExec(request)).toMatchObject({ phase: 'rolling', on: true })
  expect(catalogLooks, 'the deployment shows in the catalog').toBe(1)
  const rollout = await ended.promise
  await expect.poll(() => catalogLooks).toBe(2)
  expect(rollout).toMatchObject({ phase: 'done', taskArn: expect.any(String) })
  const report = await check(production, 'web', rollout.taskArn ?? '')
  expect(report.diagnosis).toBeUndefined()
  expect(notes).toContainEqual(
    expect.objectContaining({ activity: 'exec.enabled', detail: { service: 'image-proxy', cluster: 'web' } }),
  )
}, 30_000)

test('who may get in is simulated role by role, and says so where roles may not be listed', async () => {
  const clusterArn = `arn:aws:ecs:${region}:${production}:cluster/web`
  const request = { scope: scopeOf(production), clusterArn, serviceName: 'storefront' }
  const all = await readiness.entrants(request)
  const names = all.roles.map(({ name }) => name)
  expect(names.some((name) => name.includes('PlatformEngineer'))).toBe(true)
  expect(names.filter((name) => /ReadOnly|-task$|deploy/.test(name))).toEqual([])
  expect(all.problems).toEqual([])
  expect(all.roles.every(({ why }) => why.startsWith('Allowed by'))).toBe(true)
}, 30_000)
