import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeByteFrame } from '../../../../src/channel/byte-frames.ts'
import { createChannelPair } from '../../../../src/channel/in-process-channel.ts'
import type { Cluster } from '../../../../src/contract/catalog.ts'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { Session } from '../../../../src/contract/session.ts'
import type { SessionFacts } from '../../../../src/core/audit/audit-service.ts'
import { createListeners, type Listeners } from '../../../../src/core/listeners.ts'
import { longSilenceMilliseconds, silenceMilliseconds } from '../../../../src/core/session/answer-watch.ts'
import { keepAliveMilliseconds } from '../../../../src/core/session/hosted-session.ts'
import type { OpenSession } from '../../../../src/core/session/session-entry.ts'
import { createSessionHost, type SessionHost } from '../../../../src/core/session/session-host.ts'
import {
  createSessionService,
  endedSessionsKept,
  type SessionService,
  type SessionServiceDependencies,
} from '../../../../src/core/session/session-service.ts'
import { taskLookMilliseconds } from '../../../../src/core/session/task-watch.ts'
import { createBytePage } from '../../../fixtures/byte-page.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'
import { createMemoryRecorders, type MemoryRecorders } from '../../../fixtures/memory-recorders.ts'
import { sampleCluster, sampleContainer } from '../../../fixtures/session-samples.ts'
import { createSyntheticEngine, type SyntheticEngine } from '../../../fixtures/synthetic-engine.ts'

const request: OpenSession = { container: sampleContainer, command: '/bin/sh', size: { cols: 80, rows: 24 } }
const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' }
const grant = {
  sessionId: 'ecs-execute-command-0123456789abcdefghijklmnop',
  streamUrl: 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x?role=publish_subscribe',
  tokenValue: 'bearer',
}
const taskStopped = new PortholeError({ code: 'TASK_STOPPED', message: 'The task has stopped.' })
const denied = new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })

let clock: HandClock
let host: SessionHost
let service: SessionService
let builtIn: SyntheticEngine
let plugin: SyntheticEngine
let recorders: MemoryRecorders
let audit: string[]
let openedFacts: SessionFacts[]
let refusedFacts: SessionFacts[]
/** Why the history takes no opening. */
let openingProblem: PortholeError | undefined
let terminated: string[]
let noted: (string | undefined)[]
let recordingRequired: boolean
/** Answers when the history can be opened. */
let historyState: SessionServiceDependencies['audit']['integrity']
let seen: Session[]
let clusters: Listeners<Cluster>
let controlChannel: ReturnType<typeof createChannelPair>[0]
let hostStarts: number

function build(overrides: Partial<SessionServiceDependencies> = {}) {
  hostStarts = 0
  service = createSessionService({
    host: {
      connect() {
        hostStarts++
        const [near, far] = createChannelPair()
        controlChannel = near
        host.serveControl(far)
        return near
      },
    },
    clock,
    audit: {
      async sessionOpened(facts) {
        if (openingProblem !== undefined) throw openingProblem
        audit.push('opened')
        openedFacts.push(facts)
      },
      async sessionEnded(_, { reason }) {
        audit.push(`ended ${reason}`)
      },
      async shellRefused(facts) {
        audit.push(`refused ${facts.error.code}`)
        refusedFacts.push(facts)
      },
      async note({ activity, sessionId, detail }) {
        audit.push(`${activity} ${detail?.reason ?? ''}`.trim())
        noted.push(sessionId)
      },
      integrity: () => historyState(),
    },
    recordingRequired: () => recordingRequired,
    isProduction: ({ environment }) => environment === 'production',
    describeForExec: async () => ({ runtimeId: '0123-3107182542', snapshot: { task: 'as described' } }),
    executeCommand: async () => grant,
    terminateSession: async (_, id) => void terminated.push(id),
    credentials: async () => credentials,
    forgetCredentials: () => {},
    caller: async () => ({
      arn: 'arn:aws:sts::1:assumed-role/Admin/ada',
      accountId: '111122223333',
      userName: 'ada',
    }),
    endpoints: { url: async (name, region) => new URL(`https://${name}.${region}.amazonaws.com`) },
    findPlugin: async () => ({ status: 'missing', searched: [] }),
    engineChoice: () => 'auto',
    onCluster: clusters.add,
    platform: 'linux',
    log: () => {},
    ...overrides,
  })
  service.onChanged((session) => seen.push(session))
}

beforeEach(() => {
  clock = createHandClock()
  builtIn = createSyntheticEngine('built-in')
  plugin = createSyntheticEngine('plugin')
  recorders = createMemoryRecorders()
  host = createSessionHost({ engines: { 'built-in': builtIn, plugin }, recorders, clock, log: () => {} })
  audit = []
  openedFacts = []
  refusedFacts = []
  openingProblem = undefined
  terminated = []
  noted = []
  recordingRequired = false
  historyState = async () => ({}) as never
  seen = []
  clusters = createListeners()
})

afterEach(async () => {
  await service[Symbol.asyncDispose]()
  expect(clusters.size).toBe(0)
  await host[Symbol.asyncDispose]()
  expect(clock.pendingTimers).toBe(0)
})

/** Resolves with the first session, past or coming, that is as wanted. */
function when(wanted: (session: Session) => boolean): Promise<Session> {
  const known = seen.find(wanted)
  if (known !== undefined) return Promise.resolve(known)
  return new Promise((resolve) => {
    const listening = service.onChanged((session) => {
      if (!wanted(session)) return
      listening[Symbol.dispose]()
      resolve(session)
    })
  })
}

const inState = (state: Session['state']) => (session: Session) => session.state === state

async function openReady(engine = builtIn) {
  const starting = engine.nextSession()
  const { id } = await service.open(request)
  const session = await starting
  session.events.ready()
  await when((changed) => changed.id === id && changed.state === 'ready')
  return { id, session }
}

describe('open', () => {
  test('answers at once, then becomes ready with everything that is known', async () => {
    build()
    const starting = builtIn.nextSession()
    const first = await service.open(request)
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
    expect(await when(inState('ready'))).toMatchObject({
      id: first.id,
      engine: 'built-in',
      userName: 'ada',
      kmsEncrypted: true,
      recording: true,
    })
    expect(openedFacts[0]).toMatchObject({
      sessionId: first.id,
      awsSessionId: grant.sessionId,
      userName: 'ada',
      principal: 'arn:aws:sts::1:assumed-role/Admin/ada',
      snapshot: { task: 'as described' },
    })
    expect(service.list().map(({ id }) => id)).toEqual([first.id])
  })

  test('is in the history before it is shown as ready', async () => {
    const durable = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    build({
      audit: {
        sessionOpened: () => {
          asked.resolve()
          return durable.promise
        },
        sessionEnded: async () => {},
        shellRefused: async () => {},
        note: async () => {},
        integrity: () => historyState(),
      },
    })
    const starting = builtIn.nextSession()
    await service.open(request)
    const session = await starting
    session.events.ready()
    await asked.promise
    expect(seen.some(inState('ready'))).toBe(false)
    durable.resolve()
    expect((await when(inState('ready'))).recordingProblem).toBeUndefined()
  })

  test('a tab closed before AWS answered leaves an attempt, with the session that came too late', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    build({ executeCommand: () => answer.promise })
    const { id } = await service.open(request)
    await service.close(id)
    expect(audit).toEqual([])
    answer.resolve(grant)
    await expect.poll(() => audit).toEqual(['refused CANCELLED'])
    expect(terminated).toEqual([grant.sessionId])
    expect(refusedFacts).toMatchObject([{ sessionId: id, awsSessionId: grant.sessionId, userName: 'ada' }])
  })

  test('a tab closed before AWS refused leaves the refusal', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    build({ executeCommand: () => answer.promise })
    const { id } = await service.open(request)
    await service.close(id)
    answer.reject(new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' }))
    await expect.poll(() => audit).toEqual(['refused ACCESS_DENIED'])
  })

  test('says so when the history cannot be written', async () => {
    const broken = new PortholeError({ code: 'AUDIT_UNAVAILABLE', message: 'No ledger.' })
    build({
      audit: {
        sessionOpened: () => Promise.reject(broken),
        sessionEnded: async () => void audit.push('ended'),
        shellRefused: async () => {},
        note: async () => {},
        integrity: () => historyState(),
      },
    })
    const { session } = await openReady()
    expect(seen.at(-1)).toMatchObject({ recording: false, recordingProblem: { code: 'AUDIT_UNAVAILABLE' } })
    session.events.ended('exited')
    await when(inState('ended'))
    expect(audit).toEqual([])
  })

  test('takes the plugin when it fits', async () => {
    build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    await openReady(plugin)
    expect(seen.at(-1)?.engine).toBe('plugin')
  })

  test('hands out fresh credentials each time it is asked', async () => {
    let count = 0
    build({ credentials: async () => ({ ...credentials, accessKeyId: `AKIA${++count}` }) })
    const { session } = await openReady()
    expect((await session.request.credentials()).accessKeyId).toBe('AKIA1')
    expect((await session.request.credentials()).accessKeyId).toBe('AKIA2')
  })
})

describe('a refusal', () => {
  test('by AWS ends the session as failed and is in the history', async () => {
    build({ executeCommand: () => Promise.reject(denied) })
    await service.open({ ...request, reason: 'ticket 7' })
    expect(await when(inState('ended'))).toMatchObject({
      endReason: 'failed',
      error: { code: 'ACCESS_DENIED' },
      userName: 'ada',
    })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['refused ACCESS_DENIED'])
    expect(refusedFacts[0]).toMatchObject({ userName: 'ada', reason: 'ticket 7' })
  })

  test('before AWS is asked, when the plugin is wished for and missing', async () => {
    let asked = 0
    build({
      engineChoice: () => 'plugin',
      executeCommand: async () => {
        asked++
        return grant
      },
    })
    await service.open(request)
    expect((await when(inState('ended'))).error?.code).toBe('PLUGIN_MISSING')
    expect(asked).toBe(0)
  })

  test('gives a granted session back when its task is gone', async () => {
    build({ describeForExec: () => Promise.reject(taskStopped) })
    await service.open(request)
    expect((await when(inState('ended'))).error?.code).toBe('TASK_STOPPED')
    expect(terminated).toEqual([grant.sessionId])
  })

  test('by the engine before it was ready is an attempt, not a session', async () => {
    build()
    const starting = builtIn.nextSession()
    await service.open(request)
    const session = await starting
    session.events.ended('failed', { code: 'NO_SHELL_IN_IMAGE', message: 'No shell.', retryable: false })
    expect(await when(inState('ended'))).toMatchObject({ error: { code: 'NO_SHELL_IN_IMAGE' } })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['refused NO_SHELL_IN_IMAGE'])
    expect(recorders.recordings).toEqual([])
  })

  test('an unknown caller is no reason for one', async () => {
    build({ caller: () => Promise.reject(denied) })
    await openReady()
    expect(openedFacts[0]).toMatchObject({ userName: 'unknown' })
  })
})

describe('the end', () => {
  test('of the shell', async () => {
    build()
    const { session } = await openReady()
    session.events.ended('exited')
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'exited' })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['opened', 'ended exited'])
  })

  test('of the task is told from the end of the shell', async () => {
    let stopped = false
    build({
      describeForExec: async () => {
        if (stopped) throw taskStopped
        return { runtimeId: 'r', snapshot: {} }
      },
    })
    const { session } = await openReady()
    stopped = true
    session.events.ended('lost', { code: 'CONNECTION_LOST', message: 'Lost.', retryable: true })
    const ended = await when(inState('ended'))
    expect(ended.endReason).toBe('task-stopped')
    expect(ended.error).toBeUndefined()
  })

  test('does not wait for ECS for ever', async () => {
    let asked = 0
    const askedAgain = Promise.withResolvers<void>()
    build({
      describeForExec: async () => {
        if (++asked === 1) return { runtimeId: 'r', snapshot: {} }
        askedAgain.resolve()
        return new Promise(() => {})
      },
    })
    const { session } = await openReady()
    session.events.ended('exited')
    await askedAgain.promise
    expect(seen.some(inState('ended'))).toBe(false)
    clock.advance(2_000)
    expect((await when(inState('ended'))).endReason).toBe('exited')
  })

  test('by closing reaches the engine, once', async () => {
    build()
    const { id, session } = await openReady()
    await service.close(id)
    expect(session.closed).toBe(true)
    expect(seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    expect(audit).toEqual(['opened', 'ended closed'])
    await expect(service.close(id)).rejects.toMatchObject({ value: { code: 'SESSION_NOT_FOUND' } })
  })

  test('by closing lets the screen go, also of a session that had ended', async () => {
    build()
    const first = await openReady()
    const second = await openReady()
    second.session.events.ended('exited')
    await when((session) => session.id === second.id && session.state === 'ended')
    expect(service.list().map(({ id }) => id)).toEqual([first.id, second.id])
    await service.close(first.id)
    await service.close(second.id)
    expect(service.list()).toEqual([])
    expect(host.sessionCount).toBe(0)
  })

  test('by closing before AWS has answered gives the session back when it comes', async () => {
    const answer = Promise.withResolvers<typeof grant>()
    build({ executeCommand: () => answer.promise })
    const { id } = await service.open(request)
    await service.close(id)
    expect(seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    answer.resolve(grant)
    await service[Symbol.asyncDispose]()
    expect(terminated).toEqual([grant.sessionId])
    expect(audit).toEqual(['refused CANCELLED'])
  })

  test('of the host’s process ends all sessions, and AWS is told', async () => {
    build()
    await openReady()
    controlChannel.close()
    expect(await when(inState('ended'))).toMatchObject({
      endReason: 'lost',
      error: { message: 'The process that runs the sessions stopped.' },
    })
    expect(terminated).toEqual([grant.sessionId])
  })

  test('of the host’s process leaves the way open for new sessions in a new host', async () => {
    build()
    const lost = await openReady()
    controlChannel.close()
    await when(inState('ended'))
    const next = await openReady()
    expect(hostStarts).toBe(2)
    expect(service.list().map(({ id, state }) => [id, state])).toEqual([
      [lost.id, 'ended'],
      [next.id, 'ready'],
    ])
    await service.close(lost.id)
    await service.close(next.id)
    expect(service.list()).toEqual([])
  })

  test('no host is started before the first session, nor to end what it took along', async () => {
    build()
    expect(hostStarts).toBe(0)
    await openReady()
    controlChannel.close()
    await when(inState('ended'))
    await service[Symbol.asyncDispose]()
    expect(hostStarts).toBe(1)
  })

  test('a host that cannot be had is the reason why a session does not open', async () => {
    const noHost = new PortholeError({ code: 'INTERNAL', message: 'The session process keeps failing.' })
    build({
      host: {
        connect() {
          throw noHost
        },
      },
    })
    await expect(service.open(request)).rejects.toMatchObject({ value: noHost.value })
    expect(service.list()).toEqual([])
  })

  test('disposing closes what is open', async () => {
    build()
    const { session } = await openReady()
    await service[Symbol.asyncDispose]()
    expect(session.closed).toBe(true)
    expect(audit).toEqual(['opened', 'ended closed'])
  })

  test('ended sessions are kept for a while, not for ever', async () => {
    build()
    for (let count = 0; count < endedSessionsKept + 3; count++) {
      const { id, session } = await openReady()
      session.events.ended('exited')
      await when((changed) => changed.id === id && changed.state === 'ended')
    }
    expect(service.list().length).toBe(endedSessionsKept)
    expect(service.list()[0]?.stream).toBe(4)
  })
})

describe('a task that stops under a live shell', () => {
  let hasStopped: boolean
  let questions: number

  beforeEach(() => {
    hasStopped = false
    questions = 0
    build({
      describeForExec: async () => {
        questions++
        if (hasStopped) throw taskStopped
        return { runtimeId: 'r', snapshot: {} }
      },
    })
  })

  test('ends it as soon as the catalog hears, although the engine is still alive', async () => {
    const { session } = await openReady()
    hasStopped = true
    clusters.emit(sampleCluster([]))
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
    await service[Symbol.asyncDispose]()
    expect(session.closed).toBe(true)
    expect(audit).toEqual(['opened', 'ended task-stopped'])
  })

  test('is asked about, because a list may be older than a task', async () => {
    const { id } = await openReady()
    clusters.emit(sampleCluster([]))
    await service.close(id)
    expect(questions).toBe(2)
    expect(seen.at(-1)).toMatchObject({ endReason: 'closed' })
  })

  test('ends it when nothing answers the keys that are typed', async () => {
    const { id } = await openReady()
    const [page, far] = createChannelPair()
    host.serveBytes(far)
    const { stream } = await when(inState('ready'))
    hasStopped = true
    clock.advance(1)
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    await when((session) => session.id === id && session.lastInputAt !== session.readyAt)
    clock.advance(silenceMilliseconds)
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
  })
})

test('a broken connection and its return are shown', async () => {
  build()
  const { session } = await openReady()
  session.events.reconnecting({ code: 'CONNECTION_LOST', message: 'Lost.', retryable: true }, 4_000)
  expect(await when(inState('reconnecting'))).toMatchObject({
    error: { code: 'CONNECTION_LOST' },
    retryAt: clock.now() + 4_000,
  })
  seen = []
  session.events.reconnected()
  expect((await when(inState('ready'))).error).toBeUndefined()
  expect(recorders.recordings[0]?.markers).toEqual(['Connection lost', 'Connected again'])
})

describe('an engine that cannot open the session', () => {
  const supported = { status: 'supported' as const, path: '/p', version: '1.2.896.0' }
  const failed = { code: 'PLUGIN_FAILED', message: 'The plugin failed.', retryable: true } as const

  test('is followed by the other one under auto, in the same session, with a notice', async () => {
    build({ findPlugin: async () => supported })
    const starting = plugin.nextSession()
    const { id, stream } = await service.open(request)
    const first = await starting
    const next = builtIn.nextSession()
    first.events.ended('failed', failed)
    const second = await next
    second.events.ready()
    expect(await when(inState('ready'))).toMatchObject({
      id,
      stream,
      engine: 'built-in',
      engineNotice: { code: 'PLUGIN_FAILED', detail: 'The plugin failed.' },
    })
    expect(terminated).toEqual([grant.sessionId])
    expect(audit).toEqual(['opened'])
  })

  test('keeps what was typed ahead for the other one', async () => {
    build({ findPlugin: async () => supported })
    const starting = plugin.nextSession()
    const { stream } = await service.open(request)
    const first = await starting
    const [page, far] = createChannelPair()
    host.serveBytes(far)
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    const next = builtIn.nextSession()
    first.events.ended('failed', failed)
    const second = await next
    second.events.ready()
    await when(inState('ready'))
    expect(Buffer.concat(second.written).toString()).toBe('ls')
    expect(first.written).toEqual([])
  })

  test('ends the session when it was chosen, and when the other one fails too', async () => {
    build({ findPlugin: async () => supported, engineChoice: () => 'plugin' })
    const starting = plugin.nextSession()
    await service.open(request)
    ;(await starting).events.ended('failed', failed)
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'failed', error: failed })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['refused PLUGIN_FAILED'])
  })

  test('is the last when both fail', async () => {
    build({ findPlugin: async () => supported })
    const starting = plugin.nextSession()
    await service.open(request)
    const first = await starting
    const next = builtIn.nextSession()
    first.events.ended('failed', failed)
    const lost = { code: 'CONNECTION_LOST', message: 'No line.', retryable: true } as const
    ;(await next).events.ended('failed', lost)
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'failed', error: lost })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['refused CONNECTION_LOST'])
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
    build({
      describeForExec: async () => task as never,
      executeCommand: async () => {
        if (refusals >= count) return grant
        refusals++
        throw notConnected
      },
    })
  }

  test('is asked again, ever more slowly, and says so meanwhile', async () => {
    buildWithRefusals(3, clock.now() - 10_000)
    const starting = builtIn.nextSession()
    await service.open(request)
    const pauses: number[] = []
    for (let wait = 1; wait <= 3; wait++) {
      const waiting = await when(
        ({ state, retryAt }) => state === 'connecting' && (retryAt ?? 0) > clock.now(),
      )
      expect(waiting.error).toMatchObject({ code: 'AGENT_NOT_RUNNING' })
      pauses.push((waiting.retryAt ?? 0) - clock.now())
      clock.advance((waiting.retryAt ?? 0) - clock.now())
    }
    ;(await starting).events.ready()
    expect((await when(inState('ready'))).error).toBeUndefined()
    expect(pauses).toEqual([1_000, 2_000, 4_000])
  })

  test('goes on at once when somebody does not want to wait', async () => {
    buildWithRefusals(1, undefined)
    const starting = builtIn.nextSession()
    const { id } = await service.open(request)
    await when(({ retryAt }) => retryAt !== undefined)
    await service.retry(id)
    await starting
  })

  test('can be closed meanwhile', async () => {
    buildWithRefusals(1, undefined)
    const { id } = await service.open(request)
    await when(({ retryAt }) => retryAt !== undefined)
    await service.close(id)
    expect(seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
    await service[Symbol.asyncDispose]()
    expect(audit).toEqual(['refused TARGET_NOT_CONNECTED'])
  })

  test('is given up after the first minutes, with what ECS says of the agent', async () => {
    buildWithRefusals(1000, clock.now())
    await service.open(request)
    for (let wait = 0; wait < 100 && !seen.some(inState('ended')); wait++) {
      const waiting = await when(
        ({ state, retryAt }) => state === 'ended' || (retryAt !== undefined && retryAt > clock.now()),
      )
      if (waiting.retryAt !== undefined) clock.advance(waiting.retryAt - clock.now())
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await when(inState('ended'))).toMatchObject({
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
    buildWithRefusals(1, clock.now())
    task = { ...task, agent: { status: 'RUNNING' }, ...facts }
    await service.open(request)
    expect((await when(inState('ended'))).error?.code).toBe(code)
    expect(seen.some(({ retryAt }) => retryAt !== undefined)).toBe(false)
  })
})

describe('after sleep, a change of networks or a sign-in', () => {
  test('every line is probed, and so is one by hand', async () => {
    build()
    const first = await openReady()
    const second = await openReady()
    service.resumed()
    await service.retry(second.id)
    await service.close(first.id)
    expect([first.session.probes, second.session.probes]).toEqual([1, 2])
  })

  test('credentials that AWS refused are not handed out again', async () => {
    let count = 1
    const forgotten: string[] = []
    build({
      credentials: async () => ({ ...credentials, accessKeyId: `AKIA${count}` }),
      forgetCredentials: ({ roleName }) => {
        forgotten.push(roleName)
        count++
      },
    })
    const { session } = await openReady()
    expect((await session.request.credentials('AKIA1')).accessKeyId).toBe('AKIA2')
    expect((await session.request.credentials('AKIA1')).accessKeyId).toBe('AKIA2')
    expect(forgotten).toEqual(['Admin'])
  })
})

describe('keep-alive', () => {
  test('is input for AWS while nobody types, and says so in the recording', async () => {
    build()
    const { id, session } = await openReady()
    await service.keepAlive(id, true)
    expect(seen.at(-1)?.keepAlive).toBe(true)
    clock.advance(keepAliveMilliseconds)
    expect(session.keptAlive).toBe(1)
    const kept = await when(({ lastInputAt }) => lastInputAt === clock.now())
    expect(kept.state).toBe('ready')
    clock.advance(keepAliveMilliseconds)
    expect(session.keptAlive).toBe(2)
    await service.keepAlive(id, false)
    clock.advance(4 * keepAliveMilliseconds)
    expect(session.keptAlive).toBe(2)
    expect(recorders.recordings[0]?.markers).toEqual(['Keep-alive on', 'Keep-alive off'])
  })

  test('is nothing that the plugin can do', async () => {
    build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    const { id } = await openReady(plugin)
    await expect(service.keepAlive(id, true)).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    expect(seen.at(-1)?.keepAlive).toBe(false)
  })
})

describe('a line that is slow to answer', () => {
  test('shows as degraded, asks ECS about the task, and recovers', async () => {
    let questions = 0
    build({
      describeForExec: async () => {
        questions++
        return { runtimeId: 'r', snapshot: {} }
      },
    })
    const { session } = await openReady()
    const away = { code: 'AGENT_NOT_RUNNING', message: 'Away.', retryable: true } as const
    session.events.degraded(away)
    expect(await when(inState('degraded'))).toMatchObject({ error: away })
    expect(questions).toBe(2)
    seen = []
    session.events.recovered()
    expect((await when(inState('ready'))).error).toBeUndefined()
  })

  test('of the plugin shows when keys stay without an answer for long', async () => {
    build({ findPlugin: async () => ({ status: 'supported', path: '/p', version: '1.2.896.0' }) })
    const { session } = await openReady(plugin)
    const [page, far] = createChannelPair()
    host.serveBytes(far)
    const { stream } = await when(inState('ready'))
    page.post(encodeByteFrame({ kind: 'input', stream, bytes: Buffer.from('ls') }))
    await when(({ lastInputAt, readyAt }) => lastInputAt !== undefined && readyAt !== undefined)
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(longSilenceMilliseconds)
    await when(inState('degraded'))
    seen = []
    session.events.output(Buffer.from('ls'))
    await when(inState('ready'))
  })
})

test('a task that nobody looks at is asked about now and then', async () => {
  let stopped = false
  build({
    describeForExec: async () => {
      if (stopped) throw taskStopped
      return { runtimeId: 'r', snapshot: {} }
    },
  })
  await openReady()
  stopped = true
  clock.advance(taskLookMilliseconds)
  expect(await when(inState('ended'))).toMatchObject({ endReason: 'task-stopped' })
})

describe('a recording', () => {
  const output = (text: string) => new TextEncoder().encode(text)
  const recorded = () => {
    const [recording] = recorders.recordings
    return [new TextDecoder().decode(Buffer.concat(recording?.output ?? [])), ...(recording?.markers ?? [])]
  }

  test('is paused with a note first; what passes is nowhere, and a replay goes on with an empty screen', async () => {
    build()
    const { id, session } = await openReady()
    session.events.output(output('before '))
    await service.pauseRecording(id, ' a customer’s data ')
    expect(audit).toEqual(['opened', 'recording.paused a customer’s data'])
    expect(noted).toEqual([id])
    expect(service.list()[0]).toMatchObject({ recording: true, recordingPausedAt: clock.now() })
    session.events.output(output('secret '))
    await service.resumeRecording(id)
    session.events.output(output('after'))
    expect(audit.at(-1)).toBe('recording.resumed')
    expect(service.list()[0]?.recordingPausedAt).toBeUndefined()
    expect(recorded()).toEqual([
      'before \x1b[0m\x1b[?1049l\x1b[2J\x1b[3J\x1b[Hafter',
      'Recording paused',
      'Recording resumed',
    ])
  })

  test('is not paused when the history cannot note it', async () => {
    build()
    const { id, session } = await openReady()
    audit.push = () => {
      throw new PortholeError({ code: 'STORAGE_FULL', message: 'The disk is full.' })
    }
    await expect(service.pauseRecording(id)).rejects.toMatchObject({ value: { code: 'STORAGE_FULL' } })
    session.events.output(output('still here'))
    expect(recorded()).toEqual(['still here'])
    audit = []
  })

  test('has to be there before AWS is asked, where shells need one', async () => {
    recordingRequired = true
    historyState = () =>
      Promise.reject(new PortholeError({ code: 'STORAGE_UNWRITABLE', message: 'Read-only.' }))
    let asked = false
    build({
      executeCommand: async () => {
        asked = true
        return grant
      },
    })
    await service.open(request)
    const ended = await when(inState('ended'))
    expect(ended).toMatchObject({ endReason: 'failed', error: { code: 'RECORDING_REQUIRED' } })
    expect(ended.error?.message).toContain('Read-only.')
    expect(asked).toBe(false)
  })

  test('is wished for with every shell: a history that could not be opened may be there now', async () => {
    let tries = 0
    historyState = async () => {
      tries += 1
      throw new PortholeError({ code: 'STORAGE_UNWRITABLE', message: 'Read-only.' })
    }
    build()
    await openReady()
    await openReady()
    expect(tries).toBe(2)
  })

  test.each([
    [true, 'ended'],
    [false, 'ready'],
  ] as const)('that fails, while shells need one: %s, leaves the shell %s', async (required, state) => {
    recordingRequired = required
    build()
    const { id } = await openReady()
    recorders.recordings[0]?.fail({ code: 'STORAGE_FULL', message: 'The disk is full.', retryable: false })
    await when((session) => session.recordingProblem !== undefined && session.state === state)
    if (required) {
      expect(service.list().find((session) => session.id === id)?.error?.code).toBe('RECORDING_REQUIRED')
      await expect.poll(() => audit).toEqual(['opened', 'ended failed'])
    }
  })
})

describe('a shell whose recording is not certain yet', () => {
  const full = { code: 'STORAGE_FULL', message: 'The disk is full.', retryable: true } as const
  const production: OpenSession = { ...request, container: { ...sampleContainer, environment: 'production' } }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const text = (parts: readonly Uint8Array[] = []) => Buffer.concat(parts).toString()

  /** Opened with keys typed ahead and a recorder that has not answered; the engine is ready and has spoken. */
  async function openHeld(wanted = request) {
    recorders.holdBack = true
    const starting = builtIn.nextSession()
    const { id, stream } = await service.open(wanted)
    const [near, far] = createChannelPair()
    host.serveBytes(far)
    const page = createBytePage(near, stream)
    page.send({ kind: 'attach', stream })
    page.send({ kind: 'input', stream, bytes: Buffer.from('rm -rf /\r') })
    const session = await starting
    session.events.ready()
    session.events.output(Buffer.from('first words'))
    page.send({ kind: 'input', stream, bytes: Buffer.from('date') })
    await settled()
    return { id, session, page, recording: recorders.recordings[0] }
  }

  beforeEach(() => {
    recordingRequired = true
  })

  test('gets no key and shows nothing until the recorder has accepted it', async () => {
    build()
    const { session, page, recording } = await openHeld()
    expect([session.written, page.text, session.paused]).toEqual([[], '', true])
    expect(seen.at(-1)?.state).toBe('connecting')
    expect(audit).toEqual([])
    recording?.accept()
    expect(await when(inState('ready'))).toMatchObject({ recording: true })
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
    expect(session.paused).toBe(false)
    expect(text(recording?.output)).toBe('first words')
    expect(audit).toEqual(['opened'])
    page.send({ kind: 'input', stream: 1, bytes: Buffer.from('ls') })
    await settled()
    expect(text(session.written)).toBe('rm -rf /\rdatels')
  })

  test.each(['the recorder', 'the history'])('never gets a key when %s refuses it', async (who) => {
    build()
    if (who === 'the history') openingProblem = new PortholeError(full)
    const { session, page, recording } = await openHeld()
    if (who === 'the history') recording?.accept()
    else recording?.fail(full)
    expect(await when(inState('ended'))).toMatchObject({
      endReason: 'failed',
      error: { code: 'RECORDING_REQUIRED', message: expect.stringContaining('The disk is full.') },
    })
    await page.until(() => page.ended)
    expect([session.written, page.text, session.closed]).toEqual([[], '', true])
    expect(seen.some(inState('ready'))).toBe(false)
    await expect.poll(() => audit).toEqual(['refused RECORDING_REQUIRED'])
  })

  test('waits in production too, and opens there unrecorded where that is allowed', async () => {
    recordingRequired = false
    build()
    const { session, page, recording } = await openHeld(production)
    expect([session.written, page.text]).toEqual([[], ''])
    recording?.fail(full)
    expect(await when(inState('ready'))).toMatchObject({ recording: false, recordingProblem: full })
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
  })

  test('does not wait anywhere else', async () => {
    recordingRequired = false
    build()
    const { session, page } = await openHeld()
    await page.until(() => page.text === 'first words')
    expect(text(session.written)).toBe('rm -rf /\rdate')
    await when(inState('ready'))
  })

  test('shows the last words of a command that was over before', async () => {
    build()
    const { session, page, recording } = await openHeld()
    session.events.ended('exited')
    await settled()
    expect(seen.at(-1)?.state).toBe('connecting')
    recording?.accept()
    await page.until(() => page.ended)
    expect(page.text).toBe('first words')
    expect(await when(inState('ended'))).toMatchObject({ endReason: 'exited' })
    await expect.poll(() => audit).toEqual(['opened', 'ended exited'])
  })

  test('can be closed meanwhile', async () => {
    build()
    const { id, session, page } = await openHeld()
    await service.close(id)
    expect([session.written, page.text, session.closed]).toEqual([[], '', true])
    expect(seen.at(-1)).toMatchObject({ state: 'ended', endReason: 'closed' })
  })

  test('is there at once for a size that changes', async () => {
    build()
    const { session, page, recording } = await openHeld()
    page.send({ kind: 'resize', stream: 1, size: { cols: 100, rows: 40 } })
    await settled()
    expect(session.sizes).toEqual([{ cols: 100, rows: 40 }])
    recording?.accept()
    await when(inState('ready'))
  })
})
