import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { levelOf } from '../../../src/contract/line-level.ts'
import type { LogLine, LogTask } from '../../../src/contract/logs.ts'
import type { AwsClients } from '../../../src/core/aws/clients.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { createLogsService, type LogsService } from '../../../src/core/logs/logs-service.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createOperatorClients, operatorScope as scope } from '../../fixtures/operator-clients.ts'
import { clientsFor, setFaults, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'

const quarter = 15 * 60_000
const page = {}

let sandbox: Sandbox
let clients: AwsClients
let logs: LogsService
let storefront: LogTask
let pageAddress: string

beforeAll(async () => {
  sandbox = await startTestSandbox()
  storefront = await taskOf('storefront', sandbox.ready.sample.task)
})
afterAll(() => sandbox[Symbol.asyncDispose]())

beforeEach(() => {
  clients = createOperatorClients(sandbox)
  logs = createLogsService({ clients, clock: systemClock })
})
afterEach(async () => {
  logs[Symbol.dispose]()
  clients[Symbol.dispose]()
  await setFaults(sandbox, { clear: true })
})

/** A task of a service in the cluster web, as the catalog would hand it over. */
async function taskOf(service: string, id?: string): Promise<LogTask> {
  const { ecs } = clientsFor(sandbox)
  const { ListTasksCommand, DescribeTasksCommand } = await import('@aws-sdk/client-ecs')
  const cluster = 'web'
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: service }))
  const tasks = taskArns.filter((arn) => id === undefined || arn.endsWith(id))
  const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks }))
  const task = answer.tasks?.[0]
  const hostPort = task?.containers?.flatMap((each) => each.networkBindings ?? [])[0]?.hostPort
  if (hostPort !== undefined) pageAddress = `http://127.0.0.1:${hostPort}/`
  const taskArn = task?.taskArn ?? ''
  return {
    scope,
    clusterArn: task?.clusterArn ?? '',
    taskArn,
    taskId: taskArn.slice(taskArn.lastIndexOf('/') + 1),
    taskDefinitionArn: task?.taskDefinitionArn,
  }
}

/** Everything in the range, going back in steps of `step` lines. */
async function readAll(id: string, step: number): Promise<LogLine[]> {
  let all: LogLine[] = []
  for (let turn = 0; turn < 200; turn += 1) {
    const { lines, complete } = await logs.older(id, step)
    all = [...lines, ...all]
    if (complete) return all
  }
  throw new Error('The beginning was never reached.')
}

test('several containers are one list in the order of time, the same in whatever steps it is read', async () => {
  const range = { from: Date.now() - quarter, to: Date.now() - 1000 }
  const { id, sources } = await logs.open(page, { task: storefront, range })
  expect(sources).toMatchObject([
    { container: 'nginx', group: '/ecs/storefront', stream: `ecs/nginx/${storefront.taskId}` },
    { container: 'app', group: '/ecs/storefront' },
    { container: 'log-router', group: '/ecs/log-router' },
  ])
  const lines = await readAll(id, 37)
  expect(lines.length).toBeGreaterThan(200)
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((left, right) => left - right))
  expect(new Set(lines.map(({ source }) => source))).toEqual(new Set([0, 1, 2]))

  await setFaults(sandbox, { logGaps: true })
  const again = await logs.open(page, { task: storefront, range })
  expect(await readAll(again.id, 5000)).toEqual(lines)
})

test('a line that is written now comes by itself, once', async () => {
  const { id } = await logs.open(page, { task: storefront, range: { from: Date.now() - quarter } })
  await logs.older(id, 100)
  const marker = `/following-${Date.now()}`
  await fetch(new URL(marker, pageAddress))
  const found: string[] = []
  for (let turn = 0; turn < 5 && found.length === 0; turn += 1) {
    const { lines } = await logs.newer(id)
    found.push(...lines.filter(({ text }) => text.includes(marker)).map(({ text }) => text))
  }
  expect(found).toEqual([expect.stringContaining(`GET ${marker}`)])
})

test('a line that is longer than a page can show comes cut, and whole when asked for', async () => {
  const { id } = await logs.open(page, { task: storefront, range: { from: Date.now() - 60_000 } })
  await logs.older(id, 100)
  const long = `/long/${'x'.repeat(12_000)}/end`
  await fetch(new URL(long, pageAddress))
  const { lines } = await logs.newer(id)
  const cut = lines.find(({ text }) => text.includes('/long/'))
  if (cut?.length === undefined) throw new Error('No line was cut.')
  expect(cut.text).toHaveLength(8192)
  const { source, at, length } = cut
  const text = await logs.whole({ id, source, at, length })
  expect(text).toHaveLength(length)
  expect(text).toContain(`${long} HTTP/1.1`)
  await expect(logs.whole({ id, source, at, length: length + 1 })).rejects.toThrow('not in CloudWatch Logs')
})

test('a pattern finds its lines in the past and the new ones, and a wrong one is explained', async () => {
  const range = { from: Date.now() - quarter }
  const { id } = await logs.open(page, { task: storefront, range, pattern: '"checkout"' })
  const past = await readAll(id, 500)
  expect(past.length).toBeGreaterThan(10)
  expect(past.every(({ text }) => text.includes('checkout'))).toBe(true)
  await fetch(new URL('/checkout-now', pageAddress))
  const { lines } = await logs.newer(id)
  expect(lines.map(({ text }) => text)).toEqual([expect.stringContaining('/checkout-now')])

  const wrong = await logs.open(page, { task: storefront, range, pattern: 'a/b' })
  const { problems } = await logs.older(wrong.id, 10)
  expect(problems[0]?.error).toMatchObject({
    code: 'INVALID_REQUEST',
    action: expect.stringContaining('quotes'),
  })
})

test('throttling passes; what is refused is said per container and the rest goes on', async () => {
  const range = { from: Date.now() - quarter, to: Date.now() }
  await setFaults(sandbox, { throttle: { operation: 'GetLogEvents', count: 2 } })
  const throttled = await logs.open(page, { task: storefront, range })
  expect((await logs.older(throttled.id, 50)).lines).toHaveLength(50)

  const refusal = { code: 'AccessDeniedException', message: 'no', operation: 'GetLogEvents', count: 1 }
  await setFaults(sandbox, { refuse: refusal })
  const refused = await logs.open(page, { task: storefront, range })
  const { lines, problems } = await logs.older(refused.id, 50)
  expect(lines.length).toBeGreaterThan(0)
  expect(problems).toMatchObject([
    { error: { code: 'ACCESS_DENIED', message: expect.stringContaining('logs:GetLogEvents') } },
  ])
})

test('a stream that is not there yet, a group that never was and another driver are each explained', async () => {
  const range = { from: Date.now() - quarter, to: Date.now() }
  const missing = await logs.open(page, { task: { ...storefront, taskId: 'f'.repeat(32) }, range })
  const { problems, complete } = await logs.older(missing.id, 10)
  expect(complete).toBe(true)
  expect(problems).toHaveLength(3)
  expect(problems[0]?.error.message).toMatch(/Nothing was logged yet: there is no stream ecs\/\w+/)

  const { sources } = await logs.open(page, { task: await taskOf('account'), range })
  expect(sources.find(({ container }) => container === 'api')?.problem).toMatchObject({
    code: 'LOGS_ELSEWHERE',
    message: 'The log router of the task sends the lines of api on with its output opensearch.',
  })
  // The definition is asked of ECS where the catalog does not know it.
  const edge = { ...(await taskOf('edge-cache')), taskDefinitionArn: undefined }
  expect((await logs.open(page, { task: edge, range })).sources[0]?.problem?.message).toContain('json-file')
})

test('a closed view answers no more, and a page that goes takes its views along', async () => {
  const range = { from: Date.now() - quarter }
  const { id } = await logs.open(page, { task: storefront, range })
  await logs.older(id, 10)
  const waiting = logs.newer(id).catch((thrown: Error) => thrown.message)
  logs.closeOf(page)
  expect(await waiting).toContain('closed')
  await expect(logs.older(id, 1)).rejects.toThrow('closed')
})

test('spikes of error lines are found with few calls, and what cannot be read is said', async () => {
  const began = Date.now()
  const range = { from: began - 4 * 60 * 60_000, to: began }
  const { id, sources } = await logs.openSpikes(page, { task: storefront, range })
  expect(sources.map(({ container }) => container)).toEqual(['nginx', 'app', 'log-router'])
  let found = await logs.spikes(id, false)
  for (let turn = 0; turn < 20 && found.state === 'reading'; turn += 1) found = await logs.spikes(id, false)
  expect(found).toMatchObject({
    state: 'complete',
    reads: sources.map((_, source) => ({ source, from: range.from })),
  })
  expect(found.calls).toBeLessThanOrEqual(12)
  // The world's payment provider did not answer from seven minutes ago on; both speak of it.
  const [spike] = found.spikes
  expect(found.spikes).toHaveLength(1)
  expect(spike?.containers.map(({ source }) => source).sort()).toEqual([0, 1])
  // As many lines as the logs page calls errors.
  const { id: view } = await logs.open(page, { task: storefront, range })
  const lines = (await readAll(view, 5000)).filter(({ text }) => levelOf(text) === 'error')
  expect(lines.length).toBeGreaterThan(30)
  expect(found.buckets.reduce((sum, { errors }) => sum + errors, 0)).toBe(lines.length)
  // Where a part of the time has too few of one container for a spike, those few are not counted.
  expect(spike?.errors).toBeGreaterThanOrEqual(lines.length - 8)

  const refusal = { code: 'AccessDeniedException', message: 'no', operation: 'FilterLogEvents', count: 1 }
  await setFaults(sandbox, { refuse: refusal })
  const refused = await logs.openSpikes(page, { task: storefront, range })
  const { reads } = await logs.spikes(refused.id, false)
  expect(reads.flatMap(({ problem }) => problem ?? [])).toMatchObject([
    { code: 'ACCESS_DENIED', message: expect.stringContaining('logs:FilterLogEvents') },
  ])
  const elsewhere = await logs.openSpikes(page, { task: await taskOf('account'), range })
  expect((await logs.spikes(elsewhere.id, false)).reads.map(({ problem }) => problem?.code)).toContain(
    'LOGS_ELSEWHERE',
  )
  logs.closeOf(page)
  await expect(logs.spikes(refused.id, false)).rejects.toThrow('closed')
})
