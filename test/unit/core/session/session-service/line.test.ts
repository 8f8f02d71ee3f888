import { describe, expect, test } from 'vitest'
import { encodeByteFrame } from '../../../../../src/channel/byte-frames.ts'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import { longSilenceMilliseconds } from '../../../../../src/core/session/answer-watch.ts'
import { keepAliveMilliseconds } from '../../../../../src/core/session/hosted-session.ts'
import { taskLookMilliseconds } from '../../../../../src/core/session/task-watch.ts'
import { credentials, inState, setUpSessionService, taskStopped } from './session-service-setup.ts'

const setup = setUpSessionService()

test('a broken connection and its return are shown', async () => {
  setup.build()
  const { session } = await setup.openReady()
  session.events.reconnecting({ code: 'CONNECTION_LOST', message: 'Lost.', retryable: true }, 4_000)
  expect(await setup.when(inState('reconnecting'))).toMatchObject({
    error: { code: 'CONNECTION_LOST' },
    retryAt: setup.clock.now() + 4_000,
  })
  setup.seen = []
  session.events.reconnected()
  expect((await setup.when(inState('ready'))).error).toBeUndefined()
  expect(setup.recorders.recordings[0]?.markers).toEqual(['Connection lost', 'Connected again'])
})

describe('after sleep, a change of networks or a sign-in', () => {
  test('every line is probed, and so is one by hand', async () => {
    setup.build()
    const first = await setup.openReady()
    const second = await setup.openReady()
    setup.service.resumed()
    await setup.service.retry(second.id)
    await setup.service.close(first.id)
    expect([first.session.probes, second.session.probes]).toEqual([1, 2])
  })

  test('credentials that AWS refused are not handed out again', async () => {
    let count = 1
    const forgotten: string[] = []
    setup.build({
      credentials: async () => ({ ...credentials, accessKeyId: `AKIA${count}` }),
      forgetCredentials: ({ roleName }) => {
        forgotten.push(roleName)
        count++
      },
    })
    const { session } = await setup.openReady()
    expect((await session.request.credentials('AKIA1')).accessKeyId).toBe('AKIA2')
    expect((await session.request.credentials('AKIA1')).accessKeyId).toBe('AKIA2')
    expect(forgotten).toEqual(['Admin'])
  })
})

describe('keep-alive', () => {
  test('is input for AWS while nobody types, and says so in the recording', async () => {
    setup.build()
    const { id, session } = await setup.openReady()
    await setup.service.keepAlive(id, true)
    expect(setup.seen.at(-1)?.keepAlive).toBe(true)
    setup.clock.advance(keepAliveMilliseconds)
    expect(session.keptAlive).toBe(1)
    const kept = await setup.when(({ lastInputAt }) => lastInputAt === setup.clock.now())
    expect(kept.state).toBe('ready')
    setup.clock.advance(keepAliveMilliseconds)
    expect(session.keptAlive).toBe(2)
    await setup.service.keepAlive(id, false)
    setup.clock.advance(4 * keepAliveMilliseconds)
    expect(session.keptAlive).toBe(2)
    expect(setup.recorders.recordings[0]?.markers).toEqual(['Keep-alive on', 'Keep-alive off'])
  })

  test('is nothing that the plugin can do', async () => {
    setup.build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    const { id } = await setup.openReady(setup.plugin)
    await expect(setup.service.keepAlive(id, true)).rejects.toMatchObject({
      value: { code: 'INVALID_REQUEST' },
    })
    expect(setup.seen.at(-1)?.keepAlive).toBe(false)
  })
})

describe('a line that is slow to answer', () => {
  test('shows as degraded, asks ECS about the task, and recovers', async () => {
    let questions = 0
    setup.build({
      describeForExec: async () => {
        questions++
        return { runtimeId: 'r', snapshot: {} }
      },
    })
    const { session } = await setup.openReady()
    const away = { code: 'AGENT_NOT_RUNNING', message: 'Away.', retryable: true } as const
    session.events.degraded(away)
    expect(await setup.when(inState('degraded'))).toMatchObject({ error: away })
    expect(questions).toBe(2)
    setup.seen = []
    session.events.recovered()
    expect((await setup.when(inState('ready'))).error).toBeUndefined()
  })

  test('of the plugin shows when keys stay without an answer for long', async () => {
    setup.build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    const { session } = await setup.openReady(setup.plugin)
    const [page, far] = createChannelPair()
    setup.host.serveBytes(far)
    const { stream } = await setup.when(inState('ready'))
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    await setup.when(({ lastInputAt, readyAt }) => lastInputAt !== undefined && readyAt !== undefined)
    await new Promise((resolve) => setImmediate(resolve))
    setup.clock.advance(longSilenceMilliseconds)
    await setup.when(inState('degraded'))
    setup.seen = []
    session.events.output(Buffer.from('ls'))
    await setup.when(inState('ready'))
  })
})

test('a task that nobody looks at is asked about now and then', async () => {
  let stopped = false
  setup.build({
    describeForExec: async () => {
      if (stopped) throw taskStopped
      return { runtimeId: 'r', snapshot: {} }
    },
  })
  await setup.openReady()
  stopped = true
  setup.clock.advance(taskLookMilliseconds)
  expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
})
