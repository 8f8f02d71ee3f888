import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SSO } from '@aws-sdk/client-sso'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessRoles } from '../../../src/contract/access.ts'
import { createAccessFiles } from '../../../src/core/accounts/access-file.ts'
import { createAccountDirectory } from '../../../src/core/accounts/account-directory.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { rolesOfManyAccounts } from '../../../src/sandbox/world/many-accounts.ts'
import { decide, setFaults, startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'
import { corp, SignInFixture } from '../sign-in/sign-in-fixture.ts'

/** Enough to run into the portal's limits, few enough for a test: the benchmark reads 200. */
const moreAccounts = 30

let resources: AsyncDisposableStack
let sandbox: Sandbox
let fixture: SignInFixture
let folder: string

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  sandbox = resources.use(await startTestSandbox({ accounts: moreAccounts }))
  fixture = resources.use(await SignInFixture.start(sandbox.endpoint))
  folder = await mkdtemp(join(tmpdir(), 'porthole-limits-'))
  resources.defer(() => rm(folder, { recursive: true }))
  await fixture.configure()
  const attempt = await fixture.signIn.start({ flow: 'pkce', target: { identityId: corp } })
  const answer = await decide(attempt.url, 'allow')
  await fetch(answer.headers.get('location') ?? '')
  await fixture.ended(attempt.attemptId)
})
afterEach(() => resources.disposeAsync())

describe('Accounts and roles under the portal’s limits', () => {
  test('are all read without an error, with progress, also while the portal refuses', async () => {
    const directory = resources.use(
      createAccountDirectory({
        source: fixture.signIn,
        files: createAccessFiles(folder),
        clock: systemClock,
        log: (message) => fixture.log.push(message),
      }),
    )
    await setFaults(sandbox, { throttle: { operation: 'ListAccountRoles', count: 3 } })
    await directory.refresh(corp)
    const { accounts, readAt } = await directory.get(corp)
    expect(accounts).toHaveLength(3 + moreAccounts)
    expect(readAt).toBeGreaterThan(0)

    const news: AccessRoles[] = []
    const complete = new Promise<void>((resolve) => {
      directory.onRoles((told) => {
        news.push(told)
        if (told.reading === undefined) resolve()
      })
    })
    await directory.readRoles(corp)
    await complete
    const { roles, roleProblems } = await directory.get(corp)
    expect(roleProblems).toEqual({})
    expect(Object.keys(roles)).toHaveLength(accounts.length)
    const [last] = accounts.filter(({ name }) => name?.startsWith('payments'))
    expect(roles[last?.accountId ?? '']).toEqual(rolesOfManyAccounts)

    const progress = news.flatMap(({ reading }) => reading?.done ?? [])
    expect(progress.length).toBeGreaterThan(3)
    expect(progress).toEqual([...progress].sort((left, right) => left - right))
    expect(fixture.log).toEqual([])
    await directory[Symbol.asyncDispose]()
    expect(await readdir(folder)).toHaveLength(1)
  }, 30_000)

  test('the sandbox refuses whoever asks faster', async () => {
    const { accessToken } = await tokenOf(fixture)
    const portal = new SSO({ endpoint: sandbox.endpoint, region: 'eu-west-1', maxAttempts: 1 })
    const calls = Array.from({ length: 15 }, () =>
      portal.listAccountRoles({ accessToken, accountId: '111122223333' }),
    )
    const outcomes = await Promise.allSettled(calls)
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused.length).toBeGreaterThanOrEqual(3)
    expect(new Set(refused.map(({ name }) => name))).toEqual(new Set(['TooManyRequestsException']))
  })
})

async function tokenOf({ tokenFile }: SignInFixture): Promise<{ accessToken: string }> {
  return JSON.parse(await readFile(tokenFile, 'utf8'))
}
