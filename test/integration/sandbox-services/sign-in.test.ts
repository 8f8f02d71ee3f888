import { createHash, randomBytes } from 'node:crypto'
import { DescribeTasksCommand, ExecuteCommandCommand, ListClustersCommand } from '@aws-sdk/client-ecs'
import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  paginateListAccounts,
} from '@aws-sdk/client-sso'
import {
  CreateTokenCommand,
  RegisterClientCommand,
  type RegisterClientCommandOutput,
  StartDeviceAuthorizationCommand,
} from '@aws-sdk/client-sso-oidc'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import {
  clientsFor,
  decide,
  production,
  setFaults,
  signInClientsFor,
  startTestSandbox,
  startUrl,
} from './sandbox-fixture.ts'

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const redirectUri = 'http://127.0.0.1:49152/oauth/callback'

let sandbox: Sandbox
let clients: ReturnType<typeof signInClientsFor>

beforeAll(async () => {
  sandbox = await startTestSandbox()
  clients = signInClientsFor(sandbox)
})
afterEach(() => setFaults(sandbox, { clear: true }))
afterAll(() => sandbox[Symbol.asyncDispose]())

function registerForCode(): Promise<RegisterClientCommandOutput> {
  return clients.oidc.send(
    new RegisterClientCommand({
      clientName: '<b>Porthole</b>',
      clientType: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://127.0.0.1/oauth/callback'],
      issuerUrl: startUrl,
      scopes: ['sso:account:access'],
    }),
  )
}

function registerForDevice(scopes?: string[]): Promise<RegisterClientCommandOutput> {
  return clients.oidc.send(new RegisterClientCommand({ clientName: 'CLI', clientType: 'public', scopes }))
}

function authorizeUrl(
  client: RegisterClientCommandOutput,
  verifier: string,
  changes: Record<string, string> = {},
) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId ?? '',
    redirect_uri: redirectUri,
    state: 'a state',
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    scopes: 'sso:account:access',
    ...changes,
  })
  return `${sandbox.endpoint}/authorize?${query}`
}

function redeem(client: RegisterClientCommandOutput, code: string, codeVerifier: string, uri = redirectUri) {
  return clients.oidc.send(
    new CreateTokenCommand({
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      grantType: 'authorization_code',
      code,
      codeVerifier,
      redirectUri: uri,
    }),
  )
}

async function signInByCode(user = 'ana') {
  const client = await registerForCode()
  const verifier = randomBytes(48).toString('base64url')
  const answer = await decide(authorizeUrl(client, verifier), 'allow', user)
  const location = new URL(answer.headers.get('location') ?? '')
  const code = location.searchParams.get('code') ?? ''
  const tokens = await redeem(client, code, verifier)
  return { client, verifier, location, code, tokens }
}

async function roleCredentials(accessToken: string | undefined, roleName: string) {
  const { roleCredentials: issued } = await clients.portal.send(
    new GetRoleCredentialsCommand({ accessToken, accountId: production, roleName }),
  )
  return {
    accessKeyId: issued?.accessKeyId ?? '',
    secretAccessKey: issued?.secretAccessKey ?? '',
    sessionToken: issued?.sessionToken ?? '',
    expiresAt: issued?.expiration ?? 0,
  }
}

describe('sign-in by authorization code', () => {
  it('goes from the page to the accounts of the chosen user', async () => {
    const { location, tokens, client } = await signInByCode('raj')
    expect(location.searchParams.get('state')).toBe('a state')
    expect(location.origin + location.pathname).toBe(redirectUri)
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 3600 })
    expect(client.clientSecretExpiresAt).toBeGreaterThan(Date.now() / 1000)
    const accounts = await clients.portal.send(new ListAccountsCommand({ accessToken: tokens.accessToken }))
    expect(accounts.accountList?.map((account) => account.accountName)).toEqual([
      'example-prod',
      'example-staging',
      'example-dev',
    ])
  })

  it('shows the client name as text, with a policy that lets nothing run', async () => {
    const response = await fetch(authorizeUrl(await registerForCode(), 'v'))
    const html = await response.text()
    expect(html).toContain('&lt;b&gt;Porthole&lt;/b&gt;')
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('goes back with access_denied after Deny', async () => {
    const answer = await decide(authorizeUrl(await registerForCode(), 'v'), 'deny')
    expect(answer.status).toBe(302)
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied')
  })

  it('never sends anyone to an address that was not registered', async () => {
    const client = await registerForCode()
    for (const redirect_uri of [
      'https://evil.example/oauth/callback',
      'http://127.0.0.1:1/other',
      'nonsense',
    ]) {
      const response = await fetch(authorizeUrl(client, 'v', { redirect_uri }), { redirect: 'manual' })
      expect(response.status).toBe(400)
      expect(response.headers.get('location')).toBeNull()
    }
  })

  it('refuses a code that was used, a wrong verifier and a wrong redirect address', async () => {
    const { client, code, verifier } = await signInByCode()
    await expect(redeem(client, code, verifier)).rejects.toMatchObject({
      name: 'InvalidGrantException',
      error: 'invalid_grant',
    })
    for (const [wrongVerifier, uri] of [
      ['other', redirectUri],
      [undefined, 'http://127.0.0.1:1/oauth/callback'],
    ]) {
      const answer = await decide(authorizeUrl(client, verifier), 'allow')
      const fresh = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
      await expect(redeem(client, fresh, wrongVerifier ?? verifier, uri)).rejects.toMatchObject({
        name: 'InvalidGrantException',
      })
    }
  })

  it('accepts one decision per page', async () => {
    const page = authorizeUrl(await registerForCode(), 'v')
    const html = await (await fetch(page)).text()
    const request = /name="request" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const post = () =>
      fetch(`${sandbox.endpoint}/authorize`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ request, user: 'ana', decision: 'allow' }),
      })
    expect((await post()).status).toBe(302)
    expect((await post()).status).toBe(400)
  })

  it('shows its pages only under a name of this computer', async () => {
    // fetch does not let a caller choose the Host header.
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      const url = `${sandbox.endpoint}/device`
      request(url, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(421)
  })
})

describe('sign-in by device code', () => {
  async function start(scopes?: string[]) {
    const client = await registerForDevice(scopes)
    const { clientId, clientSecret } = client
    const device = await clients.oidc.send(
      new StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl }),
    )
    const poll = () =>
      clients.oidc.send(
        new CreateTokenCommand({
          clientId,
          clientSecret,
          grantType: deviceCodeGrant,
          deviceCode: device.deviceCode,
        }),
      )
    return { device, poll }
  }

  it('is pending, then allowed', async () => {
    const { device, poll } = await start(['sso:account:access'])
    expect(device).toMatchObject({ expiresIn: 600, interval: 1 })
    expect(device.verificationUriComplete).toBe(`${sandbox.endpoint}/device?user_code=${device.userCode}`)
    await expect(poll()).rejects.toMatchObject({
      name: 'AuthorizationPendingException',
      error: 'authorization_pending',
    })
    await expect(poll()).rejects.toMatchObject({ name: 'SlowDownException', error: 'slow_down' })
    const page = await decide(device.verificationUriComplete ?? '', 'allow', 'lena')
    expect(await page.text()).toContain('You can close this page')
  })

  it('gives tokens after Allow, without a refresh token for a client without scopes', async () => {
    const { device, poll } = await start()
    await decide(device.verificationUriComplete ?? '', 'allow', 'lena')
    const tokens = await poll()
    expect(tokens.refreshToken).toBeUndefined()
    const pages: unknown[] = []
    const paging = { client: clients.portal, pageSize: 1 }
    for await (const page of paginateListAccounts(paging, { accessToken: tokens.accessToken })) {
      pages.push(page.accountList)
    }
    expect(pages).toHaveLength(4)
    expect(pages.at(-1)).toEqual([{ accountId: '888899990000' }])
  })

  it('is refused after Deny, and for a portal that does not exist', async () => {
    const { device, poll } = await start()
    await decide(device.verificationUriComplete ?? '', 'deny')
    await expect(poll()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const { clientId, clientSecret } = await registerForDevice()
    const elsewhere = { clientId, clientSecret, startUrl: 'https://other.awsapps.com/start' }
    await expect(clients.oidc.send(new StartDeviceAuthorizationCommand(elsewhere))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    })
    const wrong = { clientId, clientSecret: 'wrong', startUrl }
    await expect(clients.oidc.send(new StartDeviceAuthorizationCommand(wrong))).rejects.toMatchObject({
      name: 'InvalidClientException',
    })
  })
})

describe('a portal session', () => {
  function refresh(client: RegisterClientCommandOutput, refreshToken: string | undefined) {
    const { clientId, clientSecret } = client
    return clients.oidc.send(
      new CreateTokenCommand({ clientId, clientSecret, grantType: 'refresh_token', refreshToken }),
    )
  }

  it('is refreshed with a token that is used up by it', async () => {
    const { client, tokens } = await signInByCode()
    const next = await refresh(client, tokens.refreshToken)
    expect(next.accessToken).not.toBe(tokens.accessToken)
    await expect(refresh(client, tokens.refreshToken)).rejects.toMatchObject({
      name: 'InvalidGrantException',
    })
    await setFaults(sandbox, { omitRefreshToken: true })
    const silent = await refresh(client, next.refreshToken)
    expect(silent.refreshToken).toBeUndefined()
    await setFaults(sandbox, { clear: true })
    expect((await refresh(client, next.refreshToken)).accessToken).toBeDefined()
  })

  it('ends with Logout, and nothing is answered without a token', async () => {
    const { client, tokens } = await signInByCode()
    const { accessToken } = tokens
    await clients.portal.send(new LogoutCommand({ accessToken }))
    await expect(clients.portal.send(new ListAccountsCommand({ accessToken }))).rejects.toMatchObject({
      name: 'UnauthorizedException',
      message: 'Session token not found or invalid',
      $metadata: { httpStatusCode: 401 },
    })
    await expect(refresh(client, tokens.refreshToken)).rejects.toMatchObject({
      name: 'InvalidGrantException',
    })
  })

  it('gives roles, credentials that work, and none for roles that are not assigned', async () => {
    const { accessToken } = (await signInByCode('lena')).tokens
    const roles = await clients.portal.send(
      new ListAccountRolesCommand({ accessToken, accountId: production }),
    )
    expect(roles.roleList?.map((role) => role.roleName)).toEqual(['ReadOnly'])
    const credentials = await roleCredentials(accessToken, 'ReadOnly')
    expect(credentials.expiresAt).toBeGreaterThan(Date.now())
    const { sts, ecs } = clientsFor(sandbox, credentials)
    const caller = await sts.send(new GetCallerIdentityCommand())
    expect(caller.Arn).toMatch(
      /^arn:aws:sts::111122223333:assumed-role\/AWSReservedSSO_ReadOnly_[0-9a-f]{16}\/lena$/,
    )
    expect(caller.UserId).toMatch(/^AROA[0-9A-Z]{17}:lena$/)
    expect((await ecs.send(new ListClustersCommand())).clusterArns).toHaveLength(2)
    await expect(roleCredentials(accessToken, 'PlatformEngineer')).rejects.toMatchObject({
      name: 'ForbiddenException',
    })
  })

  it('lets ReadOnly look but not execute', async () => {
    const { accessToken } = (await signInByCode()).tokens
    const { ecs } = clientsFor(sandbox, await roleCredentials(accessToken, 'ReadOnly'))
    const { cluster, task, container } = sandbox.ready.sample
    const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }))
    expect(described.tasks).toHaveLength(1)
    const attempt = new ExecuteCommandCommand({
      cluster,
      task,
      container,
      command: '/bin/sh',
      interactive: true,
    })
    await expect(ecs.send(attempt)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::111122223333:assumed-role\/AWSReservedSSO_ReadOnly_\w+\/ana is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:eu-west-1:111122223333:task\/web\/4f1c9ad2/,
      ),
    })
  })

  it('expires, everywhere at once, when told to', async () => {
    const { accessToken } = (await signInByCode()).tokens
    const { ecs, sts } = clientsFor(sandbox, await roleCredentials(accessToken, 'ReadOnly'))
    await setFaults(sandbox, { expireTokens: true })
    await expect(ecs.send(new ListClustersCommand())).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    await expect(sts.send(new GetCallerIdentityCommand())).rejects.toMatchObject({
      name: expect.stringMatching(/^ExpiredToken/),
      $metadata: { httpStatusCode: 403 },
    })
    await expect(clients.portal.send(new ListAccountsCommand({ accessToken }))).rejects.toMatchObject({
      name: 'UnauthorizedException',
    })
  })

  it('is throttled with 429 when told to', async () => {
    const { accessToken } = (await signInByCode()).tokens
    await setFaults(sandbox, { throttle: { operation: 'ListAccounts', count: 1 } })
    await expect(clients.portal.send(new ListAccountsCommand({ accessToken }))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
    })
    expect((await clients.portal.send(new ListAccountsCommand({ accessToken }))).accountList).toHaveLength(3)
  })
})

describe('faults', () => {
  it('are not for web pages', async () => {
    const body = JSON.stringify({ expireTokens: true })
    const url = `${sandbox.endpoint}/_sandbox/faults`
    const plain = await fetch(url, { method: 'POST', body })
    const foreign = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    })
    expect([plain.status, foreign.status]).toEqual([403, 403])
  })
})
