import { afterEach, describe, expect, test } from 'vitest'
import { type ErrorCode, PortholeError } from '../../../../src/contract/errors.ts'
import { dataChannelTiming } from '../../../../src/core/data-channel/timing.ts'
import { SimulatedSession, type SimulationOptions } from '../../../fixtures/simulated-session.ts'

const { probeLimit, quietLimit, awayGrace, attemptLimit, signInLimit, reconnectLimit } = dataChannelTiming

let session: SimulatedSession

/** A session with a prompt on a quick line. */
async function startReady(options: Partial<SimulationOptions> = {}): Promise<SimulatedSession> {
  session = new SimulatedSession({
    faults: {},
    encrypted: false,
    random: () => 0.5,
    latency: () => 10,
    unreachable: () => false,
    ...options,
  })
  session.client.start()
  session.process.print(Buffer.from('# '))
  await until('ready')
  // The acknowledgements of the first frames are part of the start.
  await session.runFor(1_000)
  return session
}

async function until(name: string): Promise<number> {
  const from = session.clock.elapsed()
  const count = session.names.filter((each) => each === name).length
  const happened = await session.runUntil(() => session.names.filter((each) => each === name).length > count)
  expect(happened, `${name} after ${session.names}`).toBe(true)
  return session.clock.elapsed() - from
}

const refusal = (code: ErrorCode, retryable = false) =>
  new PortholeError({ code, message: `It is ${code}.`, retryable })

afterEach(async () => {
  await session.close()
  expect(session.clock.pendingTimers).toBe(0)
})

describe('after sleep or a change of networks', () => {
  test('a line that lives is left alone', async () => {
    await startReady()
    session.client.probe()
    await session.runFor(60_000)
    expect(session.names).toEqual(['ready'])
    expect(session.sockets).toBe(1)
  })

  test('a dead line is noticed within seconds and replaced', async () => {
    await startReady()
    session.lineDead = true
    session.client.probe()
    expect(await until('reconnecting')).toBe(probeLimit)
    session.lineDead = false
    await until('reconnected')
    expect(session.sockets).toBe(2)
  })

  test('an attempt that waits for its turn comes at once', async () => {
    let down = false
    await startReady({ unreachable: () => down })
    down = true
    session.killSocket('abrupt')
    await until('reconnecting')
    await session.runFor(20_000)
    expect(session.retries.at(-1)?.inMilliseconds).toBeGreaterThan(3_000)
    down = false
    session.client.probe()
    expect(await until('reconnected')).toBeLessThan(200)
  })
})

describe('a lost connection', () => {
  test('says when the next attempt comes, ever later up to five seconds', async () => {
    let down = false
    await startReady({ unreachable: () => down })
    down = true
    session.killSocket('abrupt')
    await until('ended')
    const waits = session.retries.map(({ inMilliseconds }) => inMilliseconds)
    expect(waits.slice(0, 6)).toEqual([150, 300, 600, 1200, 2400, 3750])
    expect(Math.max(...waits)).toBe(3750)
    expect(session.end).toMatchObject({ reason: 'lost', error: { code: 'CONNECTION_LOST' } })
    expect(session.end?.error?.message).toContain(`${reconnectLimit / 60_000} min`)
    expect(session.retries.at(-1)?.error.code).toBe('NETWORK')
  })

  test('is not held up by a ResumeSession that never answers', async () => {
    let hang = true
    await startReady({ resume: () => (hang ? new Promise(() => {}) : Promise.resolve()) })
    session.killSocket('abrupt')
    await until('reconnecting')
    await session.runUntil(() => session.retries.length === 2)
    expect(session.retries[1]?.error.detail).toContain(`${attemptLimit / 1000} s`)
    hang = false
    await until('reconnected')
  })

  test('an answer that comes too late opens no second socket', async () => {
    let answerLate: (() => void) | undefined
    let asked = 0
    await startReady({
      resume: () => (++asked === 1 ? new Promise((resolve) => (answerLate = resolve)) : Promise.resolve()),
    })
    session.killSocket('abrupt')
    await until('reconnected')
    answerLate?.()
    await session.runFor(5_000)
    expect(session.sockets).toBe(2)
    expect(session.names).toEqual(['ready', 'reconnecting', 'reconnected'])
  })

  test('asks for other credentials when AWS no longer accepts those it got', async () => {
    let refused = false
    await startReady({
      resume: async () => {
        if (!refused) {
          refused = true
          throw refusal('CREDENTIALS_EXPIRED', true)
        }
      },
    })
    session.killSocket('abrupt')
    await until('reconnected')
    expect(session.credentialsRefused).toBe(1)
  })

  test.each<ErrorCode>(['SSO_EXPIRED', 'SSO_NOT_SIGNED_IN'])(
    '%s: waits for a sign-in, and goes on at once when there is one',
    async (code) => {
      let signedIn = false
      await startReady({
        resume: async () => {
          if (!signedIn) throw refusal(code)
        },
      })
      session.killSocket('abrupt')
      await until('reconnecting')
      await session.runFor(reconnectLimit + 60_000)
      expect(session.end).toBeUndefined()
      expect(session.retries.at(-1)?.error.code).toBe(code)
      session.client.write(Buffer.from('typed meanwhile'))
      signedIn = true
      session.client.probe()
      expect(await until('reconnected')).toBeLessThan(200)
      await session.runFor(1_000)
      expect(session.process.typed.toString()).toBe('typed meanwhile')
    },
  )

  test('waits for a sign-in only as long as AWS keeps the session', async () => {
    await startReady({ resume: () => Promise.reject(refusal('SSO_EXPIRED')) })
    session.killSocket('abrupt')
    await until('reconnecting')
    const took = await until('ended')
    expect(took).toBeGreaterThan(signInLimit - 60_000)
    expect(took).toBeLessThan(signInLimit + 60_000)
    expect(session.end).toMatchObject({ reason: 'lost', error: { code: 'SSO_EXPIRED' } })
  })

  test('what is final ends at once, and says why', async () => {
    await startReady({ resume: () => Promise.reject(refusal('ACCESS_DENIED')) })
    session.killSocket('abrupt')
    await until('ended')
    expect(session.end).toMatchObject({ reason: 'lost', error: { code: 'ACCESS_DENIED' } })
  })
})

describe('degraded', () => {
  test('when input stays unanswered, until it is answered', async () => {
    await startReady()
    session.setFaults({ line: ({ direction }) => (direction === 'to-agent' ? { kind: 'drop' } : undefined) })
    session.client.write(Buffer.from('ls'))
    const took = await until('degraded')
    expect(took).toBeGreaterThanOrEqual(quietLimit)
    expect(took).toBeLessThan(quietLimit + 300)
    session.setFaults({})
    expect(await until('recovered')).toBeLessThan(1_500)
    expect(session.process.typed.toString()).toBe('ls')
  })

  test('when the agent is away for more than a moment', async () => {
    await startReady()
    session.setFaults({ agentUnreachable: true })
    await session.runFor(awayGrace / 2)
    session.setFaults({})
    await session.runFor(5_000)
    expect(session.names).toEqual(['ready'])
    session.setFaults({ agentUnreachable: true })
    await until('degraded')
    session.setFaults({})
    await until('recovered')
  })

  test('when a ping stays unanswered, and lost when it stays so', async () => {
    await startReady()
    session.lineDead = true
    await until('degraded')
    await until('reconnecting')
    session.lineDead = false
    await until('reconnected')
    expect(session.names).toEqual(['ready', 'degraded', 'reconnecting', 'reconnected'])
  })

  test('not while output is held back: then it is we who do not listen', async () => {
    await startReady({ agent: { unackedLimit: 1024 * 1024 } })
    session.client.pause()
    session.process.print(Buffer.alloc(600_000, 'x'))
    await session.runFor(3_000)
    session.client.write(Buffer.from('typed'))
    await session.runFor(60_000)
    expect(session.names).toEqual(['ready'])
    session.client.resume()
    await session.runUntil(() => session.outputLength === 600_002)
    expect(session.names).toEqual(['ready'])
    expect(session.process.typed.toString()).toBe('typed')
  })
})

test('keep-alive is activity for the service and nothing for the program', async () => {
  await startReady({ agent: { idleTimeout: 60_000 } })
  for (let minute = 0; minute < 5; minute++) {
    await session.runFor(45_000)
    session.client.keepAlive()
  }
  expect(session.names).toEqual(['ready'])
  expect(session.process.typed.byteLength).toBe(0)
  expect(new Set(session.process.sizes)).toEqual(new Set(['80x24']))
  await until('ended')
  expect(session.end?.reason).toBe('timed-out')
})

describe('the round trip', () => {
  test('is told after keys, at most once in five seconds, and anew on another line', async () => {
    let latency = 20
    const roundTrips = () => session.roundTrips
    await startReady({ latency: () => latency })
    const early = roundTrips().length
    expect(early).toBeLessThanOrEqual(1)
    const type = async (keys: number) => {
      for (let key = 0; key < keys; key++) {
        session.client.write(Buffer.from('x'))
        await session.runFor(500)
      }
    }
    await type(20)
    expect(roundTrips().at(-1)).toBe(40)
    latency = 45
    await type(40)
    expect(roundTrips().at(-1)).toBe(90)
    // 30 seconds of typing.
    expect(roundTrips().length).toBeLessThanOrEqual(early + 7)
    session.lineDead = true
    session.client.probe()
    await until('reconnecting')
    session.lineDead = false
    latency = 5
    await until('reconnected')
    await type(1)
    expect(roundTrips().at(-1)).toBe(10)
  })
})
