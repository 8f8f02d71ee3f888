import { LookupEventsCommand, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import {
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeTasksCommand,
  ExecuteCommandCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import {
  DescribeSessionsCommand,
  ResumeSessionCommand,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { DataChannelClient } from '../message-gateway/data-channel-client.ts'
import { clientsFor, operatorOf, startTestSandbox } from './sandbox-fixture.ts'

let sandbox: Sandbox
let clients: ReturnType<typeof clientsFor>

beforeAll(async () => {
  sandbox = await startTestSandbox()
  clients = clientsFor(sandbox)
})
afterAll(() => sandbox[Symbol.asyncDispose]())

async function firstTask(cluster: string, serviceName: string): Promise<string> {
  const { taskArns } = await clients.ecs.send(new ListTasksCommand({ cluster, serviceName }))
  return taskArns?.[0] ?? ''
}

async function execute(cluster: string, task: string, container?: string, command = '/bin/sh') {
  const { session } = await clients.ecs.send(
    new ExecuteCommandCommand({ cluster, task, container, command, interactive: true }),
  )
  return {
    sessionId: session?.sessionId ?? '',
    streamUrl: session?.streamUrl ?? '',
    tokenValue: session?.tokenValue ?? '',
  }
}

async function eventOf(sessionId: string) {
  const { Events } = await clients.trail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'ExecuteCommand' }],
    }),
  )
  const records = Events?.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}')) ?? []
  return records.find((record) => record.responseElements?.session.sessionId === sessionId)
}

async function sessionsIn(state: 'Active' | 'History'): Promise<(string | undefined)[]> {
  const { Sessions } = await clients.ssm.send(new DescribeSessionsCommand({ State: state }))
  return Sessions?.map((session) => session.SessionId) ?? []
}

/** SSM's word on the end of a session comes through the gateway, so the register is asked until it knows. */
async function untilEnded(sessionId: string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if ((await sessionsIn('History')).includes(sessionId)) return
  }
  throw new Error(`Session ${sessionId} did not end.`)
}

describe('ECS Exec', () => {
  it('opens a shell, records who did it, and keeps the transcript once it is over', async () => {
    const { cluster, task, container } = sandbox.ready.sample
    const grant = await execute(cluster, task, container)
    expect(grant.sessionId).toMatch(/^ecs-execute-command-[a-z0-9]{26}$/)
    expect(grant.streamUrl).toContain(`/v1/data-channel/${grant.sessionId}?role=publish_subscribe`)
    expect(await sessionsIn('Active')).toContain(grant.sessionId)

    using shell = new DataChannelClient()
    await shell.connect(grant)
    await shell.until(() => shell.outputLength > 0)
    shell.type('echo one-$((1 + 1))\r')
    await shell.untilText('one-')
    shell.type('exit\r')
    await shell.untilClosed()
    await untilEnded(grant.sessionId)

    const stream = { logGroupName: '/ecs/exec/web', logStreamName: grant.sessionId }
    const transcript = await clients.logs.send(new GetLogEventsCommand({ ...stream, startFromHead: true }))
    expect(transcript.events?.[0]?.message).toContain('one-')
    expect(transcript.events?.[0]?.message).not.toContain('\r\n')

    const record = await eventOf(grant.sessionId)
    expect(record).toMatchObject({
      eventSource: 'ecs.amazonaws.com',
      awsRegion: 'eu-west-1',
      requestParameters: { cluster, container, task, command: '/bin/sh', interactive: true },
      responseElements: { containerName: container, interactive: true },
    })
    expect(JSON.stringify(record)).not.toContain(grant.tokenValue)
  })

  it('may be left, resumed with a new token, and terminated', async () => {
    const { cluster, task, container } = sandbox.ready.sample
    const grant = await execute(cluster, task, container)
    const { sessionId } = grant
    using shell = new DataChannelClient()
    await shell.connect(grant)
    await shell.until(() => shell.outputLength > 0)
    shell.drop()
    const resumed = await clients.ssm.send(new ResumeSessionCommand({ SessionId: sessionId }))
    expect(resumed.TokenValue).not.toBe(grant.tokenValue)
    await shell.connect({
      sessionId,
      streamUrl: resumed.StreamUrl ?? '',
      tokenValue: resumed.TokenValue ?? '',
    })
    await clients.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
    await untilEnded(sessionId)
    const over = await clients.ssm.send(new ResumeSessionCommand({ SessionId: sessionId }))
    expect(over.TokenValue).toBeUndefined()
    await expect(clients.ssm.send(new ResumeSessionCommand({ SessionId: 'nobody-1' }))).rejects.toMatchObject(
      {
        name: 'DoesNotExistException',
      },
    )
  })

  it('refuses in the words of AWS, and keeps each refusal in CloudTrail', async () => {
    const notEnabled = /^The execute command failed because execute command was not enabled/
    const internal = 'The execute command failed due to an internal error. Try again later.'
    const cases = [
      ['web', await firstTask('web', 'image-proxy'), 'InvalidParameterException', notEnabled],
      ['data', await firstTask('data', 'reporting-legacy'), 'InvalidParameterException', notEnabled],
      ['web', await firstTask('web', 'recommendations'), 'TargetNotConnectedException', internal],
      ['web', '0'.repeat(32), 'InvalidParameterException', /not found/],
      ['web', sandbox.ready.sample.task, 'InvalidParameterException', /container name must be given/],
      ['nowhere', 'x', 'ClusterNotFoundException', 'Cluster not found.'],
    ] as const
    for (const [cluster, task, name, message] of cases) {
      await expect(execute(cluster, task)).rejects.toMatchObject({
        name,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      })
    }
    const { Events } = await clients.trail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'sandbox-operator' }],
      }),
    )
    const refusals = Events?.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}')).filter(
      (record) => record.eventName === 'ExecuteCommand' && record.errorCode,
    )
    expect(refusals).toHaveLength(cases.length)
    expect(refusals?.every((record) => record.responseElements === null)).toBe(true)
  })

  it('refuses an agent that stopped, and only for its own task', async () => {
    const { taskArns } = await clients.ecs.send(
      new ListTasksCommand({ cluster: 'web', serviceName: 'search' }),
    )
    const { tasks } = await clients.ecs.send(new DescribeTasksCommand({ cluster: 'web', tasks: taskArns }))
    const stopped = tasks?.find((task) => task.containers?.[0]?.managedAgents?.[0]?.lastStatus === 'STOPPED')
    expect(stopped?.containers?.[0]?.managedAgents?.[0]?.reason).toContain('out of memory')
    await expect(execute('web', stopped?.taskArn ?? '')).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    const healthy = tasks?.find((task) => task !== stopped)
    const { sessionId } = await execute('web', healthy?.taskArn ?? '')
    await clients.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
    await untilEnded(sessionId)
  })

  it('asks for the handshake in a cluster with a key', async () => {
    const grant = await execute('data', await firstTask('data', 'reports'), 'api')
    using shell = new DataChannelClient()
    await shell.connect(grant)
    const handshakeRequest = 5
    await shell.until(() => shell.streamFrames.some((frame) => frame.payloadType === handshakeRequest))
    const frame = shell.streamFrames.find((each) => each.payloadType === handshakeRequest)
    const request = JSON.parse(frame?.payload.toString() ?? '{}')
    expect(JSON.stringify(request)).toContain('arn:aws:kms:eu-west-1:111122223333:key/')
  })

  it('ends the sessions of a task that stops', async () => {
    const cluster = 'web'
    const task = await firstTask(cluster, 'account')
    const grant = await execute(cluster, task, 'api')
    using shell = new DataChannelClient()
    await shell.connect(grant)
    await shell.until(() => shell.outputLength > 0)
    await clients.ecs.send(new StopTaskCommand({ cluster, task }))
    await untilEnded(grant.sessionId)
    await expect(execute(cluster, task, 'api')).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('SSM', () => {
  it('starts a session on the target string of a container', async () => {
    const { cluster, task, container } = sandbox.ready.sample
    const { tasks } = await clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }))
    const runtimeId = tasks?.[0]?.containers?.find((each) => each.name === container)?.runtimeId
    const Target = `ecs:${cluster}_${task}_${runtimeId}`
    const started = await clients.ssm.send(new StartSessionCommand({ Target }))
    expect(started.SessionId).toMatch(/^sandbox-operator-[0-9a-f]{17}$/)
    const filter = [{ key: 'Target' as const, value: Target }]
    const listed = await clients.ssm.send(new DescribeSessionsCommand({ State: 'Active', Filters: filter }))
    expect(listed.Sessions?.map((session) => session.SessionId)).toContain(started.SessionId)
    await clients.ssm.send(new TerminateSessionCommand({ SessionId: started.SessionId }))
    await untilEnded(started.SessionId ?? '')
    await expect(clients.ssm.send(new StartSessionCommand({ Target: 'ecs:web_x_y' }))).rejects.toMatchObject({
      name: 'TargetNotConnected',
      message: 'ecs:web_x_y is not connected.',
    })
  })

  it('lists what others did, page by page', async () => {
    const first = await clients.ssm.send(new DescribeSessionsCommand({ State: 'History', MaxResults: 1 }))
    const rest = await clients.ssm.send(
      new DescribeSessionsCommand({ State: 'History', NextToken: first.NextToken }),
    )
    const all = [...(first.Sessions ?? []), ...(rest.Sessions ?? [])]
    expect(new Set(all.map((session) => session.SessionId)).size).toBe(all.length)
    const owners = all.map((session) => session.Owner?.split('/').at(-1))
    expect(owners).toEqual(expect.arrayContaining(['raj', 'lena']))
  })
})

describe('CloudTrail and CloudWatch Logs', () => {
  it('have the past: sessions of others, their refusals and their transcripts', async () => {
    const lookup = { LookupAttributes: [{ AttributeKey: 'Username' as const, AttributeValue: 'raj' }] }
    const records: { eventName: string; responseElements: { session: { sessionId: string } } }[] = []
    for await (const page of paginateLookupEvents({ client: clients.trail, pageSize: 2 }, lookup)) {
      records.push(...(page.Events ?? []).map((event) => JSON.parse(event.CloudTrailEvent ?? '{}')))
    }
    expect(records.map(({ eventName }) => eventName).toSorted()).toEqual([
      'ExecuteCommand',
      'ExecuteCommand',
      'ExecuteCommand',
      'StartSession',
    ])
    const logStreamName = records[0]?.responseElements.session.sessionId
    const { events } = await clients.logs.send(
      new GetLogEventsCommand({ logGroupName: '/ecs/exec/web', logStreamName, startFromHead: true }),
    )
    expect(events?.[0]?.message).toContain('proxy_read_timeout 300s')
    await expect(
      clients.trail.send(new LookupEventsCommand({ ...lookup, NextToken: 'bogus' })),
    ).rejects.toMatchObject({ name: 'InvalidNextTokenException' })
  })

  it('read container logs by stream, by time and by pattern', async () => {
    const names: (string | undefined)[] = []
    for await (const page of paginateDescribeLogGroups({ client: clients.logs, pageSize: 4 }, {})) {
      names.push(...(page.logGroups ?? []).map((group) => group.logGroupName))
    }
    expect(names).toEqual(expect.arrayContaining(['/ecs/storefront', '/ecs/exec/web', '/ecs/checkout']))
    const logGroupName = '/ecs/storefront'
    const prefix = `ecs/nginx/${sandbox.ready.sample.task}`
    const streams = await clients.logs.send(
      new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: prefix }),
    )
    expect(streams.logStreams?.map((stream) => stream.logStreamName)).toEqual([prefix])
    const newest = await clients.logs.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }),
    )
    const times = newest.logStreams?.map((stream) => stream.lastEventTimestamp ?? 0) ?? []
    expect(times).toEqual([...times].sort((left, right) => right - left))
    const filtered = await clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName,
        logStreamNamePrefix: 'ecs/nginx/',
        filterPattern: '"POST /api/cart/checkout" 502',
      }),
    )
    expect(filtered.events?.length).toBeGreaterThan(0)
    expect(filtered.events?.every((event) => event.message?.includes('502'))).toBe(true)
    await expect(
      clients.logs.send(new GetLogEventsCommand({ logGroupName: '/nothing', logStreamName: 'x' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('show nothing of another account', async () => {
    const { ecs } = clientsFor(sandbox, operatorOf(sandbox))
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'web' }))
    expect(taskArns?.every((arn) => arn.includes(':111122223333:'))).toBe(true)
  })
})
