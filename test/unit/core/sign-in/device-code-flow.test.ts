import { expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { beginDeviceCodeFlow } from '../../../../src/core/sign-in/device-code-flow.ts'
import {
  type DeviceAuthorization,
  type GrantedToken,
  OAuthRefusal,
} from '../../../../src/core/sign-in/oidc-client.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

const session = { name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1', scopes: [] }
const registration = { clientId: 'client', clientSecret: 'secret', expiresAt: 0 }
const device: DeviceAuthorization = {
  deviceCode: 'device',
  userCode: 'ABCD-EFGH',
  verificationUri: 'https://device.sso.us-east-1.amazonaws.com/',
  verificationUriComplete: 'https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH',
  expiresInSeconds: 600,
  intervalSeconds: 1,
}
const token: GrantedToken = { accessToken: 'access', expiresInSeconds: 3600 }

/** Answers polls from a script and notes when each came, in seconds after the start. */
function scriptedFlow(script: (Error | GrantedToken)[], authorization: Partial<DeviceAuthorization> = {}) {
  const clock = createHandClock()
  const startedAt = clock.now()
  const pollTimes: number[] = []
  const answers = [...script]
  const begun = beginDeviceCodeFlow({
    session,
    registration,
    clock,
    oidc: {
      startDeviceAuthorization: async () => ({ ...device, ...authorization }),
      async createToken() {
        pollTimes.push((clock.now() - startedAt) / 1000)
        const answer = answers.shift()
        if (answer === undefined) throw new Error('Asked once too often.')
        if (answer instanceof Error) throw answer
        return answer
      },
    },
  })
  async function finish(signal = new AbortController().signal) {
    const accepted: GrantedToken[] = []
    let over = false
    const end = (await begun)
      .finish(signal, async (granted) => void accepted.push(granted))
      .finally(() => {
        over = true
      })
    end.catch(() => {})
    for (let second = 0; second < 100 && !over; second++) {
      clock.advance(1000)
      // Lets what the timer resolved run to its next wait.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    await end
    return accepted
  }
  return { begun, finish, pollTimes, clock }
}

const pending = () => new OAuthRefusal('authorization_pending', undefined)
const slowDown = () => new OAuthRefusal('slow_down', undefined)

test('shows the code and both pages', async () => {
  expect(await scriptedFlow([]).begun).toMatchObject({
    url: device.verificationUriComplete,
    verificationUrl: device.verificationUri,
    userCode: 'ABCD-EFGH',
    lifetimeMilliseconds: 600_000,
  })
})

test('asks at the interval, and every slow_down adds five seconds for good', async () => {
  const flow = scriptedFlow([pending(), pending(), slowDown(), pending(), slowDown(), token])
  expect(await flow.finish()).toEqual([token])
  expect(flow.pollTimes).toEqual([1, 2, 3, 9, 15, 26])
  expect(flow.clock.pendingTimers).toBe(0)
})

test('goes on after a lost connection', async () => {
  const lost = new PortholeError({ code: 'NETWORK', message: 'lost', retryable: true })
  const flow = scriptedFlow([lost, token])
  expect(await flow.finish()).toEqual([token])
  expect(flow.pollTimes).toEqual([1, 7])
})

test.each([['expired_token'], ['access_denied'], ['invalid_grant']])('%s ends it', async (error) => {
  const flow = scriptedFlow([pending(), new OAuthRefusal(error, undefined)])
  await expect(flow.finish()).rejects.toMatchObject({ error })
})

test('ends at once when it is called off, and leaves no timer', async () => {
  const abort = new AbortController()
  const flow = scriptedFlow([pending(), pending()])
  const reason = new Error('called off')
  abort.abort(reason)
  await expect(flow.finish(abort.signal)).rejects.toBe(reason)
  expect(flow.pollTimes).toEqual([])
  expect(flow.clock.pendingTimers).toBe(0)
})

test.each(['javascript:alert(1)', 'http://evil.example.com/', 'not a url'])(
  'never hands out %s as the page',
  async (verificationUriComplete) => {
    await expect(scriptedFlow([], { verificationUriComplete }).begun).rejects.toBeInstanceOf(PortholeError)
  },
)
