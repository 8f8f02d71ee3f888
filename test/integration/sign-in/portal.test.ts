import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { corp, SignInFixture, startUrl } from './sign-in-fixture.ts'

/** What Identity Center may answer and the sandbox's world does not hold. */
type Answer = { status?: number; body: unknown; type?: string; gzip?: boolean }

let server: Server
let fixture: SignInFixture
let requests: string[]
let answers: (url: URL) => Answer

beforeEach(async () => {
  requests = []
  server = createServer(respond)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  fixture = await SignInFixture.start(`http://127.0.0.1:${port}`)
  await fixture.configure()
  await fixture.writeToken({
    startUrl,
    region: 'eu-west-1',
    accessToken: 'access',
    expiresAt: new Date(Date.now() + 3600_000).toISOString(),
  })
})
afterEach(async () => {
  await fixture[Symbol.asyncDispose]()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

function respond(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://127.0.0.1')
  requests.push(`${url.pathname}${url.search}`)
  expect(request.headers['x-amz-sso_bearer_token']).toBe('access')
  expect(request.headers['user-agent']).toContain('porthole/0.0.0')
  const { status = 200, body, type, gzip } = answers(url)
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(type ? { 'x-amzn-errortype': type } : {}),
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(gzip ? gzipSync(bytes) : bytes)
}

describe('Portal', () => {
  test('reads every page of accounts, and takes those without a name', async () => {
    answers = (url) =>
      url.searchParams.get('next_token') === 'second page'
        ? { body: { accountList: [{ accountId: '3', accountName: 'beta' }] } }
        : {
            body: {
              accountList: [
                { accountId: '1', emailAddress: 'prod@example.com' },
                { accountId: '2', accountName: 'alpha10' },
                { accountId: '4', accountName: 'alpha9' },
              ],
              nextToken: 'second page',
            },
          }
    expect(await fixture.signIn.accounts(corp)).toEqual([
      { identityId: corp, accountId: '1', email: 'prod@example.com', environment: 'production' },
      { identityId: corp, accountId: '4', name: 'alpha9', environment: 'other' },
      { identityId: corp, accountId: '2', name: 'alpha10', environment: 'other' },
      { identityId: corp, accountId: '3', name: 'beta', environment: 'other' },
    ])
    expect(requests).toEqual([
      '/assignment/accounts?max_result=100',
      '/assignment/accounts?max_result=100&next_token=second%20page',
    ])
  })

  test('asks once for all who ask at the same time', async () => {
    answers = () => ({ body: { roleList: [{ roleName: 'B' }, { roleName: 'A' }] } })
    const lists = await Promise.all([1, 2, 3].map(() => fixture.signIn.roles(corp, '1')))
    expect(lists).toEqual([
      ['A', 'B'],
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(requests).toEqual(['/assignment/roles?account_id=1&max_result=100'])
  })

  test('a refused token without a way to refresh it is asked with once', async () => {
    answers = () => ({
      status: 401,
      type: 'UnauthorizedException',
      body: { message: 'Session token not found or invalid' },
    })
    const expired = { value: { code: 'SSO_EXPIRED', action: 'Sign in again.' } }
    await expect(fixture.signIn.accounts(corp)).rejects.toMatchObject(expired)
    await expect(fixture.signIn.roles(corp, '1')).rejects.toMatchObject(expired)
    expect(requests).toHaveLength(1)
  })

  test('a server error is tried again, a refusal is not', async () => {
    let failures = 1
    answers = () =>
      failures-- > 0
        ? { status: 503, body: { message: 'Service unavailable' } }
        : { status: 403, type: 'ForbiddenException', body: { message: 'No access' } }
    await expect(fixture.signIn.roles(corp, '42')).rejects.toMatchObject({
      value: { code: 'ACCESS_DENIED', message: expect.stringContaining('account 42') },
    })
    expect(requests).toHaveLength(2)
  })

  test('role credentials without a part are an error, not half a key', async () => {
    answers = () => ({ body: { roleCredentials: { accessKeyId: 'ASIA', expiration: 1 } } })
    const scope = { identityId: corp, accountId: '1', roleName: 'R', region: 'eu-west-1' }
    await expect(fixture.signIn.credentials(scope)).rejects.toMatchObject({ value: { code: 'AWS_ERROR' } })
  })

  test('closing the app ends the waits between tries', async () => {
    answers = () => ({ status: 429, type: 'TooManyRequestsException', body: { message: 'slow' } })
    const outcome = fixture.signIn.accounts(corp).catch((error: unknown) => error)
    while (requests.length === 0) await once(server, 'request')
    await fixture.signIn[Symbol.asyncDispose]()
    expect(await outcome).toBeInstanceOf(Error)
    expect(requests.length).toBeLessThan(3)
  })
})
