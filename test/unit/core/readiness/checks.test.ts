import { describe, expect, it, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { CheckResult } from '../../../../src/contract/readiness.ts'
import { allChecks } from '../../../../src/core/readiness/all-checks.ts'
import { isAtLeast } from '../../../../src/core/readiness/checks/platform.ts'
import { diagnose } from '../../../../src/core/readiness/diagnosis.ts'
import type { ReadinessFacts } from '../../../../src/core/readiness/facts.ts'
import { pendingResults, runChecks } from '../../../../src/core/readiness/run-checks.ts'
import { isInside } from '../../../../src/core/readiness/way-out.ts'
import { factsOfHealthyTask, simulateDenying } from './facts-of-a-task.ts'

const never = () => ({ [Symbol.dispose]() {} })

async function results(facts: ReadinessFacts): Promise<CheckResult[]> {
  const found = new Map<string, CheckResult>()
  await runChecks(allChecks, facts, never, (result) => found.set(result.id, result))
  return allChecks.flatMap(({ id }) => found.get(id) ?? [])
}

/** Every check that did not say "ok", with what it said. */
async function complaints(changes: Partial<ReadinessFacts>): Promise<Record<string, string>> {
  const all = await results(factsOfHealthyTask(changes))
  return Object.fromEntries(all.filter(({ status }) => status !== 'ok').map(({ id, status }) => [id, status]))
}

const healthy = factsOfHealthyTask()
type Network = NonNullable<Awaited<ReturnType<ReadinessFacts['network']>>>

function changed<Name extends 'task' | 'cluster' | 'definition' | 'instance' | 'service'>(
  name: Name,
  change: object,
): Partial<ReadinessFacts> {
  return { [name]: async () => ({ ...(await healthy[name]()), ...change }) }
}

function network(change: Partial<Network>): Partial<ReadinessFacts> {
  return { network: async () => ({ ...((await healthy.network()) as Network), ...change }) }
}

const configured = (execute: object) =>
  changed('cluster', { configuration: { executeCommandConfiguration: execute } })
const overridden = (logConfiguration: object) => configured({ logging: 'OVERRIDE', logConfiguration })

const endpoint = {
  VpcEndpointId: 'vpce-1',
  ServiceName: 'com.amazonaws.eu-west-1.ssmmessages',
  State: 'Available' as const,
  PrivateDnsEnabled: true,
  Groups: [{ GroupId: 'sg-endpoint' }],
}
const httpsFrom = (CidrIp: string) => [
  { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp }] },
]
const groupsWith = (IpPermissions: object[]) =>
  new Map([
    ['sg-tasks', { GroupId: 'sg-tasks', IpPermissionsEgress: [{ IpProtocol: '-1' }] }],
    ['sg-endpoint', { GroupId: 'sg-endpoint', IpPermissions }],
  ])
const agent = (lastStatus: string | undefined) => [
  { name: 'app', managedAgents: lastStatus ? [{ name: 'ExecuteCommandAgent', lastStatus }] : [] },
]
const container = (change: object) =>
  changed('definition', {
    containerDefinitions: [
      {
        name: 'app',
        linuxParameters: { initProcessEnabled: true },
        logConfiguration: { logDriver: 'awslogs' },
        ...change,
      },
    ],
  })

type Case = [what: string, changes: Partial<ReadinessFacts>, expected: Record<string, string>]

const cases: Case[] = [
  ['nothing', {}, {}],
  [
    'a clock seven minutes off',
    { clock: () => ({ wrong: true, differenceMilliseconds: 420_000 }) },
    { clock: 'advice' },
  ],
  ['the plugin chosen and missing', { engine: () => 'plugin' }, { 'plugin-version': 'blocked' }],
  [
    'an old plugin that nobody needs',
    {
      plugin: async () => ({
        candidates: [{ path: '/p', place: 'path', version: '1.2.1.0', verdict: 'too-old', reason: 'Old.' }],
        searched: [],
      }),
    },
    { 'plugin-version': 'advice' },
  ],
  [
    'a caller without the permission',
    { simulate: simulateDenying('ecs:ExecuteCommand', 'ssm:StartSession') },
    { 'caller-permission': 'blocked' },
  ],
  ['a caller who may go past ECS', { simulate: simulateDenying() }, { 'direct-sessions': 'advice' }],
  [
    'the root user',
    { callerSource: async () => undefined },
    { 'caller-permission': 'unknown', 'direct-sessions': 'unknown' },
  ],
  ['two open sessions', { openSessions: async () => new Map([['app', 2]]) }, { 'open-sessions': 'advice' }],
  [
    'a task that starts',
    changed('task', { lastStatus: 'PENDING', containers: agent('PENDING') }),
    { 'task-status': 'blocked', 'exec-agent': 'blocked' },
  ],
  [
    'a task that stopped',
    changed('task', { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
    { 'task-status': 'blocked', 'exec-agent': 'unknown' },
  ],
  [
    'exec off',
    changed('task', { enableExecuteCommand: false, containers: agent(undefined) }),
    { 'exec-enabled': 'blocked', 'exec-agent': 'unknown' },
  ],
  ['an old Fargate platform', changed('task', { platformVersion: '1.3.0' }), { platform: 'blocked' }],
  [
    'Windows on Fargate',
    changed('task', { platformFamily: 'Windows_Server_2022', platformVersion: '1.0.0' }),
    {},
  ],
  [
    'an old ECS agent',
    {
      ...changed('task', { launchType: 'EC2' }),
      instance: async () => ({ versionInfo: { agentVersion: '1.49.0' }, agentConnected: true }),
    },
    { platform: 'blocked' },
  ],
  ['an external instance', changed('task', { launchType: 'EXTERNAL' }), { platform: 'unknown' }],
  ['a shared PID namespace', changed('definition', { pidMode: 'task' }), { 'pid-mode': 'advice' }],
  [
    'an endpoint for Session Manager and none for the key',
    {
      ...configured({ kmsKeyId: 'k' }),
      ...network({
        routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }],
        endpoints: [endpoint],
        groups: groupsWith(httpsFrom('10.0.0.0/16')),
      }),
    },
    { 'key-path': 'blocked' },
  ],
  [
    'a subnet without a way out',
    network({ routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }] }),
    { 'network-path': 'blocked' },
  ],
  [
    'a NAT gateway that is gone',
    network({ routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'blackhole' }] }),
    { 'network-path': 'blocked' },
  ],
  [
    'an internet gateway without a public address',
    network({ routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' }] }),
    { 'network-path': 'blocked' },
  ],
  [
    'an endpoint',
    network({ routes: [], endpoints: [endpoint], groups: groupsWith(httpsFrom('10.0.0.0/16')) }),
    {},
  ],
  [
    'an endpoint that is closed',
    network({ endpoints: [endpoint], groups: groupsWith(httpsFrom('192.168.0.0/16')) }),
    { 'network-path': 'blocked' },
  ],
  [
    'an endpoint that is pending',
    network({
      endpoints: [{ ...endpoint, State: 'Pending' as const }],
      groups: groupsWith(httpsFrom('10.0.0.0/16')),
    }),
    { 'network-path': 'blocked' },
  ],
  [
    'an endpoint without names, and a way past it',
    network({ endpoints: [{ ...endpoint, PrivateDnsEnabled: false }], groups: groupsWith([]) }),
    {},
  ],
  ['a route table of another account', network({ routes: [] }), { 'network-path': 'unknown' }],
  [
    'no subnet',
    { network: async () => undefined },
    { 'network-path': 'unknown', 'outbound-https': 'unknown' },
  ],
  [
    'a security group that lets nothing out',
    network({
      groups: new Map([
        ['sg-tasks', { IpPermissionsEgress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }] }],
      ]),
    }),
    { 'outbound-https': 'blocked' },
  ],
  [
    'a task role without channels',
    { simulate: simulateDenying('ssmmessages:OpenDataChannel', 'ssm:StartSession') },
    { 'task-role': 'blocked' },
  ],
  ['no task role', { taskRole: async () => undefined }, { 'task-role': 'blocked' }],
  ['an agent that stopped', changed('task', { containers: agent('STOPPED') }), { 'exec-agent': 'blocked' }],
  ['no agent', changed('task', { containers: agent(undefined) }), { 'exec-agent': 'blocked' }],
  [
    'an agent in one of two',
    changed('task', { containers: [...agent('RUNNING'), { name: 'log', managedAgents: [] }] }),
    { 'exec-agent': 'advice' },
  ],
  ['a locked root file system', container({ readonlyRootFilesystem: true }), { 'writable-root': 'advice' }],
  [
    'a locked root file system with volumes for the agent',
    container({
      readonlyRootFilesystem: true,
      mountPoints: [
        { containerPath: '/var/lib/amazon' },
        { containerPath: '/var/log/amazon/ssm', readOnly: false },
      ],
    }),
    {},
  ],
  [
    'volumes that are locked too',
    container({ readonlyRootFilesystem: true, mountPoints: [{ containerPath: '/var', readOnly: true }] }),
    { 'writable-root': 'advice' },
  ],
  ['no init process', container({ linuxParameters: undefined }), { 'init-process': 'advice' }],
  [
    'keys as variables',
    container({ environment: [{ name: 'AWS_ACCESS_KEY_ID', value: 'AKIA' }] }),
    { 'static-keys': 'advice' },
  ],
  [
    'keys as secrets',
    container({ secrets: [{ name: 'AWS_SECRET_ACCESS_KEY', valueFrom: 'arn' }] }),
    { 'static-keys': 'advice' },
  ],
  [
    'a disabled key',
    {
      ...configured({ kmsKeyId: 'k' }),
      key: async () => ({ KeyId: 'k', Enabled: false, KeyState: 'Disabled' as const }),
    },
    { 'session-key': 'blocked' },
  ],
  [
    'a task role without the key',
    { ...configured({ kmsKeyId: 'k' }), simulate: simulateDenying('kms:Decrypt', 'ssm:StartSession') },
    { 'session-key': 'blocked' },
  ],
  ['no transcripts', configured({ logging: 'NONE' }), { 'exec-logging': 'advice' }],
  [
    'transcripts to logs that are not there',
    container({ logConfiguration: undefined }),
    { 'exec-logging': 'advice' },
  ],
  ['a log group that is gone', overridden({ cloudWatchLogGroupName: '/exec' }), { 'log-target': 'advice' }],
  [
    'a log group that should be encrypted',
    {
      ...overridden({ cloudWatchLogGroupName: '/exec', cloudWatchEncryptionEnabled: true }),
      logGroup: async () => ({ arn: 'a' }),
    },
    { 'log-target': 'blocked' },
  ],
  [
    'a task role that may not write transcripts',
    {
      ...overridden({ s3BucketName: 'b', s3KeyPrefix: 'p' }),
      simulate: simulateDenying('s3:PutObject', 'ssm:StartSession'),
    },
    { 'log-delivery': 'advice' },
  ],
  [
    'a task role that may not use the key of the bucket',
    {
      ...overridden({ s3BucketName: 'b' }),
      bucket: async () => ({ encryption: 'aws:kms', keyId: 'arn:aws:kms:eu-west-1:1:key/k' }),
      simulate: simulateDenying('kms:GenerateDataKey', 'ssm:StartSession'),
    },
    { 'log-delivery': 'advice' },
  ],
  [
    'a bucket that is gone',
    { ...overridden({ s3BucketName: 'b' }), bucket: async () => undefined },
    { 'bucket-target': 'advice' },
  ],
  [
    'a bucket that should be encrypted',
    {
      ...overridden({ s3BucketName: 'b', s3EncryptionEnabled: true }),
      bucket: async () => ({ encryption: 'none' }),
    },
    { 'bucket-target': 'blocked' },
  ],
  [
    'a bucket whose encryption one may not see',
    { ...overridden({ s3BucketName: 'b', s3EncryptionEnabled: true }), bucket: async () => ({}) },
    {},
  ],
]

describe('what is wrong, and nothing else, is said', () => {
  it.each(cases)('%s', async (_, changes, expected) => {
    expect(await complaints(changes)).toEqual(expected)
  })

  it('covers every check', () => {
    const covered = new Set(cases.flatMap(([, , expected]) => Object.keys(expected)))
    expect([...covered].sort()).toEqual(allChecks.map(({ id }) => id).sort())
  })
})

test('what may not be read is said by each check that needs it, and bars nothing', async () => {
  const refused = async () => {
    throw new PortholeError({
      code: 'ACCESS_DENIED',
      message: 'ReadOnly may not call it.',
      detail: 'AccessDenied',
    })
  }
  const nothing = Object.fromEntries(
    Object.keys(healthy)
      .filter((name) => !['reference', 'partition', 'clock', 'engine'].includes(name))
      .map((name) => [name, refused]),
  )
  const all = await results(factsOfHealthyTask(nothing))
  const local = all.filter(({ id }) => id === 'clock').map(({ status }) => status)
  expect(local).toEqual(['ok'])
  for (const result of all.filter(({ id }) => id !== 'clock')) {
    expect.soft(result).toMatchObject({
      status: 'unknown',
      cause: 'Could not check: ReadOnly may not call it.',
      evidence: [{ fields: [{ value: 'AccessDenied' }] }],
    })
  }
  expect(diagnose(all)).toEqual({ obstacles: [] })
})

test.each(
  Object.keys(healthy).filter(
    (name) => !['reference', 'partition', 'clock', 'engine', 'caller'].includes(name),
  ),
)('without %s the other checks say what they find', async (name) => {
  const broken = async () => {
    throw new Error('no answer')
  }
  const all = await results(factsOfHealthyTask({ [name]: broken }))
  expect(all.every(({ status }) => status === 'ok' || status === 'unknown')).toBe(true)
  expect(all.some(({ status }) => status === 'ok')).toBe(true)
})

test('a check that never ends is given up, and the others are told before', async () => {
  const late: (() => void)[] = []
  const told: string[] = []
  const running = runChecks(
    allChecks,
    factsOfHealthyTask({ network: () => new Promise(() => {}) }),
    (_, callback) => {
      late.push(callback)
      return never()
    },
    ({ id, status }) => told.push(`${id} ${status}`),
  )
  await expect.poll(() => told.length).toBe(allChecks.length - 2)
  for (const callback of late) callback()
  await running
  expect(told.slice(-2)).toEqual(['network-path unknown', 'outbound-https unknown'])
})

test('a denied simulation is no more than advice where a shell opened before; a fact stays one', async () => {
  const history = { lastShellAt: async () => 1_764_000_000_000 }
  const simulate = simulateDenying('ecs:ExecuteCommand', 'ssmmessages:OpenDataChannel', 'ssm:StartSession')
  expect(await complaints({ ...history, simulate })).toEqual({
    'caller-permission': 'advice',
    'task-role': 'advice',
  })
  const stopped = { ...history, ...changed('task', { containers: agent('STOPPED') }) }
  expect(await complaints(stopped)).toEqual({ 'exec-agent': 'blocked' })
})

test('of several findings the certain one comes first, and what is behind it is to be mended', async () => {
  const facts = factsOfHealthyTask({
    ...changed('task', { containers: agent('STOPPED') }),
    ...container({ readonlyRootFilesystem: true }),
    simulate: simulateDenying('ecs:ExecuteCommand', 'ssm:StartSession'),
  })
  expect(diagnose(await results(facts))).toEqual({
    obstacles: ['exec-agent', 'writable-root', 'caller-permission'],
    diagnosis: { checkId: 'exec-agent', rootCheckId: 'writable-root' },
  })
  expect(diagnose(pendingResults(allChecks))).toEqual({ obstacles: [] })
})

test('no value of a variable gets into a result', async () => {
  const all = await results(
    factsOfHealthyTask(
      container({ environment: [{ name: 'AWS_SECRET_ACCESS_KEY', value: 'wJalrXUtnFEMI' }] }),
    ),
  )
  expect(JSON.stringify(all)).not.toContain('wJalrXUtnFEMI')
})

test.each([
  ['1.4.0', '1.4.0', true],
  ['1.10.0', '1.4.0', true],
  ['1.3.9', '1.4.0', false],
  ['1.50.2', '1.50.2', true],
  ['2', '1.4.0', true],
])('%s is at least %s: %s', (version, floor, expected) => expect(isAtLeast(version, floor)).toBe(expected))

test.each([
  ['10.0.42.17', '10.0.0.0/16', true],
  ['10.1.42.17', '10.0.0.0/16', false],
  ['10.0.42.17', '0.0.0.0/0', true],
  ['10.0.42.17', '10.0.42.17/32', true],
  ['10.0.42.17', 'fd00::/8', false],
])('%s is in %s: %s', (address, block, expected) => expect(isInside(address, block)).toBe(expected))
