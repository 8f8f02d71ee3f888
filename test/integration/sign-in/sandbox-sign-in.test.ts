import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { decide, production, setFaults, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'
import { corp, region, SignInFixture, startUrl, watchConnections } from './sign-in-fixture.ts'

const scope = { identityId: corp, accountId: production, roleName: 'PlatformEngineer', region }

let sandbox: Sandbox
let fixture: SignInFixture

beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox[Symbol.asyncDispose]())
beforeEach(async () => {
  fixture = await SignInFixture.start(sandbox.endpoint)
  await fixture.configure()
})
afterEach(async () => {
  await setFaults(sandbox, { clear: true })
  await fixture[Symbol.asyncDispose]()
})

/** Does what a browser does after the button: goes where it is sent, and shows the page. */
async function decideInBrowser(url: string, decision: 'allow' | 'deny'): Promise<Response> {
  const answer = await decide(url, decision)
  return fetch(answer.headers.get('location') ?? '')
}

async function signInByPkce(): Promise<void> {
  const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
  await decideInBrowser(attempt.url, 'allow')
  await fixture.ended(attempt.attemptId)
}

describe('Signing in at the sandbox', () => {
  test('with PKCE: from the click to accounts, roles, credentials and the caller, without leaving this computer', async () => {
    using connections = watchConnections()
    expect(await fixture.corp()).toMatchObject({
      state: 'signed-out',
      name: 'corp',
      startUrl,
      ssoRegion: region,
      definedIn: join(fixture.home, '.aws', 'config'),
    })
    const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
    expect(attempt).toMatchObject({ identityId: corp, flow: 'pkce', state: 'waiting', userCode: undefined })
    expect(attempt.expiresAt - attempt.startedAt).toBe(600_000)

    const page = await decideInBrowser(attempt.url, 'allow')
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Signed in to Porthole')
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
    expect(await fixture.corp()).toMatchObject({ state: 'signed-in', expiresAt: expect.any(Number) })

    const accounts = await fixture.signIn.accounts(corp)
    expect(accounts.map(({ accountId, name, environment }) => [accountId, name, environment])).toEqual([
      ['777788889999', 'example-dev', 'development'],
      ['111122223333', 'example-prod', 'production'],
      ['444455556666', 'example-staging', 'staging'],
    ])
    expect(await fixture.signIn.roles(corp, production)).toEqual(['PlatformEngineer', 'ReadOnly'])
    const caller = await fixture.signIn.caller(scope)
    expect(caller).toMatchObject({ accountId: production, userName: 'ana' })
    expect(caller.arn).toContain('assumed-role/')
    expect((await fixture.signIn.credentials(scope)).expiresAt).toBe(caller.expiresAt)
    expect([...connections.addresses]).toEqual(['127.0.0.1'])
  })

  test('leaves a token in the CLI’s format that only its owner can read', async () => {
    await signInByPkce()
    const token = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
    expect(token).toEqual({
      startUrl,
      region,
      accessToken: expect.any(String),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      clientId: expect.any(String),
      clientSecret: expect.any(String),
      registrationExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      refreshToken: expect.any(String),
    })
    const folder = join(fixture.home, '.aws', 'sso', 'cache')
    const files = await readdir(folder)
    expect(files.filter((name) => name.startsWith('porthole-client-'))).toHaveLength(1)
    // The token, the registration and the lock.
    expect(files).toHaveLength(3)
    for (const name of files) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  })

  test('with a device code', async () => {
    const attempt = await fixture.signIn.start({ flow: 'device-code', target: { identityId: corp } })
    expect(attempt.userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
    expect(attempt.url).toContain(attempt.userCode)
    await decide(attempt.url, 'allow')
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
  })

  test.each(['pkce', 'device-code'] as const)(
    'a refusal (%s) is said, and the next try works',
    async (flow) => {
      const attempt = await fixture.signIn.start({ flow, target: { identityId: corp } })
      if (flow === 'pkce') {
        const page = await decideInBrowser(attempt.url, 'deny')
        expect(await page.text()).toContain('Sign-in refused')
      } else await decide(attempt.url, 'deny')
      expect(await fixture.ended(attempt.attemptId)).toMatchObject({
        state: 'failed',
        error: { code: 'SIGN_IN_REFUSED' },
      })
      expect(await fixture.corp()).toMatchObject({ state: 'signed-out' })
      await signInByPkce()
      expect(await fixture.corp()).toMatchObject({ state: 'signed-in' })
    },
  )

  test('two ways at once: either of them ends both', async () => {
    const target = { identityId: corp }
    const pkce = await fixture.signIn.start({ flow: 'pkce', target })
    const device = await fixture.signIn.start({ flow: 'device-code', target })
    await decideInBrowser(pkce.url, 'allow')
    expect(await fixture.ended(pkce.attemptId)).toMatchObject({ state: 'signed-in' })
    expect(await fixture.ended(device.attemptId)).toMatchObject({ state: 'signed-in' })
  })

  test('calling it off closes the listener', async () => {
    const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
    const redirect = new URL(attempt.url).searchParams.get('redirect_uri') ?? ''
    fixture.signIn.cancel(attempt.attemptId)
    fixture.signIn.cancel(attempt.attemptId)
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({
      state: 'failed',
      error: { code: 'SIGN_IN_CANCELLED' },
    })
    await fixture.signIn[Symbol.asyncDispose]()
    await expect(fetch(redirect)).rejects.toThrow('fetch failed')
    expect(fixture.attempts).toHaveLength(1)
  })

  test('a registration serves until a sign-in comes to nothing', async () => {
    const target = { identityId: corp }
    const clientOf = ({ url }: { url: string }) => new URL(url).searchParams.get('client_id')
    const first = await fixture.signIn.start({ flow: 'pkce', target })
    await decideInBrowser(first.url, 'allow')
    await fixture.ended(first.attemptId)
    const second = await fixture.signIn.start({ flow: 'pkce', target })
    expect(clientOf(second)).toBe(clientOf(first))
    fixture.signIn.cancel(second.attemptId)
    const third = await fixture.signIn.start({ flow: 'pkce', target })
    expect(clientOf(third)).not.toBe(clientOf(first))
  })

  test('with a start URL that was typed in', async () => {
    await fixture.configure('[default]\nregion = eu-west-1\n')
    const target = { startUrl, ssoRegion: region }
    const attempt = await fixture.signIn.start({ flow: 'pkce', target })
    expect(attempt.identityId).toBe('sso:example-corp')
    await decideInBrowser(attempt.url, 'allow')
    await fixture.ended(attempt.attemptId)
    const [identity, ...others] = await fixture.signIn.identities()
    expect(others).toEqual([])
    expect(identity).toMatchObject({ id: 'sso:example-corp', state: 'signed-in' })
    expect(identity).not.toHaveProperty('definedIn')
    expect((await fixture.signIn.start({ flow: 'pkce', target })).identityId).toBe('sso:example-corp')
  })

  test('signing out ends the portal session and deletes the token', async () => {
    await signInByPkce()
    const { accessToken } = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
    await fixture.signIn.credentials(scope)
    const told = fixture.nextIdentities()
    await fixture.signIn.signOut(corp)
    expect(await told).toMatchObject([{ state: 'signed-out' }])
    await expect(stat(fixture.tokenFile)).rejects.toMatchObject({ code: 'ENOENT' })
    const answer = await fetch(`${sandbox.endpoint}/assignment/accounts`, {
      headers: { 'x-amz-sso_bearer_token': accessToken },
    })
    expect(answer.status).toBe(401)
    await expect(fixture.signIn.credentials(scope)).rejects.toMatchObject({
      value: { code: 'SSO_NOT_SIGNED_IN' },
    })
    expect(fixture.log).toEqual([])
  })

  test('a token that ended is refreshed without a click, keeping the old refresh token', async () => {
    await signInByPkce()
    const before = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
    await fixture.writeToken({ ...before, expiresAt: '2020-01-01T00:00:00Z', note: 'of another tool' })
    await setFaults(sandbox, { omitRefreshToken: true })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
    const after = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
    expect(after).toMatchObject({ refreshToken: before.refreshToken, note: 'of another tool' })
    expect(after.accessToken).not.toBe(before.accessToken)
  })

  test('a token that ended at Identity Center is said once, and everybody is told', async () => {
    await signInByPkce()
    const before = JSON.parse(await readFile(fixture.tokenFile, 'utf8'))
    await fixture.writeToken({ ...before, refreshToken: undefined })
    expect(await fixture.corp()).toMatchObject({ state: 'signed-in' })
    await setFaults(sandbox, { expireTokens: true })
    const told = fixture.nextIdentities()
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject({ value: { code: 'SSO_EXPIRED' } })
    expect(await told).toMatchObject([{ state: 'expired' }])
    await setFaults(sandbox, { clear: true })
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject({ value: { code: 'SSO_EXPIRED' } })
    await signInByPkce()
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
  })

  test('a burst of throttling is waited out', async () => {
    await signInByPkce()
    await setFaults(sandbox, { throttle: { operation: 'ListAccounts', count: 2 } })
    expect(await fixture.signIn.accounts(corp)).toHaveLength(3)
  })

  test('credentials that AWS refuses are fetched anew once', async () => {
    await signInByPkce()
    const first = await fixture.signIn.credentials(scope)
    expect(await fixture.signIn.credentials(scope)).toBe(first)
    fixture.signIn.forgetCredentials(scope)
    expect((await fixture.signIn.credentials(scope)).accessKeyId).not.toBe(first.accessKeyId)
    await expect(fixture.signIn.credentials({ ...scope, roleName: 'Administrator' })).rejects.toMatchObject({
      value: { code: 'ACCESS_DENIED', message: expect.stringContaining('Administrator') },
    })
  })

  test.each([
    ['torn', '{"startUrl":"https://'],
    ['empty', ''],
  ])('a %s token file says so, and signing in replaces it', async (_, content) => {
    await fixture.writeToken(content)
    expect(await fixture.corp()).toMatchObject({
      state: 'signed-out',
      problem: { code: 'TOKEN_CACHE_UNREADABLE', message: expect.stringContaining(fixture.tokenFile) },
    })
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject({
      value: { code: 'TOKEN_CACHE_UNREADABLE' },
    })
    await signInByPkce()
    expect(await fixture.corp()).not.toHaveProperty('problem')
  })

  test('a session that is not complete and one that does not exist are refused by name', async () => {
    await fixture.configure('[sso-session corp]\nsso_region = eu-west-1\n')
    expect(await fixture.corp()).toMatchObject({ problem: { code: 'CONFIG_INVALID' } })
    const start = (identityId: string) => fixture.signIn.start({ flow: 'pkce', target: { identityId } })
    await expect(start(corp)).rejects.toMatchObject({ value: { code: 'CONFIG_INVALID' } })
    await expect(start('sso:other')).rejects.toMatchObject({
      value: { code: 'NOT_FOUND', message: expect.stringContaining('"other"') },
    })
  })

  test('a start URL that Identity Center does not know', async () => {
    const target = { startUrl: 'https://other.awsapps.com/start', ssoRegion: region }
    await expect(fixture.signIn.start({ flow: 'pkce', target })).rejects.toMatchObject({
      value: { code: 'SIGN_IN_FAILED', detail: expect.stringContaining('Invalid issuer URL') },
    })
    await expect(fixture.signIn.start({ flow: 'device-code', target })).rejects.toMatchObject({
      value: { code: 'SIGN_IN_FAILED' },
    })
    expect(await fixture.signIn.identities()).toHaveLength(1)
  })
})

test('without any AWS folder there are no identities, and signing in still works', async () => {
  await using bare = await SignInFixture.start(sandbox.endpoint)
  expect(await bare.signIn.identities()).toEqual([])
  const attempt = await bare.signIn.start({ flow: 'pkce', target: { startUrl, ssoRegion: region } })
  await decideInBrowser(attempt.url, 'allow')
  expect(await bare.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
})

test('with nobody at the endpoint the answer is a network error with a step', async () => {
  await using lonely = await SignInFixture.start('http://127.0.0.1:1')
  await lonely.configure()
  await expect(
    lonely.signIn.start({ flow: 'device-code', target: { identityId: corp } }),
  ).rejects.toMatchObject({
    value: { code: 'NETWORK', message: 'IAM Identity Center cannot be reached.', action: expect.any(String) },
  })
})
