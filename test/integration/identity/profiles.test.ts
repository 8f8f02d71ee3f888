import { execFileSync } from 'node:child_process'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { STS } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, test } from 'vitest'
import type { Scope } from '../../../src/contract/identity.ts'
import { loginFileName } from '../../../src/core/profiles/console-login.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { setFaults } from '../sandbox-services/sandbox-fixture.ts'
import { startWatchedSandbox } from '../sign-in/watched-sandbox.ts'
import { corpSection, type FixtureOptions, IdentityFixture, region } from './identity-fixture.ts'

let sandbox: Sandbox
let fixture: IdentityFixture

startWatchedSandbox((started) => {
  sandbox = started
})
afterEach(async () => {
  await setFaults(sandbox, { clear: true })
  await fixture[Symbol.asyncDispose]()
})

async function start(config: string, options: FixtureOptions = {}): Promise<void> {
  fixture = await IdentityFixture.start(sandbox.endpoint, options)
  await fixture.configure(config)
}

const operatorKeys = () =>
  `aws_access_key_id = ${sandbox.ready.accessKeyId}\naws_secret_access_key = ${sandbox.ready.secretAccessKey}\n`

/** The one account and role of an identity, as the interface finds them. */
async function scopeOf(identityId: string): Promise<Scope> {
  const [account, ...others] = await fixture.service.accounts(identityId)
  if (!account || others.length > 0) throw new Error('It must have one account.')
  const [roleName = '', ...otherRoles] = await fixture.service.roles(identityId, account.accountId)
  expect(otherRoles).toEqual([])
  return { identityId, accountId: account.accountId, roleName, region }
}

describe('Profiles with credentials of their own', () => {
  test('access keys in either file, also under a name with spaces, are an identity without a sign-in', async () => {
    await start(`[default]\nregion = us-east-1\n[profile my prof]\nregion = ${region}\n${operatorKeys()}`)
    await fixture.write(fixture.paths.credentialsFile, `[legacy-dev]\n${operatorKeys()}`)
    const { identities } = await fixture.service.list()
    expect(identities.map(({ id, kind, state, region }) => [id, kind, state, region])).toEqual([
      ['profile:my prof', 'access-keys', 'signed-out', region],
      ['profile:legacy-dev', 'access-keys', 'signed-out', 'us-east-1'],
    ])
    for (const id of ['profile:my prof', 'profile:legacy-dev']) {
      expect(await fixture.use(id)).toMatchObject({ state: 'signed-in', flow: 'profile', identityId: id })
      expect(await fixture.identity(id)).toMatchObject({ state: 'signed-in' })
      const scope = await scopeOf(id)
      expect(scope.accountId).toBe('111122223333')
      expect(await fixture.service.caller(scope)).toMatchObject({ userName: scope.roleName })
      expect((await fixture.service.credentials(scope)).accessKeyId).toBe(sandbox.ready.accessKeyId)
    }
    expect(fixture.inUse).toEqual(['profile:my prof', 'profile:legacy-dev'])
    await fixture.service.signOut('profile:my prof')
    expect(await fixture.identity('profile:my prof')).toMatchObject({ state: 'signed-out' })
  })

  test('keys that AWS does not take are said, and the profile is not put to use', async () => {
    await start('[profile bad]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wrong\n')
    expect(await fixture.use('profile:bad')).toMatchObject({
      state: 'failed',
      error: { code: 'CREDENTIALS_EXPIRED' },
    })
    expect(fixture.inUse).toEqual([])
  })

  test('a chain of roles over two accounts, with an external id', async () => {
    await start(`[profile keys]
${operatorKeys()}
[profile hub]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = keys
[profile deploy]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = hub
external_id = example-corp
role_session_name = ana@laptop
duration_seconds = 1800
region = ${region}
`)
    expect(await fixture.use('profile:deploy')).toMatchObject({ state: 'signed-in' })
    const scope = await scopeOf('profile:deploy')
    expect(scope).toMatchObject({ accountId: '444455556666', roleName: 'Deploy' })
    const caller = await fixture.service.caller(scope)
    expect(caller.arn).toBe('arn:aws:sts::444455556666:assumed-role/Deploy/ana@laptop')
    expect((caller.expiresAt ?? 0) - Date.now()).toBeLessThan(1_800_001)
    const sts = new STS({
      endpoint: sandbox.endpoint,
      region,
      credentials: await fixture.service.credentials(scope),
    })
    expect((await sts.getCallerIdentity({})).Account).toBe('444455556666')
  })

  test('a role on top of Identity Center uses its sign-in, ends with it and comes back with it', async () => {
    await start(`${corpSection}
[profile base]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = PlatformEngineer
[profile hub]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = base
`)
    expect((await fixture.service.list()).identities.map(({ id }) => id)).toEqual(['sso:corp', 'profile:hub'])
    expect(await fixture.use('profile:hub')).toMatchObject({
      state: 'failed',
      error: { code: 'SSO_NOT_SIGNED_IN' },
    })
    await fixture.signIn()
    expect(await fixture.use('profile:hub')).toMatchObject({ state: 'signed-in' })
    const scope = await scopeOf('profile:hub')
    expect(scope.roleName).toBe('Hub')

    await fixture.service.signOut('sso:corp')
    fixture.service.forgetCredentials(scope)
    await expect(fixture.service.credentials(scope)).rejects.toMatchObject({
      value: { code: 'SSO_NOT_SIGNED_IN' },
    })
    expect(await fixture.identity('profile:hub')).toMatchObject({ state: 'expired' })
    const told = fixture.told('profile:hub', 'signed-in')
    await fixture.signIn()
    await told
  })

  test('a role that may not be assumed is told in the words of IAM', async () => {
    await start(`${corpSection}
[profile base]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
[profile hub]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = base
`)
    await fixture.signIn()
    expect(await fixture.use('profile:hub')).toMatchObject({
      state: 'failed',
      error: { code: 'ACCESS_DENIED', message: expect.stringContaining('sts:AssumeRole') },
    })
  })

  test('MFA: the code is asked for, a wrong one again, and nobody is asked without a click', async () => {
    const device = `arn:aws:iam::111122223333:mfa/${(await operatorName()) ?? ''}`
    await start(`[profile keys]
${operatorKeys()}
[profile oncall]
role_arn = arn:aws:iam::444455556666:role/OnCall
source_profile = keys
mfa_serial = ${device}
`)
    expect(await fixture.identity('profile:oncall')).toMatchObject({ kind: 'assumed-role', needsMfa: true })
    const { attemptId } = await fixture.service.start({
      flow: 'profile',
      target: { identityId: 'profile:oncall' },
    })
    const asked = await fixture.attempt(attemptId, ({ mfa }) => mfa !== undefined)
    expect(asked.mfa).toEqual({ device, profile: 'oncall' })
    fixture.service.giveCode(attemptId, '000000')
    const again = await fixture.attempt(attemptId, ({ mfa }) => mfa?.problem !== undefined)
    expect(again).toMatchObject({ state: 'waiting', mfa: { problem: { code: 'MFA_NEEDED' } } })
    fixture.service.giveCode(attemptId, ' 123 456 ')
    expect(await fixture.ended(attemptId)).toMatchObject({ state: 'signed-in', mfa: undefined })
    const scope = await scopeOf('profile:oncall')
    expect(scope.roleName).toBe('OnCall')
    expect(await fixture.identity('profile:oncall')).toMatchObject({ expiresAt: expect.any(Number) })

    const told = fixture.told('profile:oncall', 'expired')
    fixture.service.forgetCredentials(scope)
    await expect(fixture.service.credentials(scope)).rejects.toMatchObject({ value: { code: 'MFA_NEEDED' } })
    expect(await told).toMatchObject({ problem: { code: 'MFA_NEEDED' } })

    const second = await fixture.service.start({ flow: 'profile', target: { identityId: 'profile:oncall' } })
    await fixture.attempt(second.attemptId, ({ mfa }) => mfa !== undefined)
    fixture.service.cancel(second.attemptId)
    expect(await fixture.ended(second.attemptId)).toMatchObject({ error: { code: 'SIGN_IN_CANCELLED' } })
  })

  test('credential_process: its output is used, its failures are told without secrets', async () => {
    await start('')
    const program = join(fixture.home, 'my program')
    await fixture.write(
      program,
      `#!/bin/sh\necho called >> "$HOME/calls"\necho '${JSON.stringify({
        Version: 1,
        AccessKeyId: sandbox.ready.accessKeyId,
        SecretAccessKey: sandbox.ready.secretAccessKey,
      })}'\n`,
    )
    await chmod(program, 0o755)
    await fixture.configure(`[profile works]
credential_process = "${program}" --for ana
[profile fails]
credential_process = echo 'no token for abcdefghijklmnopqrstuvwxyz0123456789ABCD' >&2; exit 3
[profile prints]
credential_process = echo '{"Version": 1, "AccessKeyId": "AKIA-very-secret"}'
`)
    expect(await fixture.use('profile:works')).toMatchObject({ state: 'signed-in' })
    await scopeOf('profile:works')
    expect(await readFile(join(fixture.home, 'calls'), 'utf8')).toBe('called\n')
    const fails = await fixture.use('profile:fails')
    expect(fails.error).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: 'The credential_process of profile "fails" ended with 3.',
      detail: 'no token for [removed]',
    })
    expect(JSON.stringify(await fixture.use('profile:prints'))).not.toContain('AKIA')
  })

  test('web identity, container, instance and environment', async () => {
    await start(`[profile web]\nrole_arn = arn:aws:iam::777788889999:role/Automation\n`, {
      environment: {
        AWS_ACCESS_KEY_ID: sandbox.ready.accessKeyId,
        AWS_SECRET_ACCESS_KEY: sandbox.ready.secretAccessKey,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${sandbox.endpoint}/container-credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'sandbox-container',
        AWS_EC2_METADATA_DISABLED: undefined,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: sandbox.endpoint,
        AWS_REGION: region,
      },
    })
    const token = join(fixture.home, 'token')
    await fixture.write(token, 'sandbox-web-identity')
    await fixture.configure(`[profile web]
role_arn = arn:aws:iam::777788889999:role/Automation
web_identity_token_file = ${token}
region = ${region}
[profile from-environment]
role_arn = arn:aws:iam::111122223333:role/Hub
credential_source = Environment
`)
    // The metadata provider looks for its endpoint in the process itself.
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = sandbox.endpoint
    try {
      const { identities } = await fixture.service.list()
      expect(identities.map(({ id, kind }) => [id, kind])).toEqual([
        ['profile:web', 'web-identity'],
        ['profile:from-environment', 'assumed-role'],
        ['environment:variables', 'environment'],
        ['environment:container', 'container'],
        ['environment:instance', 'instance'],
      ])
      const roles: Record<string, string> = {}
      for (const { id } of identities) {
        expect(await fixture.use(id)).toMatchObject({ state: 'signed-in' })
        roles[id] = (await scopeOf(id)).roleName
      }
      expect(roles).toEqual({
        'profile:web': 'Automation',
        'profile:from-environment': 'Hub',
        'environment:variables': await operatorName(),
        'environment:container': 'Automation',
        'environment:instance': 'Automation',
      })
    } finally {
      delete process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT
    }
    await fixture.write(token, 'somebody else')
    fixture.service.forgetCredentials({ identityId: 'profile:web', accountId: '', roleName: '', region })
    await expect(fixture.service.accounts('profile:web')).rejects.toMatchObject({
      value: { code: 'AWS_ERROR' },
    })
  })

  test('aws login: read, refreshed in the CLI’s own file, and its end is said with the command', async () => {
    const session = 'arn:aws:iam::111122223333:user/ana'
    await start(`[profile console]\nlogin_session = ${session}\nregion = ${region}\n`)
    expect(await fixture.use('profile:console')).toMatchObject({ error: { code: 'SSO_NOT_SIGNED_IN' } })
    const cached = await (
      await fetch(`${sandbox.endpoint}/_sandbox/console-login`, { method: 'POST' })
    ).json()
    const file = join(fixture.paths.loginCacheFolder, loginFileName(session))
    await fixture.write(file, { ...cached, note: 'of another tool' })
    expect(await fixture.use('profile:console')).toMatchObject({ state: 'signed-in' })
    expect((await scopeOf('profile:console')).roleName).toBe('Automation')
    const refreshed = JSON.parse(await readFile(file, 'utf8'))
    expect(refreshed).toMatchObject({
      note: 'of another tool',
      clientId: cached.clientId,
      idToken: cached.idToken,
      accessToken: { accountId: '111122223333' },
    })
    expect(refreshed.refreshToken).not.toBe(cached.refreshToken)
    expect(Date.parse(refreshed.accessToken.expiresAt)).toBeGreaterThan(Date.now() + 800_000)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    await fixture.write(file, cached)
    fixture.service.forgetCredentials({ identityId: 'profile:console', accountId: '', roleName: '', region })
    await expect(fixture.service.accounts('profile:console')).rejects.toMatchObject({
      value: {
        code: 'SSO_EXPIRED',
        message: 'The login of profile "console" has ended.',
        action: 'Run "aws login --profile console".',
      },
    })
    expect(await fixture.identity('profile:console')).toMatchObject({ state: 'expired' })
  })

  test('what cannot be used says why, and the rest is there', async () => {
    await start(`[profile good]
${operatorKeys()}
[profile half]
aws_access_key_id = AKIA
[profile lost]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = gone
[profile round]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = trip
[profile trip]
role_arn = arn:aws:iam::111122223333:role/Hub
source_profile = round
[profile plain]
region = eu-west-1
[profile orphan]
sso_session = nowhere
sso_account_id = 111122223333
sso_role_name = R
`)
    await fixture.write(fixture.paths.credentialsFile, 'torn')
    const { identities, problems } = await fixture.service.list()
    const messages = Object.fromEntries(identities.map(({ name, problem }) => [name, problem?.message]))
    expect(messages.good).toBeUndefined()
    expect(messages.half).toMatch(/^Profile "half" in line \d+ of .* has no aws_secret_access_key\.$/)
    expect(messages.lost).toContain('names the source_profile "gone", which is not there')
    expect(messages.round).toContain('leads back to itself: round, trip, round')
    expect(Object.keys(messages)).not.toContain('plain')
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('names the sso-session "nowhere", which is not there'),
      expect.stringMatching(/^Line 1 of .*credentials /),
    ])
    await expect(
      fixture.service.start({ flow: 'profile', target: { identityId: 'profile:lost' } }),
    ).rejects.toMatchObject({ value: { code: 'CONFIG_INVALID' } })
    expect(await fixture.use('profile:good')).toMatchObject({ state: 'signed-in' })
  })

  test('a profile that became somebody else does not act for the tab that was opened before', async () => {
    await start(`[profile p]\n${operatorKeys()}`)
    await fixture.use('profile:p')
    const before = await scopeOf('profile:p')
    await fixture.configure(`[profile keys]
${operatorKeys()}
[profile p]
role_arn = arn:aws:iam::444455556666:role/Deploy
source_profile = keys
external_id = example-corp
`)
    await expect(fixture.service.credentials(before)).rejects.toMatchObject({
      value: {
        code: 'CREDENTIALS_UNAVAILABLE',
        message: expect.stringContaining('is now Deploy in account'),
      },
    })
    expect((await scopeOf('profile:p')).accountId).toBe('444455556666')
  })
})

async function operatorName(): Promise<string | undefined> {
  const { accessKeyId, secretAccessKey } = sandbox.ready
  const sts = new STS({ endpoint: sandbox.endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  return (await sts.getCallerIdentity({})).Arn?.split('/').at(-1)
}

test('no program of a profile runs before somebody chose it', async () => {
  fixture = await IdentityFixture.start(sandbox.endpoint)
  const mark = join(fixture.home, 'ran')
  await fixture.configure(`[profile p]\ncredential_process = touch ${mark}\n`)
  await fixture.service.list()
  expect(execFileSync('ls', [fixture.home], { encoding: 'utf8' })).not.toContain('ran')
})
