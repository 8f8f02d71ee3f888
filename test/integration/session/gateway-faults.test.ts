import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../../src/contract/errors.ts'
import type { Session } from '../../../src/contract/session.ts'
import {
  type Corruption,
  type FaultPlan,
  type LineFault,
  pluginNotFound,
} from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { SessionFixture, type Shell } from './session-fixture.ts'

/**
 * Every fault that the gateway can have, and what a person sees of it: the
 * states of the session, its error and that the shell's words arrive whole.
 */

let fixture: SessionFixture

beforeAll(async () => {
  fixture = await SessionFixture.start({ agent: { handshakeWait: 800 } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})
beforeEach(async () => {
  fixture.nextFaults = undefined
  await fixture.setFaults({ clear: true })
})

/** States in the order in which they were shown, each once until it changes. */
function statesOf({ history }: Shell): Session['state'][] {
  return history.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1])
}

async function withShell(faults: FaultPlan, use: (shell: Shell, awsSessionId: string) => Promise<void>) {
  fixture.nextFaults = faults
  const shell = await fixture.openShell('built-in')
  fixture.nextFaults = undefined
  try {
    await use(shell, (await shell.until('ready')).awsSessionId ?? '')
  } finally {
    await fixture.service.close(shell.id)
  }
}

/** Every second frame of the agent's output, which is what the line may do to all of it. */
function toOutput(fault: LineFault): FaultPlan {
  return {
    line: ({ messageType, index }) =>
      messageType === 'output_stream_data' && index % 2 === 0 ? fault : undefined,
  }
}

const corruptions: Corruption[] = [
  'digest',
  'created-date',
  'unknown-message-type',
  'nul-padding',
  'payload-length',
]

describe('faults that nobody sees', () => {
  test.each<[string, FaultPlan]>([
    ['lost frames', toOutput({ kind: 'drop' })],
    ['doubled frames', toOutput({ kind: 'duplicate' })],
    ['swapped frames', toOutput({ kind: 'swap' })],
    ['late frames', toOutput({ kind: 'delay', milliseconds: 30 })],
    ...corruptions.map((what): [string, FaultPlan] => [
      `corrupt frames: ${what}`,
      toOutput({ kind: 'corrupt', what }),
    ]),
    [
      'lost acknowledgements',
      {
        line: ({ messageType, index }) =>
          messageType === 'acknowledge' && index % 3 === 0 ? { kind: 'drop' } : undefined,
      },
    ],
    ['a broken start_publication', { brokenStartPublication: true }],
    ['stray messages', { strayMessages: true }],
    ['characters cut in two', { splitCharacters: true }],
    ['the first connect refused', { refusedUpgrades: 1 }],
    ['a token refused', { refusedTokens: 1 }],
  ])('%s', (_, faults) =>
    withShell(faults, async (shell) => {
      await shell.run(
        'stty -echo; seq 60; printf "%s\\n" "grün 日本語 🚀"; stty echo; echo fin$((1+1))',
        /fin2\r\n/,
      )
      const numbers = Array.from({ length: 60 }, (_each, index) => `${index + 1}\r\n`).join('')
      expect(shell.page.text).toContain(`${numbers}grün 日本語 🚀\r\n`)
      expect(statesOf(shell)).toEqual(['connecting', 'ready'])
    }),
  )

  test('a payload of 200 kB', { timeout: 60_000 }, async () => {
    await using large = await SessionFixture.start({ agent: { chunkSize: 200 * 1024 } })
    const shell = await large.openShell('built-in')
    await shell.run('stty -echo; seq 100000 | tail -c 400000; stty echo; echo fin$((1+1))', /fin2\r\n/)
    expect(shell.page.text).toContain('99999\r\n100000\r\n')
    expect(statesOf(shell)).toEqual(['connecting', 'ready'])
  })
})

describe('faults of a moment', () => {
  test.each(['clean', 'abrupt'] as const)('a socket killed, %s: lost, and back', (how) =>
    withShell({}, async (shell, id) => {
      fixture.gateway.killSocket(id, how)
      const lost = await shell.until('reconnecting')
      expect(lost).toMatchObject({ error: { code: 'CONNECTION_LOST' }, retryAt: expect.any(Number) })
      await shell.run('echo back$((1+1))', /back2/)
      expect(statesOf(shell)).toEqual(['connecting', 'ready', 'reconnecting', 'ready'])
    }),
  )

  test.each<[string, object, ErrorCode]>([
    ['throttled', { throttle: { operation: 'ResumeSession', count: 2 } }, 'THROTTLED'],
    [
      '5xx',
      { refuse: { operation: 'ResumeSession', code: 'InternalServerError', status: 500, count: 2 } },
      'AWS_ERROR',
    ],
    [
      'expired',
      { refuse: { operation: 'ResumeSession', code: 'ExpiredTokenException', status: 400, count: 1 } },
      'CREDENTIALS_EXPIRED',
    ],
  ])('ResumeSession %s: it says why it waits, and comes back', (_, faults, code) =>
    withShell({}, async (shell, id) => {
      await fixture.setFaults({ ...faults })
      fixture.gateway.killSocket(id, 'abrupt')
      await shell.until('reconnecting')
      await shell.run('echo back$((1+1))', /back2/)
      expect(shell.history.some(({ state, error }) => state === 'reconnecting' && error?.code === code)).toBe(
        true,
      )
      expect(statesOf(shell)).toEqual(['connecting', 'ready', 'reconnecting', 'ready'])
    }),
  )

  test('ResumeSession slow: reconnecting for as long, then back', () =>
    withShell({}, async (shell, id) => {
      await fixture.setFaults({ delay: { operation: 'ResumeSession', milliseconds: 1_500, count: 1 } })
      fixture.gateway.killSocket(id, 'abrupt')
      await shell.until('reconnecting')
      await shell.run('echo back$((1+1))', /back2/)
      expect(statesOf(shell)).toEqual(['connecting', 'ready', 'reconnecting', 'ready'])
    }))

  test('the agent cut off: degraded, and recovered', () =>
    withShell({}, async (shell, id) => {
      fixture.gateway.setFaults(id, { agentUnreachable: true })
      expect(await shell.until('degraded')).toMatchObject({ error: { code: 'AGENT_NOT_RUNNING' } })
      fixture.gateway.setFaults(id, {})
      await shell.run('echo back$((1+1))', /back2/)
      expect(statesOf(shell)).toEqual(['connecting', 'ready', 'degraded', 'ready'])
    }))
})

describe('faults that end a session', () => {
  async function endAfter(act: (awsSessionId: string) => Promise<void> | void): Promise<Session> {
    const shell = await fixture.openShell('built-in')
    await act((await shell.until('ready')).awsSessionId ?? '')
    return shell.until('ended')
  }

  test('ResumeSession without a token: the session is over', async () => {
    const ended = await endAfter((id) => {
      fixture.gateway.killSocket(id, 'abrupt')
      fixture.gateway.terminate(id)
    })
    expect(ended).toMatchObject({
      endReason: 'lost',
      error: {
        code: 'CONNECTION_LOST',
        message: expect.stringContaining('ended while the connection was broken'),
      },
    })
  })

  test('ResumeSession denied: which permission is missing', async () => {
    const ended = await endAfter(async (id) => {
      const message = 'User: x is not authorized to perform: ssm:ResumeSession on resource: y'
      await fixture.setFaults({
        refuse: { operation: 'ResumeSession', code: 'AccessDeniedException', message, count: 9 },
      })
      fixture.gateway.killSocket(id, 'abrupt')
    })
    expect(ended).toMatchObject({
      endReason: 'lost',
      error: { code: 'ACCESS_DENIED', message: expect.stringContaining('ssm:ResumeSession') },
    })
  })

  test.each<[string, FaultPlan, ErrorCode]>([
    ['Plugin with name … not found', { startFailure: pluginNotFound }, 'AGENT_NOT_RUNNING'],
    ['an action in the handshake that nobody knows', { unknownHandshakeAction: true }, 'HANDSHAKE_FAILED'],
  ])('%s', async (_, faults, code) => {
    fixture.nextFaults = faults
    const shell = await fixture.open('built-in')
    const ended = await shell.until('ended')
    expect(ended).toMatchObject({ endReason: 'failed', error: { code, action: expect.any(String) } })
    expect(statesOf(shell)).toEqual(['connecting', 'ended'])
  })

  test.each<[string, object | undefined, FaultPlan | undefined, ErrorCode]>([
    ['the handshake timed out', undefined, { ignoredHandshakeAnswers: true }, 'HANDSHAKE_FAILED'],
    [
      'KMS refuses the data key',
      { refuse: { operation: 'GenerateDataKey', code: 'AccessDeniedException', message: 'no', count: 1 } },
      undefined,
      'ACCESS_DENIED',
    ],
    [
      'KMS has a problem of its own',
      { refuse: { operation: 'GenerateDataKey', code: 'KMSInternalException', status: 500, count: 1 } },
      undefined,
      'AWS_ERROR',
    ],
  ])('an encrypted session: %s', async (_, api, faults, code) => {
    const container = await fixture.containerOf('data', 'reports')
    fixture.nextFaults = faults
    if (api !== undefined) await fixture.setFaults({ ...api })
    const shell = await fixture.open('built-in', '/bin/sh', container)
    expect(await shell.until('ended')).toMatchObject({ endReason: 'failed', error: { code } })
  })
})

test('a task that has just started: waits for its agent, and says so', { timeout: 60_000 }, async () => {
  await using own = await SessionFixture.start()
  const old = await own.containerOf('web', 'storefront', 'nginx')
  own.catalog.watch([old.scope])
  await own.catalog.replaceTask(old)
  const ecs = await own.clients.client('ecs', old.scope)
  const fresh = async () => {
    const { taskArns = [] } = await ecs.listTasks({ cluster: 'web', serviceName: 'storefront' })
    const { tasks = [] } = await ecs.describeTasks({ cluster: 'web', tasks: taskArns })
    return tasks.find(({ createdAt }) => createdAt !== undefined && Date.now() - createdAt.getTime() < 20_000)
  }
  // Long before its container runs, so that the agent cannot be quicker than the test.
  await expect.poll(async () => (await fresh())?.taskArn, { timeout: 10_000 }).toBeDefined()
  const taskArn = (await fresh())?.taskArn ?? ''
  const shell = await own.openShell('built-in', { ...old, taskArn, taskId: taskArn.split('/').at(-1) ?? '' })
  await shell.run('echo here$((1+1))', /here2/)
  const waiting = shell.history.find(({ retryAt }) => retryAt !== undefined)
  expect(waiting).toMatchObject({ state: 'connecting', error: { code: 'AGENT_NOT_RUNNING' } })
})
