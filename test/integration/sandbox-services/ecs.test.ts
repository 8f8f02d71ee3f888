import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  paginateListServices,
  paginateListTasks,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { clientsFor, operatorOf, setFaults, startTestSandbox } from './sandbox-fixture.ts'

const fleetSize = 230
/** The waiter's own pace; its default of six seconds is for the real thing. */
const waiting = { maxWaitTime: 20, minDelay: 0.2, maxDelay: 0.4 }

let sandbox: Sandbox
let clients: ReturnType<typeof clientsFor>

beforeAll(async () => {
  sandbox = await startTestSandbox({ tasks: fleetSize })
  clients = clientsFor(sandbox)
})
afterEach(() => setFaults(sandbox, { clear: true }))
afterAll(() => sandbox[Symbol.asyncDispose]())

async function describeTask(cluster: string, task: string | undefined) {
  const { tasks } = await clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task ?? ''] }))
  return tasks?.[0]
}

describe('ECS lists', () => {
  it('gives every task of a large cluster once, a hundred at a time', async () => {
    const pages: string[][] = []
    for await (const page of paginateListTasks({ client: clients.ecs }, { cluster: 'fleet' })) {
      pages.push(page.taskArns ?? [])
    }
    expect(pages.map((page) => page.length)).toEqual([100, 100, 30])
    expect(new Set(pages.flat()).size).toBe(fleetSize)
  })

  it('gives ten services when it is not told otherwise', async () => {
    const first = await clients.ecs.send(new ListServicesCommand({ cluster: 'fleet', maxResults: 4 }))
    expect(first.serviceArns).toHaveLength(4)
    const found: string[] = []
    for await (const page of paginateListServices(
      { client: clients.ecs, pageSize: 3 },
      { cluster: 'fleet' },
    )) {
      found.push(...(page.serviceArns ?? []))
    }
    expect(found).toHaveLength(10)
  })

  it('filters tasks as ECS does', async () => {
    const count = async (filter: object) =>
      (await clients.ecs.send(new ListTasksCommand({ cluster: 'web', ...filter }))).taskArns?.length
    expect(await count({})).toBe(18)
    expect(await count({ serviceName: 'storefront' })).toBe(3)
    expect(await count({ family: 'postgres-tools' })).toBe(1)
    expect(await count({ launchType: 'EC2' })).toBe(1)
    expect(await count({ startedBy: 'raj' })).toBe(1)
    expect(await count({ desiredStatus: 'STOPPED' })).toBe(3)
    expect(await count({ desiredStatus: 'PENDING' })).toBe(0)
  })

  it('refuses what ECS refuses', async () => {
    const attempts = [
      [{ cluster: 'nowhere' }, 'ClusterNotFoundException'],
      [{ cluster: 'web', maxResults: 101 }, 'InvalidParameterException'],
      [{ cluster: 'web', nextToken: 'bogus' }, 'InvalidParameterException'],
      [{ cluster: 'web', serviceName: 'nothing' }, 'ServiceNotFoundException'],
    ] as const
    for (const [input, name] of attempts) {
      await expect(clients.ecs.send(new ListTasksCommand(input))).rejects.toMatchObject({ name })
    }
  })
})

describe('ECS descriptions', () => {
  it('reports the page of nginx where it can be read', async () => {
    const { cluster, task, container } = sandbox.ready.sample
    const described = await describeTask(cluster, task)
    const nginx = described?.containers?.find((each) => each.name === container)
    const binding = nginx?.networkBindings?.[0]
    expect(binding).toMatchObject({ bindIP: '127.0.0.1', containerPort: 80, protocol: 'tcp' })
    const page = await fetch(`http://127.0.0.1:${binding?.hostPort}/`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<html')
  })

  it('tells tasks in the shape of the real service', async () => {
    const { cluster, task } = sandbox.ready.sample
    const described = await describeTask(cluster, task)
    expect(described).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      enableExecuteCommand: true,
      group: 'service:storefront',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    })
    expect(described?.startedAt).toBeInstanceOf(Date)
    expect(described?.containers?.[0]?.runtimeId).toMatch(new RegExp(`^${task}-\\d{10}$`))
    expect(described?.containers?.[0]?.managedAgents?.[0]).toMatchObject({
      name: 'ExecuteCommandAgent',
      lastStatus: 'RUNNING',
    })
    const details = described?.attachments?.[0]?.details
    expect(details).toContainEqual({ name: 'privateIPv4Address', value: '10.0.42.17' })
  })

  it('names what is missing, and refuses too many at once', async () => {
    const { failures } = await clients.ecs.send(
      new DescribeTasksCommand({ cluster: 'web', tasks: ['0'.repeat(32)] }),
    )
    expect(failures).toEqual([
      { arn: `arn:aws:ecs:eu-west-1:111122223333:task/web/${'0'.repeat(32)}`, reason: 'MISSING' },
    ])
    const tasks = Array.from({ length: 101 }, () => 'x')
    await expect(clients.ecs.send(new DescribeTasksCommand({ cluster: 'web', tasks }))).rejects.toMatchObject(
      {
        name: 'InvalidParameterException',
      },
    )
    const services = Array.from({ length: 11 }, () => 'x')
    await expect(
      clients.ecs.send(new DescribeServicesCommand({ cluster: 'web', services })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('shows configuration and tags of clusters only when asked', async () => {
    const bare = await clients.ecs.send(new DescribeClustersCommand({ clusters: ['data', 'nowhere'] }))
    expect(bare.clusters?.[0]).toMatchObject({ clusterName: 'data', runningTasksCount: 6, tags: [] })
    expect(bare.clusters?.[0]?.configuration).toBeUndefined()
    expect(bare.failures).toHaveLength(1)
    const full = await clients.ecs.send(
      new DescribeClustersCommand({ clusters: ['data'], include: ['CONFIGURATIONS', 'TAGS'] }),
    )
    expect(full.clusters?.[0]?.configuration?.executeCommandConfiguration).toMatchObject({
      logging: 'OVERRIDE',
      kmsKeyId: expect.stringContaining(':key/'),
      logConfiguration: { s3BucketName: 'example-prod-exec-transcripts', s3KeyPrefix: 'data' },
    })
    expect(full.clusters?.[0]?.tags).toContainEqual({ key: 'team', value: 'data' })
  })

  it('shows a service that finds no room, a stopped task and a task definition', async () => {
    const { services } = await clients.ecs.send(
      new DescribeServicesCommand({ cluster: 'web', services: ['search'] }),
    )
    expect(services?.[0]).toMatchObject({ desiredCount: 4, runningCount: 3, pendingCount: 0 })
    expect(services?.[0]?.events?.[0]?.message).toContain('unable to place a task')
    const stopped = await clients.ecs.send(
      new ListTasksCommand({ cluster: 'web', serviceName: 'storefront', desiredStatus: 'STOPPED' }),
    )
    const task = await describeTask('web', stopped.taskArns?.[0])
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'Replaced by raj',
    })
    const { taskDefinition } = await clients.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'storefront' }),
    )
    expect(taskDefinition).toMatchObject({ family: 'storefront', revision: 187, networkMode: 'awsvpc' })
    const router = taskDefinition?.containerDefinitions?.find((each) => each.name === 'log-router')
    expect(router?.readonlyRootFilesystem).toBe(true)
    await expect(
      clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nothing' })),
    ).rejects.toMatchObject({ name: 'ClientException', message: 'Unable to describe task definition.' })
  })
})

describe('ECS changes', () => {
  it('replaces a stopped task of a service, and the page moves with it', async () => {
    const cluster = 'web'
    const { taskArns } = await clients.ecs.send(new ListTasksCommand({ cluster, serviceName: 'storefront' }))
    const task = taskArns?.at(-1)
    await clients.ecs.send(new StopTaskCommand({ cluster, task, reason: 'Replaced by a test' }))
    await waitUntilTasksStopped({ client: clients.ecs, ...waiting }, { cluster, tasks: [task ?? ''] })
    await waitUntilServicesStable({ client: clients.ecs, ...waiting }, { cluster, services: ['storefront'] })
    const after = await clients.ecs.send(new ListTasksCommand({ cluster, serviceName: 'storefront' }))
    const replacement = after.taskArns?.find((arn) => !taskArns?.includes(arn))
    expect(after.taskArns).toHaveLength(3)
    const described = await describeTask(cluster, replacement)
    const port = described?.containers?.find((each) => each.name === 'nginx')?.networkBindings?.[0]?.hostPort
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    const { Events } = await clients.trail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'StopTask' }],
      }),
    )
    expect(JSON.parse(Events?.[0]?.CloudTrailEvent ?? '{}')).toMatchObject({
      requestParameters: { task, reason: 'Replaced by a test' },
      userIdentity: { type: 'IAMUser', userName: 'sandbox-operator' },
    })
  })

  it('runs a task of its own and stops it', async () => {
    const cluster = 'data'
    const started = await clients.ecs.send(
      new RunTaskCommand({
        cluster,
        taskDefinition: 'reports',
        enableExecuteCommand: true,
        startedBy: 'test',
      }),
    )
    const arn = started.tasks?.[0]?.taskArn ?? ''
    expect(started.tasks?.[0]?.lastStatus).toBe('PROVISIONING')
    await waitUntilTasksRunning({ client: clients.ecs, ...waiting }, { cluster, tasks: [arn] })
    await clients.ecs.send(new StopTaskCommand({ cluster, task: arn }))
    await waitUntilTasksStopped({ client: clients.ecs, ...waiting }, { cluster, tasks: [arn] })
    expect(await describeTask(cluster, arn)).toMatchObject({ stoppedReason: 'Task stopped by user' })
  })

  it('turns exec on with a new deployment, and not before', async () => {
    const cluster = 'web'
    const services = ['image-proxy']
    await clients.ecs.send(
      new UpdateServiceCommand({ cluster, service: 'image-proxy', enableExecuteCommand: true }),
    )
    const before = await clients.ecs.send(new ListTasksCommand({ cluster, serviceName: 'image-proxy' }))
    expect((await describeTask(cluster, before.taskArns?.[0]))?.enableExecuteCommand).toBe(false)
    await clients.ecs.send(
      new UpdateServiceCommand({
        cluster,
        service: 'image-proxy',
        forceNewDeployment: true,
        desiredCount: 1,
      }),
    )
    await waitUntilServicesStable({ client: clients.ecs, ...waiting }, { cluster, services })
    const after = await clients.ecs.send(new ListTasksCommand({ cluster, serviceName: 'image-proxy' }))
    expect(after.taskArns).toHaveLength(1)
    expect((await describeTask(cluster, after.taskArns?.[0]))?.enableExecuteCommand).toBe(true)
  })
})

describe('signatures', () => {
  const caller = new GetCallerIdentityCommand()
  const listing = new ListTasksCommand({ cluster: 'web' })

  it('are refused by ECS and STS in their own words', async () => {
    const wrongSecret = clientsFor(sandbox, { ...operatorOf(sandbox), secretAccessKey: 'wrong' })
    await expect(wrongSecret.ecs.send(listing)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
    await expect(wrongSecret.sts.send(caller)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
    const unknown = clientsFor(sandbox, { ...operatorOf(sandbox), accessKeyId: 'AKIAUNKNOWN' })
    await expect(unknown.ecs.send(listing)).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
    await expect(unknown.sts.send(caller)).rejects.toMatchObject({
      name: expect.stringContaining('InvalidClientTokenId'),
      $metadata: { httpStatusCode: 403 },
    })
  })

  it('are needed', async () => {
    const response = await fetch(sandbox.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
        'content-type': 'application/x-amz-json-1.1',
      },
      body: '{}',
    })
    expect(response.status).toBe(400)
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expect(await response.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    })
  })

  it('are checked before a throttle', async () => {
    await setFaults(sandbox, { throttle: { operation: 'ListTasks', count: 1 } })
    await expect(clients.ecs.send(listing)).rejects.toMatchObject({ name: 'ThrottlingException' })
    expect((await clients.ecs.send(listing)).taskArns?.length).toBeGreaterThan(0)
  })
})

it('answers what it does not know without falling over', async () => {
  const statusOf = async (path: string, init: RequestInit) =>
    (await fetch(sandbox.endpoint + path, { method: 'POST', ...init })).status
  expect(await statusOf('/', { headers: { 'x-amz-target': 'Nothing.DoIt' } })).toBe(400)
  expect(await statusOf('/', { headers: { 'x-amz-target': 'AmazonSSM.toString' } })).toBe(400)
  expect(await statusOf('/token', { body: 'not json' })).toBe(400)
  expect(await statusOf('/nowhere', {})).toBe(404)
  expect(await statusOf('/token', { body: 'x'.repeat(1024 * 1024 + 1) })).toBe(413)
})
