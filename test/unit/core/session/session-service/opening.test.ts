import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../../src/contract/errors.ts'
import {
  credentials,
  denied,
  grant,
  inState,
  request,
  setUpSessionService,
  taskStopped,
} from './session-service-setup.ts'

const setup = setUpSessionService()

describe('open', () => {
  test('answers at once, then becomes ready with everything that is known', async () => {
    setup.build()
    const starting = setup.builtIn.nextSession()
    const first = await setup.service.open(request)
    expect(first).toMatchObject({ state: 'connecting', stream: 1, recording: false })
    const session = await starting
    expect(session.request).toMatchObject({
      awsSessionId: grant.sessionId,
      streamUrl: grant.streamUrl,
      tokenValue: grant.tokenValue,
      target: 'ecs:storefront_0123456789abcdef0123456789abcdef_0123-3107182542',
      region: 'eu-west-1',
      ssmEndpoint: 'https://ssm.eu-west-1.amazonaws.com',
      kmsEndpoint: 'https://kms.eu-west-1.amazonaws.com',
    })
    session.events.encrypted()
    session.events.ready()
    expect(await setup.when(inState('ready'))).toMatchObject({
      id: first.id,
      engine: 'built-in',
      userName: 'ada',
      kmsEncrypted: true,
      recording: true,
    })
    expect(setup.openedFacts[0]).toMatchObject({
      sessionId: first.id,
      awsSessionId: grant.sessionId,
      userName: 'ada',
      principal: 'arn:aws:sts::1:assumed-role/Admin/ada',
      snapshot: { task: 'as described' },
    })
    expect(setup.service.list().map(({ id }) => id)).toEqual([first.id])
  })

  test('is in the history before it is shown as ready', async () => {
    const durable = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    setup.build({
      audit: {
        sessionOpened: () => {
          asked.resolve()
          return durable.promise
        },
        sessionEnded: async () => {},
        shellRefused: async () => {},
        note: async () => {},
        integrity: () => setup.historyState(),
      },
    })
    const starting = setup.builtIn.nextSession()
    await setup.service.open(request)
    const session = await starting
    session.events.ready()
    await asked.promise
    expect(setup.seen.some(inState('ready'))).toBe(false)
    durable.resolve()
    expect((await setup.when(inState('ready'))).recordingProblem).toBeUndefined()
  })

  test('a tab closed before AWS answered leaves an attempt, with the session that came too late', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    setup.build({ executeCommand: () => answer.promise })
    const { id } = await setup.service.open(request)
    await setup.service.close(id)
    expect(setup.audit).toEqual([])
    answer.resolve(grant)
    await expect.poll(() => setup.audit).toEqual(['refused CANCELLED'])
    expect(setup.terminated).toEqual([grant.sessionId])
    expect(setup.refusedFacts).toMatchObject([
      { sessionId: id, awsSessionId: grant.sessionId, userName: 'ada' },
    ])
  })

  test('a tab closed before AWS refused leaves the refusal', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    setup.build({ executeCommand: () => answer.promise })
    const { id } = await setup.service.open(request)
    await setup.service.close(id)
    answer.reject(new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' }))
    await expect.poll(() => setup.audit).toEqual(['refused ACCESS_DENIED'])
  })

  test('says so when the history cannot be written', async () => {
    const broken = new PortholeError({ code: 'AUDIT_UNAVAILABLE', message: 'No ledger.' })
    setup.build({
      audit: {
        sessionOpened: () => Promise.reject(broken),
        sessionEnded: async () => void setup.audit.push('ended'),
        shellRefused: async () => {},
        note: async () => {},
        integrity: () => setup.historyState(),
      },
    })
    const { session } = await setup.openReady()
    expect(setup.seen.at(-1)).toMatchObject({
      recording: false,
      recordingProblem: { code: 'AUDIT_UNAVAILABLE' },
    })
    session.events.ended('exited')
    await setup.when(inState('ended'))
    expect(setup.audit).toEqual([])
  })

  test('takes the plugin when it fits', async () => {
    setup.build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    await setup.openReady(setup.plugin)
    expect(setup.seen.at(-1)?.engine).toBe('plugin')
  })

  test('hands out fresh credentials each time it is asked', async () => {
    let count = 0
    setup.build({ credentials: async () => ({ ...credentials, accessKeyId: `AKIA${++count}` }) })
    const { session } = await setup.openReady()
    expect((await session.request.credentials()).accessKeyId).toBe('AKIA1')
    expect((await session.request.credentials()).accessKeyId).toBe('AKIA2')
  })
})

describe('a refusal', () => {
  test('by AWS ends the session as failed and is in the history', async () => {
    setup.build({ executeCommand: () => Promise.reject(denied) })
    await setup.service.open({ ...request, reason: 'ticket 7' })
    expect(await setup.when(inState('ended'))).toMatchObject({
      endReason: 'failed',
      error: { code: 'ACCESS_DENIED' },
      userName: 'ada',
    })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['refused ACCESS_DENIED'])
    expect(setup.refusedFacts[0]).toMatchObject({ userName: 'ada', reason: 'ticket 7' })
  })

  test('before AWS is asked, when the plugin is wished for and missing', async () => {
    let asked = 0
    setup.build({
      engineChoice: () => 'plugin',
      executeCommand: async () => {
        asked++
        return grant
      },
    })
    await setup.service.open(request)
    expect((await setup.when(inState('ended'))).error?.code).toBe('PLUGIN_MISSING')
    expect(asked).toBe(0)
  })

  test('gives a granted session back when its task is gone', async () => {
    setup.build({ describeForExec: () => Promise.reject(taskStopped) })
    await setup.service.open(request)
    expect((await setup.when(inState('ended'))).error?.code).toBe('TASK_STOPPED')
    expect(setup.terminated).toEqual([grant.sessionId])
  })

  test('by the engine before it was ready is an attempt, not a session', async () => {
    setup.build()
    const starting = setup.builtIn.nextSession()
    await setup.service.open(request)
    const session = await starting
    session.events.ended('failed', { code: 'NO_SHELL_IN_IMAGE', message: 'No shell.', retryable: false })
    expect(await setup.when(inState('ended'))).toMatchObject({ error: { code: 'NO_SHELL_IN_IMAGE' } })
    await setup.service[Symbol.asyncDispose]()
    expect(setup.audit).toEqual(['refused NO_SHELL_IN_IMAGE'])
    expect(setup.recorders.recordings).toEqual([])
  })

  test('an unknown caller is no reason for one', async () => {
    setup.build({ caller: () => Promise.reject(denied) })
    await setup.openReady()
    expect(setup.openedFacts[0]).toMatchObject({ userName: 'unknown' })
  })
})
