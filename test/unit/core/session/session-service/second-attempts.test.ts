import { describe, expect, test } from 'vitest'
import { encodeByteFrame } from '../../../../../src/channel/byte-frames.ts'
import { createChannelPair } from '../../../../../src/channel/in-process-channel.ts'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import { grant, inState, request, setUpSessionService } from './session-service-setup.ts'

const setup = setUpSessionService()

describe('an engine that cannot open the session', () => {
  const supported = { status: 'supported' as const, path: '/p', version: '1.2.896.0' }
  const failed = { code: 'PLUGIN_FAILED', message: 'The plugin failed.', retryable: true } as const

  test('is followed by the other one under auto, in the same session, with a notice', async () => {
    setup.build({ findPlugin: async () => supported })
    const starting = setup.plugin.nextSession()
    const { id, stream } = await setup.service.open(request)
    const first = await starting
    const next = setup.builtIn.nextSession()
    first.events.ended('failed', failed)
    const second = await next
    second.events.ready()
    expect(await setup.when(inState('ready'))).toMatchObject({
      id,
      stream,
      engine: 'built-in',
      engineNotice: { code: 'PLUGIN_FAILED', detail: 'The plugin failed.' },
    })
    expect(setup.terminated).toEqual([grant.sessionId])
    expect(setup.audit).toEqual(['opened'])
  })

  test('keeps what was typed ahead for the other one', async () => {
    setup.build({ findPlugin: async () => supported })
    const starting = setup.plugin.nextSession()
    const { stream } = await setup.service.open(request)
    const first = await starting
    const [page, far] = createChannelPair()
    setup.host.serveBytes(far)
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    const next = setup.builtIn.nextSession()
    first.events.ended('failed', failed)
    const second = await next
    second.events.ready()
    await setup.when(inState('ready'))
    expect(Buffer.concat(second.written).toString()).toBe('ls')
    expect(first.written).toEqual([])
  })

  test('ends the session when it was chosen, and when the other one fails too', async () => {
    setup.build({ findPlugin: async () => supported, engineChoice: () => 'plugin' })
    const starting = setup.plugin.nextSession()
    await setup.service.open(request)
    ;(await starting).events.ended('failed', failed)
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'failed', error: failed })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['refused PLUGIN_FAILED'])
  })

  test('is the last when both fail', async () => {
    setup.build({ findPlugin: async () => supported })
    const starting = setup.plugin.nextSession()
    await setup.service.open(request)
    const first = await starting
    const next = setup.builtIn.nextSession()
    first.events.ended('failed', failed)
    const lost = { code: 'CONNECTION_LOST', message: 'No line.', retryable: true } as const
    ;(await next).events.ended('failed', lost)
    expect(await setup.when(inState('ended'))).toMatchObject({ endReason: 'failed', error: lost })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['refused CONNECTION_LOST'])
  })
})

describe('a task whose agent is still starting', () => {
  const notConnected = new PortholeError({
    code: 'TARGET_NOT_CONNECTED',
    message: 'Not connected.',
    retryable: true,
  })
  let refusals: number
  let task: Record<string, unknown>

  function buildWithRefusals(count: number, startedAt: number | undefined) {
    refusals = 0
    task = { runtimeId: 'r', snapshot: {}, startedAt, execEnabled: true, agent: { status: 'PENDING' } }
    setup.build({
      describeForExec: async () => task as never,
      executeCommand: async () => {
        if (refusals >= count) return grant
        refusals++
        throw notConnected
      },
    })
  }

  test('is asked again, ever more slowly, and says so meanwhile', async () => {
    buildWithRefusals(3, setup.clock.now() - 10_000)
    const starting = setup.builtIn.nextSession()
    await setup.service.open(request)
    const pauses: number[] = []
    for (let wait = 1; wait <= 3; wait++) {
      const waiting = await setup.when(
        ({ state, retryAt }) => state === 'connecting' && (retryAt ?? 0) > setup.clock.now(),
      )
      expect(waiting.error).toMatchObject({ code: 'AGENT_NOT_RUNNING' })
      pauses.push((waiting.retryAt ?? 0) - setup.clock.now())
      setup.clock.advance((waiting.retryAt ?? 0) - setup.clock.now())
    }
    ;(await starting).events.ready()
    expect((await setup.when(inState('ready'))).error).toBeUndefined()
    expect(pauses).toEqual([1_000, 2_000, 4_000])
  })

  test('goes on at once when somebody does not want to wait', async () => {
    buildWithRefusals(1, undefined)
    const starting = setup.builtIn.nextSession()
    const { id } = await setup.service.open(request)
    await setup.when(({ retryAt }) => retryAt !== undefined)
    await setup.service.retry(id)
    await starting
  })

  test('can be closed meanwhile', async () => {
    buildWithRefusals(1, undefined)
    const { id } = await setup.service.open(request)
    await setup.when(({ retryAt }) => retryAt !== undefined)
    await setup.service.close(id)
    expect(setup.seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['refused TARGET_NOT_CONNECTED'])
  })

  test('is given up after the first minutes, with what ECS says of the agent', async () => {
    buildWithRefusals(1000, setup.clock.now())
    await setup.service.open(request)
    for (let wait = 0; wait < 100 && !setup.seen.some(inState('ended')); wait++) {
      const waiting = await setup.when(
        ({ state, retryAt }) => state === 'ended' || (retryAt !== undefined && retryAt > setup.clock.now()),
      )
      if (waiting.retryAt !== undefined) setup.clock.advance(waiting.retryAt - setup.clock.now())
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await setup.when(inState('ended'))).toMatchObject({
      endReason: 'failed',
      error: { code: 'AGENT_NOT_RUNNING' },
    })
    expect(refusals).toBeGreaterThan(20)
    expect(refusals).toBeLessThan(40)
  })

  test.each([
    ['an old task', { startedAt: Date.UTC(2020, 1, 1) }, 'TARGET_NOT_CONNECTED'],
    ['a stopped agent', { agent: { status: 'STOPPED', reason: 'Out of memory' } }, 'AGENT_NOT_RUNNING'],
    ['exec that is off', { execEnabled: false }, 'TARGET_NOT_CONNECTED'],
  ])('is not waited for: %s', async (_, facts, code) => {
    buildWithRefusals(1, setup.clock.now())
    task = { ...task, agent: { status: 'RUNNING' }, ...facts }
    await setup.service.open(request)
    expect((await setup.when(inState('ended'))).error?.code).toBe(code)
    expect(setup.seen.some(({ retryAt }) => retryAt !== undefined)).toBe(false)
  })
})
