import { beforeEach, describe, expect, test } from 'vitest'
import { encodeByteFrame } from '../../../../../src/channel/byte-frames.ts'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import { silenceMilliseconds } from '../../../../../src/core/session/answer-watch.ts'
import { endedSessionsKept } from '../../../../../src/core/session/session-service.ts'
import { sampleCluster } from '../../../../fixtures/session-samples.ts'
import { grant, inState, request, setUpSessionService, taskStopped } from './session-service-setup.ts'

const setup = setUpSessionService()

describe('the end', () => {
  test('of the shell', async () => {
    setup.build()
    const { session } = await setup.openReady()
    session.events.ended('exited')
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'exited' })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['opened', 'ended exited'])
  })

  test('of the task is told from the end of the shell', async () => {
    let stopped = false
    setup.build({
      describeForExec: async () => {
        if (stopped) throw taskStopped
        return { runtimeId: 'r', snapshot: {} }
      },
    })
    const { session } = await setup.openReady()
    stopped = true
    session.events.ended('lost', { code: 'CONNECTION_LOST', message: 'Lost.', retryable: true })
    const ended = await setup.when(inState('ended'))
    expect(ended.endReason).toBe('task-stopped')
    expect(ended.error).toBeUndefined()
  })

  test('does not wait for ECS for ever', async () => {
    let asked = 0
    const askedAgain = Promise.withResolvers<void>()
    setup.build({
      describeForExec: async () => {
        if (++asked === 1) return { runtimeId: 'r', snapshot: {} }
        askedAgain.resolve()
        return new Promise(() => {})
      },
    })
    const { session } = await setup.openReady()
    session.events.ended('exited')
    await askedAgain.promise
    expect(setup.seen.some(inState('ended'))).toBe(false)
    setup.clock.advance(2_000)
    expect((await setup.when(inState('ended'))).endReason).toBe('exited')
  })

  test('by closing reaches the engine, once', async () => {
    setup.build()
    const { id, session } = await setup.openReady()
    await setup.service.close(id)
    expect(session.closed).toBe(true)
    expect(setup.seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    expect(setup.audit).toEqual(['opened', 'ended closed'])
    await expect(setup.service.close(id)).rejects.toMatchObject({ value: { code: 'SESSION_NOT_FOUND' } })
  })

  test('by closing lets the screen go, also of a session that had ended', async () => {
    setup.build()
    const first = await setup.openReady()
    const second = await setup.openReady()
    second.session.events.ended('exited')
    await setup.when((session) => session.id === second.id && session.state === 'ended')
    expect(setup.service.list().map(({ id }) => id)).toEqual([first.id, second.id])
    await setup.service.close(first.id)
    await setup.service.close(second.id)
    expect(setup.service.list()).toEqual([])
    expect(setup.host.sessionCount).toBe(0)
  })

  test('by closing before AWS has answered gives the session back when it comes', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    setup.build({ executeCommand: () => answer.promise })
    const { id } = await setup.service.open(request)
    await setup.service.close(id)
    expect(setup.seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    answer.resolve(grant)
    await setup.service[Symbol.asyncDispose]()
    expect(setup.terminated).toEqual([grant.sessionId])
    expect(setup.audit).toEqual(['refused CANCELLED'])
  })

  test('of the host’s process ends all sessions, and AWS is told', async () => {
    setup.build()
    await setup.openReady()
    setup.controlChannel.close()
    expect(await setup.when(inState('ended'))).toMatchObject({
      endReason: 'lost',
      error: { message: 'The process that runs the sessions stopped.' },
    })
    expect(setup.terminated).toEqual([grant.sessionId])
  })

  test('of the host’s process leaves the way open for new sessions in a new host', async () => {
    setup.build()
    const lost = await setup.openReady()
    setup.controlChannel.close()
    await setup.when(inState('ended'))
    const next = await setup.openReady()
    expect(setup.hostStarts).toBe(2)
    expect(setup.service.list().map(({ id, state }) => [id, state])).toEqual([
      [lost.id, 'ended'],
      [next.id, 'ready'],
    ])
    await setup.service.close(lost.id)
    await setup.service.close(next.id)
    expect(setup.service.list()).toEqual([])
  })

  test('no host is started before the first session, nor to end what it took along', async () => {
    setup.build()
    expect(setup.hostStarts).toBe(0)
    await setup.openReady()
    setup.controlChannel.close()
    await setup.when(inState('ended'))
    await setup.service[Symbol.asyncDispose]()
    expect(setup.hostStarts).toBe(1)
  })

  test('a host that cannot be had is the reason why a session does not open', async () => {
    const noHost = new PortholeError({ code: 'INTERNAL', message: 'The session process keeps failing.' })
    setup.build({
      host: {
        connect() {
          throw noHost
        },
      },
    })
    await expect(setup.service.open(request)).rejects.toMatchObject({ value: noHost.value })
    expect(setup.service.list()).toEqual([])
  })

  test('disposing closes what is open', async () => {
    setup.build()
    const { session } = await setup.openReady()
    await setup.service[Symbol.asyncDispose]()
    expect(session.closed).toBe(true)
    expect(setup.audit).toEqual(['opened', 'ended closed'])
  })

  test('ended sessions are kept for a while, not for ever', async () => {
    setup.build()
    for (let count = 0; count < endedSessionsKept + 3; count++) {
      const { id, session } = await setup.openReady()
      session.events.ended('exited')
      await setup.when((changed) => changed.id === id && changed.state === 'ended')
    }
    expect(setup.service.list().length).toBe(endedSessionsKept)
    expect(setup.service.list()[0]?.stream).toBe(4)
  })
})

describe('a task that stops under a live shell', () => {
  let hasStopped: boolean
  let questions: number

  beforeEach(() => {
    hasStopped = false
    questions = 0
    setup.build({
      describeForExec: async () => {
        questions++
        if (hasStopped) throw taskStopped
        return { runtimeId: 'r', snapshot: {} }
      },
    })
  })

  test('ends it as soon as the catalog hears, although the engine is still alive', async () => {
    const { session } = await setup.openReady()
    hasStopped = true
    setup.clusters.emit(sampleCluster([]))
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
    await setup.service[Symbol.asyncDispose]()
    expect(session.closed).toBe(true)
    expect(setup.audit).toEqual(['opened', 'ended task-stopped'])
  })

  test('is asked about, because a list may be older than a task', async () => {
    const { id } = await setup.openReady()
    setup.clusters.emit(sampleCluster([]))
    await setup.service.close(id)
    expect(questions).toBe(2)
    expect(setup.seen.at(-1)).toMatchObject({ endReason: 'closed' })
  })

  test('ends it when nothing answers the keys that are typed', async () => {
    const { id } = await setup.openReady()
    const [page, far] = createChannelPair()
    setup.host.serveBytes(far)
    const { stream } = await setup.when(inState('ready'))
    hasStopped = true
    setup.clock.advance(1)
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    await setup.when((session) => session.id === id && session.lastInputAt !== session.readyAt)
    setup.clock.advance(silenceMilliseconds)
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
  })
})
