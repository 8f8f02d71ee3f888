import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cluster, clusterSchema, type Task } from '../../../src/contract/catalog.ts'
import { PortholeError } from '../../../src/contract/errors.ts'
import type { ContainerRef } from '../../../src/contract/session.ts'
import type { AwsClients } from '../../../src/core/aws/clients.ts'
import { type CatalogService, createCatalogService } from '../../../src/core/catalog/catalog-service.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createOperatorClients, operatorScope as scope } from '../../fixtures/operator-clients.ts'
import { operatorOf, production, setFaults, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'

let sandbox: Sandbox
let clients: AwsClients
let catalog: CatalogService
/** Called before every call to AWS; a test may hand out bad credentials. */
let credentials: () => { accessKeyId: string; secretAccessKey: string }
let forgotten: number
let clusters: Map<string, Cluster>
let emitted: string[]

beforeAll(async () => {
  sandbox = await startTestSandbox({ tasks: 250 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

beforeEach(() => {
  forgotten = 0
  clusters = new Map()
  emitted = []
  credentials = () => operatorOf(sandbox)
  clients = createOperatorClients(sandbox, {
    credentials: async () => credentials(),
    forgetCredentials() {
      forgotten++
      credentials = () => operatorOf(sandbox)
    },
  })
  catalog = createCatalogService({
    clients,
    clock: systemClock,
    random: Math.random,
    caller: asAna,
  })
  catalog.onCluster((cluster) => {
    clusters.set(cluster.name, clusterSchema.parse(cluster))
    emitted.push(cluster.name)
  })
})
afterEach(async () => {
  catalog[Symbol.dispose]()
  clients[Symbol.dispose]()
  await setFaults(sandbox, { clear: true })
})

async function asAna() {
  return { arn: 'arn:aws:sts::1:assumed-role/R/ana', accountId: production, userName: 'ana' }
}

/** Watches the scope and resolves when all of it has been read. */
async function load(): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    catalog.onScope(({ state }) => {
      if (state !== 'loading') resolve()
    })
  })
  catalog.watch([scope])
  await ready
}

function tasksOf(cluster: string, service: string): Task[] {
  return clusters.get(cluster)?.tasks.filter(({ serviceName }) => serviceName === service) ?? []
}

function refTo(task: Task, containerName: string): ContainerRef {
  return {
    scope,
    environment: 'production',
    clusterArn: task.clusterArn,
    clusterName: 'web',
    taskArn: task.arn,
    taskId: task.id,
    containerName,
  }
}

describe('Catalog of the sandbox', () => {
  test('costs no more calls than the page sizes of ECS demand', async () => {
    const counted = new Map<string, number>()
    const counting: AwsClients = {
      ...clients,
      call(service, target, what, use) {
        counted.set(what.action, (counted.get(what.action) ?? 0) + 1)
        return clients.call(service, target, what, use)
      },
    }
    catalog[Symbol.dispose]()
    catalog = createCatalogService({
      clients: counting,
      clock: systemClock,
      random: Math.random,
      caller: asAna,
    })
    catalog.onCluster((cluster) => clusters.set(cluster.name, cluster))
    await load()
    const pages = (count: number, size: number) => Math.ceil(count / size)
    const demanded = (callsFor: (cluster: Cluster) => number) =>
      [...clusters.values()].reduce((sum, cluster) => sum + callsFor(cluster), 0)
    expect(clusters.get('fleet')?.tasks).toHaveLength(250)
    expect(Object.fromEntries(counted)).toEqual({
      'ecs:ListClusters': 1,
      'ecs:DescribeClusters': 1,
      'ecs:ListServices': demanded(({ services }) => Math.max(1, pages(services.length, 100))),
      'ecs:DescribeServices': demanded(({ services }) => pages(services.length, 10)),
      'ecs:ListTasks': demanded(({ tasks }) => Math.max(1, pages(tasks.length, 100))),
      'ecs:DescribeTasks': demanded(({ tasks }) => pages(tasks.length, 100)),
    })
  })

  test('shows clusters, services, tasks and containers with their readiness', async () => {
    const known = catalog.watch([])
    expect(known).toEqual({ scopes: [], clusters: [] })
    await load()
    const web = clusters.get('web')
    expect(web).toMatchObject({
      scope,
      status: 'ACTIVE',
      execLogging: { mode: 'OVERRIDE', logGroup: '/ecs/exec/web' },
      problems: [],
    })
    expect(web?.services.map(({ name }) => name)).toContain('storefront')
    const [storefront] = tasksOf('web', 'storefront')
    expect(storefront).toMatchObject({ execEnabled: true, status: 'RUNNING', launchType: 'FARGATE' })
    const nginx = storefront?.containers.find(({ name }) => name === 'nginx')
    expect(nginx).toMatchObject({ execAgent: 'RUNNING', readiness: { level: 'ready' } })
    expect(nginx?.runtimeId).toMatch(/^\S+$/)
    for (const { containers } of tasksOf('web', 'image-proxy')) {
      expect(containers[0]?.readiness).toEqual({
        level: 'blocked',
        reason: 'Exec is off',
        code: 'EXEC_NOT_ENABLED',
      })
    }
    const agents = tasksOf('web', 'search').flatMap(({ containers }) => containers)
    expect(agents.map(({ readiness }) => readiness.reason)).toContain('Exec agent stopped')
  })

  test('the page’s port leads to the page', async () => {
    await load()
    const ports = tasksOf('web', 'storefront').flatMap(({ containers }) =>
      containers.flatMap((container) => container.ports),
    )
    const url = ports.find((port) => port.url)?.url ?? ''
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(url)).status).toBe(200)
  })

  test('reads more tasks than fit on a page', async () => {
    await load()
    const counts = [...clusters.values()].map(({ tasks }) => tasks.length)
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(250)
    const arns = [...clusters.values()].flatMap(({ tasks }) => tasks.map(({ arn }) => arn))
    expect(new Set(arns).size).toBe(arns.length)
  })

  test('a second look tells nothing when nothing has changed, and who comes back sees all at once', async () => {
    await load()
    emitted = []
    await catalog.refresh()
    expect(emitted).toEqual([])
    catalog.watch([])
    const known = catalog.watch([scope, scope])
    expect(known.scopes).toMatchObject([{ state: 'ready' }])
    expect(known.clusters.map(({ name }) => name).sort()).toEqual([...clusters.keys()].sort())
  })

  test('what may not be read is a problem of its cluster, and the rest is there', async () => {
    await setFaults(sandbox, { throttle: { operation: 'ListServices', count: 1000 } })
    await load()
    const web = clusters.get('web')
    expect(web?.problems).toMatchObject([
      { code: 'THROTTLED', message: expect.stringContaining('ecs:ListServices'), retryable: true },
    ])
    expect(web?.services).toEqual([])
    expect(web?.tasks.length).toBeGreaterThan(0)
  })

  test('credentials that AWS refuses are fetched anew once, and the call is made again', async () => {
    credentials = () => ({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' })
    const answer = await clients.call('ecs', scope, { action: 'ecs:ListClusters' }, (ecs) =>
      ecs.listClusters({}),
    )
    expect(answer.clusterArns?.length).toBeGreaterThan(0)
    expect(forgotten).toBe(1)
  })

  test('why there are no credentials is said as it is, and asked for once', async () => {
    let asked = 0
    credentials = () => {
      asked++
      throw new PortholeError({ code: 'SSO_EXPIRED', message: 'The sign-in "corp" has ended.' })
    }
    await load()
    expect(catalog.watch([scope]).scopes).toMatchObject([
      { state: 'failed', error: { code: 'SSO_EXPIRED', message: 'The sign-in "corp" has ended.' } },
    ])
    expect(asked).toBe(1)
  })

  test('a shell gets the runtime id of now and a snapshot for the history', async () => {
    await load()
    const [task] = tasksOf('web', 'storefront')
    if (!task) throw new Error('The storefront has no task.')
    const nginx = task.containers.find(({ name }) => name === 'nginx')
    const target = await catalog.describeForExec(refTo(task, 'nginx'))
    expect(target.runtimeId).toBe(nginx?.runtimeId)
    expect(target.snapshot).toMatchObject({
      cluster: { name: 'web', execLogging: { mode: 'OVERRIDE' } },
      task: { taskArn: task.arn },
      container: { name: 'nginx' },
      taskDefinition: { family: 'storefront', containerDefinitions: expect.any(Array) },
    })
    expect(target.workload).toMatchObject({
      taskDefinition: task.taskDefinition,
      image: nginx?.image,
      imageDigest: nginx?.imageDigest,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    })
    await expect(catalog.describeForExec(refTo(task, 'nothing'))).rejects.toMatchObject({
      value: { code: 'NOT_FOUND', message: expect.stringContaining('"nothing"') },
    })
    const gone = { ...task, arn: `${task.arn.slice(0, -1)}x` }
    await expect(catalog.describeForExec(refTo(gone, 'nginx'))).rejects.toMatchObject({
      value: { code: 'NOT_FOUND', message: expect.stringContaining('does not exist any more') },
    })
  })

  test('a replaced task goes and its service starts another', async () => {
    await load()
    const before = tasksOf('web', 'storefront')
    const [task] = before
    if (!task) throw new Error('The storefront has no task.')
    const newcomer = new Promise<Task>((resolve) => {
      catalog.onCluster(() => {
        const fresh = tasksOf('web', 'storefront').find(({ arn }) => !before.some((old) => old.arn === arn))
        if (fresh) resolve(fresh)
      })
    })
    const replaced = await catalog.replaceTask({ scope, clusterArn: task.clusterArn, taskArn: task.arn })
    expect(replaced).toEqual({
      serviceName: 'storefront',
      principal: 'arn:aws:sts::1:assumed-role/R/ana',
      userName: 'ana',
    })
    expect((await newcomer).taskDefinition).toBe(task.taskDefinition)
    await expect(catalog.describeForExec(refTo(task, 'nginx'))).rejects.toMatchObject({
      value: { code: 'TASK_STOPPED', detail: 'Replaced with Porthole by ana' },
    })
  })

  test('tells of stopped tasks and why they stopped, when it is asked', async () => {
    await load()
    const web = clusters.get('web')
    if (!web) throw new Error('The world has no cluster web.')
    const stopped = await catalog.stopped({ scope, clusterArn: web.arn })
    expect(stopped.every(({ status }) => status === 'STOPPED')).toBe(true)
    expect(stopped.map(({ stoppedAt = 0 }) => stoppedAt)).toEqual(
      stopped.map(({ stoppedAt = 0 }) => stoppedAt).toSorted((left, right) => right - left),
    )
    const killed = stopped.find(({ serviceName }) => serviceName === 'search')
    expect(killed).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 137, reason: expect.stringContaining('OutOfMemory') }],
      readiness: { level: 'blocked', code: 'TASK_STOPPED' },
    })
    // Nothing of it is in what is polled.
    expect(clusters.get('web')?.tasks.some(({ arn }) => arn === killed?.arn)).toBe(false)
    const unknown = { scope, clusterArn: web.arn.replace(/web$/, 'gone') }
    await expect(catalog.stopped(unknown)).rejects.toBeInstanceOf(PortholeError)
  })

  test('a task that no service would replace is left alone', async () => {
    await load()
    const standalone = [...clusters.values()]
      .flatMap(({ tasks }) => tasks)
      .find(({ serviceName }) => serviceName === undefined)
    if (!standalone) throw new Error('The world has no standalone task.')
    await expect(
      catalog.replaceTask({ scope, clusterArn: standalone.clusterArn, taskArn: standalone.arn }),
    ).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    const answer = await clients.call('ecs', scope, { action: 'ecs:DescribeTasks' }, (ecs) =>
      ecs.describeTasks({ cluster: standalone.clusterArn, tasks: [standalone.arn] }),
    )
    expect(answer.tasks?.[0]?.desiredStatus).toBe('RUNNING')
  })
})
