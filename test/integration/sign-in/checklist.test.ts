import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SignInAttempt } from '../../../src/contract/identity.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createHandClock, type HandClock } from '../../fixtures/hand-clock.ts'
import { decideInBrowser } from '../identity/identity-fixture.ts'
import { RecordingFront } from '../identity/recording-front.ts'
import { decide, production, setFaults } from '../sandbox-services/sandbox-fixture.ts'
import { corp, region, SignInFixture } from './sign-in-fixture.ts'
import { startWatchedSandbox } from './watched-sandbox.ts'

/** Everything that Identity Center may do to a client, done to ours. */

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'

let sandbox: Sandbox
let front: RecordingFront
let fixture: SignInFixture

startWatchedSandbox((started) => {
  sandbox = started
})
beforeEach(async () => {
  front = await RecordingFront.start(sandbox.endpoint)
  fixture = await SignInFixture.start(front.endpoint)
  await fixture.configure()
})
afterEach(async () => {
  await setFaults(sandbox, { clear: true })
  await fixture[Symbol.asyncDispose]()
  await front[Symbol.asyncDispose]()
})

const faults = (signIn: Record<string, unknown>) => setFaults(sandbox, { signIn })
const callsOf = (route: string) => front.calls.filter((call) => call.route === route).length

async function signIn(): Promise<void> {
  const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
  await decideInBrowser(attempt.url, 'allow')
  expect(await fixture.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
}

async function endToken(): Promise<Record<string, unknown>> {
  const token = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
  await fixture.writeToken({ ...token, expiresAt: '2020-01-01T00:00:00Z' })
  return token
}

describe('Device code', () => {
  /** With a clock of the test's own: seconds between questions pass at once. */
  async function byHand(): Promise<{ clock: HandClock; own: SignInFixture } & AsyncDisposable> {
    const clock = createHandClock(Date.now())
    const own = await SignInFixture.start(front.endpoint, clock)
    await own.configure()
    return { clock, own, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() }
  }

  /** Both ends are in this process, so an answer takes some turns of its loop, however long these are. */
  async function turns(isOver: () => boolean): Promise<void> {
    for (let turn = 0; turn < 40 && !isOver(); turn++) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  /** Turns the hands to the next question until the attempt is over; says how far apart the questions were. */
  async function pollToTheEnd(own: SignInFixture, clock: HandClock, attemptId: string) {
    const seconds: number[] = []
    let over: SignInAttempt | undefined
    const ending = own.ended(attemptId).then((attempt) => {
      over = attempt
    })
    let asked = callsOf('POST /token')
    let askedAt = clock.now()
    for (let step = 0; step < 200 && over === undefined; step++) {
      const now = callsOf('POST /token')
      if (now > asked) {
        seconds.push(Math.round((clock.now() - askedAt) / 1000))
        asked = now
        askedAt = clock.now()
      }
      clock.advance(1000)
      // A question that is due goes out and is answered; a quiet second costs no more than a look.
      await turns(() => over !== undefined || callsOf('POST /token') > asked)
      // In turns and not in time: on a busy machine 30 ms can be a single one.
      if (callsOf('POST /token') > asked) await turns(() => over !== undefined)
    }
    await ending
    return { over, seconds }
  }

  test('pending, then slow_down twice: it asks on, each time five seconds slower for good', async () => {
    await using hand = await byHand()
    const { own, clock } = hand
    const attempt = await own.signIn.start({ flow: 'device-code', target: { identityId: corp } })
    await faults({ refuse: { grantType: deviceCode, error: 'AuthorizationPendingException', count: 2 } })
    await faults({ refuse: { grantType: deviceCode, error: 'SlowDownException', count: 2 } })
    await decide(attempt.url, 'allow')
    const { over, seconds } = await pollToTheEnd(own, clock, attempt.attemptId)
    expect(over).toMatchObject({ state: 'signed-in' })
    // The last answer ends it before the next look.
    expect(seconds.slice(0, 4)).toEqual([1, 1, 1, 6])
    expect(callsOf('POST /token')).toBe(5)
  }, 20_000)

  test.each([
    ['ExpiredTokenException', 'SIGN_IN_EXPIRED'],
    ['AccessDeniedException', 'SIGN_IN_REFUSED'],
    ['InvalidGrantException', 'SIGN_IN_FAILED'],
  ])('%s ends it as %s, and the next try gets a fresh code', async (error, code) => {
    const target = { identityId: corp }
    const first = await fixture.signIn.start({ flow: 'device-code', target })
    await faults({ refuse: { grantType: deviceCode, error, count: 1 } })
    expect(await fixture.ended(first.attemptId)).toMatchObject({ state: 'failed', error: { code } })
    const second = await fixture.signIn.start({ flow: 'device-code', target })
    expect(second.userCode).not.toBe(first.userCode)
    await decide(second.url, 'allow')
    expect(await fixture.ended(second.attemptId)).toMatchObject({ state: 'signed-in' })
  })
})

describe('The browser coming back', () => {
  test('with a wrong state: a page says so, no token is asked for, and the right one still works', async () => {
    await faults({ wrongState: 1 })
    const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
    const page = await decideInBrowser(attempt.url, 'allow')
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('Not the sign-in that Porthole started')
    expect(callsOf('POST /token')).toBe(0)
    expect(await fixture.corp()).toMatchObject({ state: 'signed-out' })
    await decideInBrowser(attempt.url, 'allow')
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
  })

  test('with a code that is no longer good: the page and the app both say that it failed', async () => {
    await faults({ refuse: { grantType: 'authorization_code', error: 'InvalidGrantException', count: 1 } })
    const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
    expect((await decideInBrowser(attempt.url, 'allow')).status).toBe(502)
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({
      state: 'failed',
      error: { code: 'SIGN_IN_FAILED', detail: expect.stringContaining('invalid_grant') },
    })
  })

  test('slowly: the answers of OIDC are waited for', async () => {
    await setFaults(sandbox, { delay: { operation: '/token', milliseconds: 700, count: 1 } })
    await setFaults(sandbox, { delay: { operation: '/client/register', milliseconds: 300, count: 1 } })
    await signIn()
  })
})

describe('Refreshing', () => {
  test('without a new refresh token in the answer the old one serves again', async () => {
    await signIn()
    await setFaults(sandbox, { omitRefreshToken: true })
    for (let round = 0; round < 2; round++) {
      await endToken()
      expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
    }
    expect(front.refreshes).toBe(2)
  })

  test('invalid_grant ends the sign-in, says which part is over, and is not asked for twice', async () => {
    await signIn()
    await endToken()
    await faults({ refuse: { grantType: 'refresh_token', error: 'InvalidGrantException', count: 9 } })
    const ended = {
      value: {
        code: 'SSO_EXPIRED',
        message: 'The sign-in "corp" has ended.',
        detail: 'IAM Identity Center answered invalid_grant.',
      },
    }
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject(ended)
    await expect(fixture.signIn.roles(corp, production)).rejects.toMatchObject({
      value: { code: 'SSO_EXPIRED' },
    })
    expect(front.refreshes).toBe(1)
    expect(await fixture.corp()).toMatchObject({ state: 'expired' })
  })

  test('slow_down is no end: the next call refreshes', async () => {
    await signIn()
    await endToken()
    await faults({ refuse: { grantType: 'refresh_token', error: 'SlowDownException', count: 1 } })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
    expect(await fixture.corp()).toMatchObject({ state: 'signed-in' })
  })

  test.each([
    ['no refresh token', { refreshToken: undefined }, 'came without a refresh token'],
    ['a registration that has ended', { registrationExpiresAt: '2020-01-01T00:00:00Z' }, 'registration'],
  ])('with %s it says so without asking', async (_, change, detail) => {
    await signIn()
    await fixture.writeToken({ ...(await endToken()), expiresAt: '2020-01-01T00:00:00UTC', ...change })
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject({
      value: { code: 'SSO_EXPIRED', detail: expect.stringContaining(detail) },
    })
    expect(front.refreshes).toBe(0)
  })
})

describe('The portal', () => {
  test('401 on roles: the token is replaced once and the call works', async () => {
    await signIn()
    await faults({ unauthorized: { operation: 'ListAccountRoles', count: 1 } })
    expect(await fixture.signIn.roles(corp, production)).toHaveLength(2)
    expect(front.refreshes).toBe(1)
    expect(callsOf('GET /assignment/roles')).toBe(2)
  })

  test('401 again and again is no storm: two questions, then the sign-in has ended', async () => {
    await signIn()
    await faults({ unauthorized: { count: 99 } })
    await expect(fixture.signIn.roles(corp, production)).rejects.toMatchObject({
      value: { code: 'SSO_EXPIRED' },
    })
    expect(callsOf('GET /assignment/roles')).toBe(2)
  })

  test('bursts of 429 are waited out, several calls at once', async () => {
    await signIn()
    await setFaults(sandbox, { throttle: { count: 4 } })
    const [accounts, roles, credentials] = await Promise.all([
      fixture.signIn.accounts(corp),
      fixture.signIn.roles(corp, production),
      fixture.signIn.credentials({ identityId: corp, accountId: production, roleName: 'ReadOnly', region }),
    ])
    expect([accounts.length, roles.length]).toEqual([3, 2])
    expect(credentials.accessKeyId).toMatch(/^ASIA/)
  }, 20_000)

  test('many pages of accounts and roles are read to the end', async () => {
    await signIn()
    await faults({ pageSize: 1 })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
    expect(await fixture.signIn.roles(corp, production)).toEqual(['PlatformEngineer', 'ReadOnly'])
    expect([callsOf('GET /assignment/accounts'), callsOf('GET /assignment/roles')]).toEqual([3, 2])
  })

  test('slow answers are waited for', async () => {
    await signIn()
    await setFaults(sandbox, { delay: { operation: '/assignment/accounts', milliseconds: 800, count: 1 } })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
  })
})

test('answers that a gateway on the way has compressed are read all the same', async () => {
  await faults({ gzip: true })
  await signIn()
  expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
  const scope = { identityId: corp, accountId: production, roleName: 'ReadOnly', region }
  expect((await fixture.signIn.credentials(scope)).accessKeyId).toMatch(/^ASIA/)
  await faults({ refuse: { grantType: deviceCode, error: 'AccessDeniedException', count: 1 } })
  const attempt = await fixture.signIn.start({ flow: 'device-code', target: { identityId: corp } })
  expect(await fixture.ended(attempt.attemptId)).toMatchObject({ error: { code: 'SIGN_IN_REFUSED' } })
})
