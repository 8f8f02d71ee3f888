import { afterEach, describe, expect, test } from 'vitest'
import { ExecError } from '../../../src/sandbox/containers/container-runtime.ts'
import { pluginNotFound, seededFaults } from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { GatewayFixture } from './gateway-fixture.ts'
import { PatternProcess, patternBytes, shellProcess } from './processes.ts'

const fixtures: GatewayFixture[] = []

async function startGateway(...parameters: Parameters<typeof GatewayFixture.start>): Promise<GatewayFixture> {
  const fixture = await GatewayFixture.start(...parameters)
  fixtures.push(fixture)
  return fixture
}

afterEach(async () => {
  await Promise.all(fixtures.splice(0).map((fixture) => fixture[Symbol.asyncDispose]()))
})

const bytes = (text: string) => new TextEncoder().encode(text)

async function untilTyped(process: PatternProcess, byteLength: number): Promise<Buffer> {
  await new Promise<void>((resolve) => {
    const look = () => {
      if (process.typed.reduce((sum, piece) => sum + piece.byteLength, 0) >= byteLength) resolve()
    }
    process.onTyped = look
    look()
  })
  return Buffer.concat(process.typed)
}

describe('a shell', () => {
  test('prompt, echo, size, exit', async () => {
    const fixture = await startGateway()
    const { session, events, calls } = fixture.open({ process: shellProcess })
    await events.untilText('container# ')
    expect(events.names).toEqual(['ready'])
    expect(fixture.verdicts).toEqual(['good'])

    session.write(bytes('stty size; echo "a"\'b\'\r'))
    await events.untilText('30 100\r\nab\r\n')
    session.resize({ cols: 132, rows: 43 })
    session.write(bytes('sleep 0.2; stty size\r'))
    await events.untilText('43 132\r\n')
    session.write(bytes('exit\r'))
    await events.untilEvent('ended')
    expect(events.end).toEqual({ reason: 'exited', error: undefined })
    expect(events.names).toEqual(['ready', 'ended'])
    expect(calls).toEqual({ resume: 0, terminate: 0 })
  })

  test('Ctrl-C, Ctrl-S, Ctrl-Q and UTF-8 reach it as they are', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(1)
    const { session, events } = fixture.open({ process: async () => process })
    await events.untilEvent('ready')
    const typed = '\x03\x13\x11\x04\x16\x1b[A\x7fžluťoučký 🐎\r\n'
    session.write(bytes(typed))
    expect((await untilTyped(process, bytes(typed).byteLength)).toString()).toBe(typed)
  })

  test('what is typed before the prompt waits for it', async () => {
    const fixture = await startGateway({ firstOutputDelay: 200 })
    const { session, events } = fixture.open({ process: shellProcess })
    session.write(bytes('echo early\r'))
    await events.untilText('early\r\n')
  })

  test('a command that prints nothing becomes ready, and takes input', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(0)
    const { session, events } = fixture.open({
      process: async () => process,
      timing: { quietShellGrace: 100 },
    })
    session.write(bytes('hello'))
    expect((await untilTyped(process, 5)).toString()).toBe('hello')
    expect(events.names).toEqual(['ready'])
  })

  test('closing tells AWS and says so once', async () => {
    const fixture = await startGateway()
    const { session, events, calls } = fixture.open({ process: shellProcess })
    await events.untilEvent('ready')
    await Promise.all([session.close(), session.close()])
    await session.close()
    expect(events.end?.reason).toBe('closed')
    expect(events.names.filter((name) => name === 'ended')).toHaveLength(1)
    expect(calls.terminate).toBe(1)
  })
})

describe('volume', () => {
  const total = 50_000_000

  test('50 MB arrive byte for byte, with pauses on the way that stop the sender', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(total)
    const { session, events } = fixture.open({ process: async () => process })
    let nextPause = total / 5
    const pauses: { received: number; aheadAtMost: number }[] = []
    events.onOutput = () => {
      if (events.byteLength < nextPause) return
      nextPause += total / 5
      session.pause()
      const received = events.byteLength
      // Long enough for an agent that is not held back to run megabytes ahead.
      setTimeout(() => {
        pauses.push({ received: events.byteLength - received, aheadAtMost: process.written - received })
        session.resume()
      }, 100)
    }
    await events.until('50 MB', () => events.byteLength >= total)
    expect(events.bytes().equals(patternBytes(0, total))).toBe(true)
    expect(pauses.length).toBeGreaterThanOrEqual(4)
    for (const { received, aheadAtMost } of pauses) {
      expect(received).toBe(0)
      expect(aheadAtMost).toBeLessThan(2 * 1024 * 1024)
    }
  })

  test('a paste of 200 kB arrives byte for byte, no faster than 900 frames a second', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(1)
    const { session, events } = fixture.open({ process: async () => process })
    await events.untilEvent('ready')
    const paste = patternBytes(0, 200_000)
    const startedAt = performance.now()
    session.write(paste)
    const typed = await untilTyped(process, paste.byteLength)
    const milliseconds = performance.now() - startedAt
    expect(typed.equals(paste)).toBe(true)
    expect(Math.max(...process.typed.map((piece) => piece.byteLength))).toBe(1024)
    // 196 frames, 65 of them free: 131 frames take at least 145 ms.
    expect(milliseconds).toBeGreaterThan(140)
  })

  test('a session that ends while paused gives its last output first', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(100_000)
    const { session, events } = fixture.open({ process: async () => process })
    let paused = false
    const { promise: whenPaused, resolve: tellPaused } = Promise.withResolvers<void>()
    events.onOutput = () => {
      if (paused) return
      paused = true
      session.pause()
      tellPaused()
    }
    await whenPaused
    process.kill()
    setTimeout(() => session.resume(), 300)
    await events.untilEvent('ended')
    expect(events.bytes().equals(patternBytes(0, process.written))).toBe(true)
    expect(events.end?.reason).toBe('exited')
  })
})

describe('a bad line', () => {
  test.each([1, 2, 3])(
    'loss, doubles, swaps, delays and damage, seed %i: both streams arrive whole',
    async (seed) => {
      const fixture = await startGateway()
      const process = new PatternProcess(40_000)
      const { session, events } = fixture.open({
        process: async () => process,
        faults: {
          line: seededFaults({
            seed,
            drop: 0.04,
            duplicate: 0.05,
            swap: 0.05,
            delay: { chance: 0.05, milliseconds: 30 },
            corrupt: { chance: 0.03, what: 'digest' },
            lostAcknowledgements: 0.05,
          }),
          brokenStartPublication: true,
          strayMessages: true,
        },
      })
      await events.untilEvent('ready')
      const paste = patternBytes(77, 20_000)
      session.write(paste)
      const typed = await untilTyped(process, paste.byteLength)
      await events.until('all output', () => events.byteLength >= 40_000)
      expect(typed.equals(paste)).toBe(true)
      expect(events.bytes().equals(patternBytes(0, 40_000))).toBe(true)
    },
  )
})

describe('a lost connection', () => {
  test.each(['clean', 'abrupt'] as const)(
    '%s, in full flow: both streams go on without a gap',
    async (how) => {
      // Each frame lost with a socket takes the agent 100 ms to repeat, so few are under way here.
      const fixture = await startGateway({ unackedLimit: 16 * 1024 })
      const process = new PatternProcess(1)
      const { sessionId, session, events, calls } = fixture.open({ process: async () => process })
      await events.untilEvent('ready')
      const paste = patternBytes(5, 30_000)
      const round = 400_000
      for (let kills = 1; kills <= 3; kills++) {
        const half = events.byteLength + round / 2
        events.onOutput = () => {
          if (events.byteLength < half) return
          events.onOutput = () => undefined
          session.write(paste)
          fixture.gateway.killSocket(sessionId, how)
        }
        process.extend(round)
        // The agent holds back up to three bytes that may begin a character.
        await events.until('the rest', () => events.byteLength >= 1 + kills * round - 3)
        await untilTyped(process, kills * paste.byteLength)
      }
      process.kill()
      await events.untilEvent('ended')
      expect(events.bytes().equals(patternBytes(0, 1 + 3 * round))).toBe(true)
      expect(Buffer.concat(process.typed).equals(Buffer.concat([paste, paste, paste]))).toBe(true)
      expect(calls.resume).toBe(3)
      expect(events.interruption?.code).toBe('CONNECTION_LOST')
      const lost = ['reconnecting', 'reconnected']
      expect(events.names).toEqual(['ready', ...lost, ...lost, ...lost, 'ended'])
    },
  )

  test('typing during the interruption arrives afterwards, and the size is told again', async () => {
    const fixture = await startGateway()
    const process = new PatternProcess(1)
    const { sessionId, session, events } = fixture.open({ process: async () => process })
    await events.untilEvent('ready')
    fixture.gateway.killSocket(sessionId, 'abrupt')
    await events.untilEvent('reconnecting')
    session.write(bytes('typed in the dark'))
    session.resize({ cols: 61, rows: 17 })
    await events.untilEvent('reconnected')
    expect((await untilTyped(process, 17)).toString()).toBe('typed in the dark')
    expect(process.sizes.at(-1)).toBe('61x17')
  })

  test('a gateway that refuses for a while is asked again', async () => {
    const fixture = await startGateway()
    const { sessionId, events } = fixture.open({ process: shellProcess })
    await events.untilEvent('ready')
    fixture.gateway.setFaults(sessionId, { refusedUpgrades: 2, refusedTokens: 1 })
    fixture.gateway.killSocket(sessionId, 'abrupt')
    await events.untilEvent('reconnected')
    expect(events.names).toEqual(['ready', 'reconnecting', 'reconnected'])
  })

  test('a gateway that stays away: lost, with the next step', async () => {
    const fixture = await startGateway()
    const { events } = fixture.open({ process: shellProcess, timing: { reconnectLimit: 500 } })
    await events.untilEvent('ready')
    await fixture.stop()
    await events.untilEvent('ended')
    expect(events.names).toEqual(['ready', 'reconnecting', 'ended'])
    expect(events.end?.reason).toBe('lost')
    expect(events.end?.error).toMatchObject({
      code: 'CONNECTION_LOST',
      action: expect.stringContaining('new session'),
    })
  })

  test('a session that ended meanwhile: lost, at once', async () => {
    const fixture = await startGateway()
    const { sessionId, events } = fixture.open({ process: shellProcess })
    await events.untilEvent('ready')
    fixture.gateway.killSocket(sessionId, 'abrupt')
    fixture.gateway.terminate(sessionId)
    await events.untilEvent('ended')
    expect(events.end?.reason).toBe('lost')
    expect(events.end?.error?.message).toContain('ended while the connection was broken')
  })

  test('an agent that no longer answers counts as a lost connection, then as a lost session', async () => {
    const fixture = await startGateway()
    const { sessionId, session, events } = fixture.open({
      process: shellProcess,
      timing: { stallLimit: 400, reconnectLimit: 1200 },
    })
    await events.untilEvent('ready')
    fixture.gateway.setFaults(sessionId, { agentUnreachable: true })
    session.write(bytes('ls\r'))
    await events.untilEvent('ended')
    expect(events.names).toEqual(['ready', 'reconnecting', 'ended'])
    expect(events.end?.error?.code).toBe('CONNECTION_LOST')
  })
})

describe('a session that does not start', () => {
  test('no such program: failed, and the image is named as the cause', async () => {
    const fixture = await startGateway({ startFailureDelay: 200 })
    const text =
      'Unable to start command: Failed to start pty: fork/exec /bin/nope: no such file or directory'
    const { events } = fixture.open({ process: () => Promise.reject(new ExecError(text)) })
    await events.untilEvent('ended')
    expect(events.names).toEqual(['ended'])
    expect(events.end).toMatchObject({
      reason: 'failed',
      error: { code: 'NO_SHELL_IN_IMAGE', detail: text },
    })
  })

  test('a broken agent: failed, with the step that helps', async () => {
    const fixture = await startGateway({ startFailureDelay: 200 })
    const sessionFaults = { startFailure: pluginNotFound }
    const { events } = fixture.open({ process: shellProcess, faults: sessionFaults })
    await events.untilEvent('ended')
    expect(events.end).toMatchObject({ reason: 'failed', error: { code: 'AGENT_NOT_RUNNING' } })
  })

  test('a signature that AWS refuses: failed at once, with the permission that it takes', async () => {
    const fixture = await startGateway()
    const { events, calls } = fixture.open({ process: shellProcess, wrongSecret: true })
    await events.untilEvent('ended')
    expect(events.end).toMatchObject({ reason: 'failed', error: { code: 'ACCESS_DENIED' } })
    expect(calls.resume).toBe(0)
  })

  test('refused tokens and upgrades at the start are tried again without a word', async () => {
    const fixture = await startGateway()
    const { events } = fixture.open({
      process: shellProcess,
      faults: { refusedTokens: 1, refusedUpgrades: 1 },
    })
    await events.untilText('container# ')
    expect(events.names).toEqual(['ready'])
  })

  test('no gateway at all: failed within the limit', async () => {
    const fixture = await startGateway()
    const opened = fixture.open({ process: shellProcess, timing: { firstConnectLimit: 300 } })
    await fixture.stop()
    await opened.events.untilEvent('ended')
    expect(opened.events.end?.reason).toBe('failed')
  })

  test('an agent that never answers: failed, and AWS is told', async () => {
    const fixture = await startGateway()
    const { events, calls } = fixture.open({
      process: () => new Promise(() => undefined),
      timing: { readyLimit: 300 },
    })
    await events.untilEvent('ended')
    expect(events.end).toMatchObject({ reason: 'failed', error: { code: 'AGENT_NOT_RUNNING' } })
    expect(calls.terminate).toBe(1)
  })
})

test('20 idle minutes, scaled: timed out', async () => {
  const fixture = await startGateway({ idleTimeout: 400 })
  const { events } = fixture.open({ process: shellProcess })
  await events.untilEvent('ended')
  expect(events.end).toEqual({ reason: 'timed-out', error: undefined })
})
