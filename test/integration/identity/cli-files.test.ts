import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RegisterClientCommand, SSOOIDCClient } from '@aws-sdk/client-sso-oidc'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { roleCredentialsFileName } from '../../../src/core/sign-in/cli-caches.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { cliTime, registrationFileName, tokenFileNameOf } from '../../fixtures/cli-files.ts'
import { decide, production, setFaults } from '../sandbox-services/sandbox-fixture.ts'
import { startWatchedSandbox } from '../sign-in/watched-sandbox.ts'
import { corpSection, decideInBrowser, IdentityFixture, region, startUrl } from './identity-fixture.ts'
import { RecordingFront } from './recording-front.ts'

const run = promisify(execFile)

let sandbox: Sandbox
let front: RecordingFront
let fixture: IdentityFixture

startWatchedSandbox((started) => {
  sandbox = started
})
beforeEach(async () => {
  front = await RecordingFront.start(sandbox.endpoint)
  fixture = await IdentityFixture.start(front.endpoint)
  await fixture.configure(corpSection)
})
afterEach(async () => {
  await setFaults(sandbox, { clear: true })
  await fixture[Symbol.asyncDispose]()
  await front[Symbol.asyncDispose]()
})

/** On a busy machine; that files are looked at every second is a unit test of watching them. */
const noticeLimitMilliseconds = 15_000

async function within<Answer>(milliseconds: number, work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

const readToken = async () => JSON.parse(await readFile(fixture.tokenFile, 'utf8'))

/** `aws sso login`, from the outside: OIDC by hand, then the files as the CLI writes them. */
async function cliLogin(user = 'ana', key = 'corp'): Promise<void> {
  const oidc = new SSOOIDCClient({ endpoint: sandbox.endpoint, region })
  const client = await oidc.send(
    new RegisterClientCommand({
      clientName: 'botocore-client-corp',
      clientType: 'public',
      scopes: ['sso:account:access'],
    }),
  )
  const post = async (path: string, body: object) =>
    (
      await fetch(`${sandbox.endpoint}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ clientId: client.clientId, clientSecret: client.clientSecret, ...body }),
      })
    ).json()
  const device = await post('/device_authorization', { startUrl })
  await decide(device.verificationUriComplete, 'allow', user)
  const token = await post('/token', {
    grantType: 'urn:ietf:params:oauth:grant-type:device_code',
    deviceCode: device.deviceCode,
  })
  const registrationExpiresAt = cliTime((client.clientSecretExpiresAt ?? 0) * 1000)
  const { ssoCacheFolder } = fixture.paths
  await mkdir(ssoCacheFolder, { recursive: true })
  const registration = registrationFileName({
    region,
    scopes: ['sso:account:access'],
    session: 'corp',
    startUrl,
  })
  const write = (name: string, content: object) =>
    writeFile(join(ssoCacheFolder, name), JSON.stringify(content), { mode: 0o600 })
  await write(registration, {
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    expiresAt: registrationExpiresAt,
    scopes: ['sso:account:access'],
  })
  await write(tokenFileNameOf(key), {
    startUrl,
    region,
    accessToken: token.accessToken,
    expiresAt: cliTime(Date.now() + token.expiresIn * 1000),
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    registrationExpiresAt,
    refreshToken: token.refreshToken,
  })
}

describe('The CLI signs the app in and out, while it runs', () => {
  test('a login shows within two seconds, a logout too, and neither needs a restart', async () => {
    expect(await fixture.identity('sso:corp')).toMatchObject({ state: 'signed-out' })
    const signedIn = fixture.told('sso:corp', 'signed-in')
    await cliLogin()
    await within(noticeLimitMilliseconds, signedIn)
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    const signedOut = fixture.told('sso:corp', 'signed-out')
    await rm(fixture.tokenFile)
    await within(noticeLimitMilliseconds, signedOut)
  })

  test('who logs in as somebody else with the CLI is somebody else here, roles included', async () => {
    await fixture.signIn('sso:corp', 'ana')
    const scope = { identityId: 'sso:corp', accountId: production, roleName: 'ReadOnly', region }
    expect((await fixture.service.caller(scope)).userName).toBe('ana')
    await cliLogin('lena')
    // At once: no call may be made as ana until somebody has looked at the files.
    expect((await fixture.service.caller(scope)).userName).toBe('lena')
  })

  test('a token that the CLI wrote is refreshed with the CLI’s own registration', async () => {
    await cliLogin()
    const before = await readToken()
    await fixture.write(fixture.tokenFile, { ...before, expiresAt: cliTime(Date.now() - 1000) })
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    const after = await readToken()
    expect(after).toMatchObject({ clientId: before.clientId, startUrl, region })
    expect(after.accessToken).not.toBe(before.accessToken)
  })

  test('a section that somebody adds to the config shows within two seconds', async () => {
    await fixture.service.list()
    const told = fixture.told('sso:labs', 'signed-out')
    await fixture.configure(
      `${corpSection}\n[sso-session labs]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`,
    )
    await within(noticeLimitMilliseconds, told)
  })

  test('half a save of the config takes nothing away, and says what is wrong', async () => {
    await fixture.signIn()
    await fixture.configure('[sso-session corp\nsso_start')
    const { identities, problems } = await fixture.service.list()
    expect(identities).toMatchObject([{ id: 'sso:corp', state: 'signed-in' }])
    expect(problems).toMatchObject([
      { code: 'CONFIG_INVALID', message: expect.stringMatching(/^Line 1 of /) },
    ])
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    await fixture.configure(corpSection)
    expect((await fixture.service.list()).problems).toEqual([])
  })
})

describe('What the app writes', () => {
  test('is taken by the AWS SDK for JavaScript’s own provider', async () => {
    await fixture.signIn()
    await fixture.service.writeProfile({
      identityId: 'sso:corp',
      accountId: production,
      roleName: 'ReadOnly',
      name: 'ReadOnly-111122223333',
    })
    const { stdout } = await run(
      process.execPath,
      [join(import.meta.dirname, 'sdk-child.ts'), 'ReadOnly-111122223333'],
      { env: childEnvironment() },
    )
    expect(stdout).toMatch(/^ASIA\w+\n$/)
    expect(front.calls.some(({ route }) => route === 'GET /federation/credentials')).toBe(true)
  })

  test('is taken by the AWS CLI: the config, the token and the profile', async (context) => {
    const isThere = await run('aws', ['--version']).then(
      () => true,
      () => false,
    )
    if (!isThere) return context.skip('The AWS CLI is not on PATH.')
    await fixture.configure('# mine\n[default]\nregion = us-east-1   \n')
    const attempt = await fixture.service.start({
      flow: 'pkce',
      target: { startUrl, ssoRegion: region, keep: true },
    })
    await decideInBrowser(attempt.url ?? '', 'allow')
    await fixture.ended(attempt.attemptId)
    for (const name of ['deploy', 'two words'])
      await fixture.service.writeProfile({
        identityId: 'sso:example-corp',
        accountId: production,
        roleName: 'PlatformEngineer',
        name,
        region,
      })
    for (const name of ['deploy', 'two words']) {
      const get = await run('aws', ['configure', 'get', 'region', '--profile', name], {
        env: childEnvironment(),
      })
      expect(get.stdout).toBe(`${region}\n`)
      const { stdout } = await run(
        'aws',
        ['sts', 'get-caller-identity', '--profile', name, '--output', 'json'],
        { env: childEnvironment() },
      )
      expect(JSON.parse(stdout)).toMatchObject({
        Account: production,
        Arn: expect.stringMatching(/AWSReservedSSO_PlatformEngineer_\w+\/ana$/),
      })
    }
    expect(await readFile(fixture.paths.configFile, 'utf8')).toMatch(
      /^# mine\n\[default\]\nregion = us-east-1 {3}\n/,
    )
  }, 30_000)

  test('does not throw the CLI’s registration out', async () => {
    await cliLogin()
    const registration = registrationFileName({
      region,
      scopes: ['sso:account:access'],
      session: 'corp',
      startUrl,
    })
    const before = await readFile(join(fixture.paths.ssoCacheFolder, registration), 'utf8')
    await fixture.signIn()
    expect(await readFile(join(fixture.paths.ssoCacheFolder, registration), 'utf8')).toBe(before)
  })
})

function childEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    // A version manager's shim finds its tools through these, wherever HOME points.
    ...(process.env.PYENV_ROOT === undefined ? {} : { PYENV_ROOT: process.env.PYENV_ROOT }),
    HOME: fixture.home,
    AWS_ENDPOINT_URL: front.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
}

describe('Two at once', () => {
  const endIt = async () =>
    fixture.write(fixture.tokenFile, { ...(await readToken()), expiresAt: cliTime(Date.now() - 1000) })

  test('two windows of one app and a second app of the same person: one refresh', async () => {
    await fixture.signIn()
    await endIt()
    await setFaults(sandbox, { delay: { operation: '/token', milliseconds: 300, count: 1 } })
    const child = run(process.execPath, [
      join(import.meta.dirname, 'accounts-child.ts'),
      fixture.home,
      front.endpoint,
    ])
    await using second = await IdentityFixture.start(front.endpoint, { home: fixture.home })
    const lists = await Promise.all([
      fixture.service.accounts('sso:corp'),
      fixture.service.roles('sso:corp', production),
      second.service.accounts('sso:corp'),
      child.then(({ stdout }) => stdout),
    ])
    expect([lists[0].length, lists[1].length, lists[2].length, lists[3]]).toEqual([3, 2, 3, '3\n'])
    expect(front.refreshes).toBe(1)
  })

  test('the refresh token that the CLI used up before us is no end of the sign-in', async () => {
    await fixture.signIn()
    const mine = await readToken()
    await endIt()
    // The CLI takes no lock: between our reading and our question it has refreshed and written.
    await setFaults(sandbox, { delay: { operation: '/token', milliseconds: 200, count: 1 } })
    const listing = fixture.service.accounts('sso:corp')
    await expect.poll(() => front.refreshes).toBe(1)
    const answer = await fetch(`${sandbox.endpoint}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...mine, grantType: 'refresh_token' }),
    })
    const token = await answer.json()
    await fixture.write(fixture.tokenFile, {
      ...mine,
      accessToken: token.accessToken,
      refreshToken: token.refreshToken,
      expiresAt: cliTime(Date.now() + 3600_000),
    })
    expect(await listing).toHaveLength(3)
    expect(await fixture.identity('sso:corp')).toMatchObject({ state: 'signed-in' })
  })
})

describe('Files that cannot be used', () => {
  test('a read-only token file: the sign-in works for this run, says so, and the file stays', async () => {
    await fixture.signIn()
    const before = await readFile(fixture.tokenFile, 'utf8')
    const token = JSON.parse(before)
    await fixture.write(fixture.tokenFile, { ...token, expiresAt: cliTime(Date.now() - 1000) })
    const ended = await readFile(fixture.tokenFile, 'utf8')
    await chmod(fixture.tokenFile, 0o400)
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    expect(await fixture.identity('sso:corp')).toMatchObject({
      state: 'signed-in',
      problem: { code: 'STORAGE_UNWRITABLE', message: expect.stringContaining('until Porthole is closed') },
    })
    expect(await readFile(fixture.tokenFile, 'utf8')).toBe(ended)
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    expect(front.refreshes).toBe(1)
    await chmod(fixture.tokenFile, 0o600)
  })

  test('a hostile cache folder: a pipe, a huge file, a folder, a torn file and somebody else’s token', async () => {
    await fixture.signIn()
    const folder = fixture.paths.ssoCacheFolder
    await run('mkfifo', [join(folder, 'pipe.json')])
    await writeFile(join(folder, 'huge.json'), Buffer.alloc(3 * 1024 * 1024, ' '))
    await mkdir(join(folder, 'folder.json'))
    await writeFile(join(folder, 'torn.json'), '{"accessToken": "x')
    await writeFile(
      join(folder, 'evil.json'),
      JSON.stringify({ accessToken: 'stolen', region: 'evil.example.com/#', expiresAt: 'x', startUrl: 'y' }),
    )
    expect(await fixture.service.accounts('sso:corp')).toHaveLength(3)
    await fixture.service.signOutEverywhere()
    expect((await readdir(folder)).filter((name) => !/^(porthole-client|\.)/.test(name)).sort()).toEqual([
      'folder.json',
      'huge.json',
      'pipe.json',
      'torn.json',
    ])
    expect(fixture.log.join()).not.toContain('stolen')
  })

  test('keeping a typed start URL in a config that is broken: signed in, and the config stays as it is', async () => {
    await fixture.configure('[default]\nregion = us-east-1\n')
    const attempt = await fixture.service.start({
      flow: 'pkce',
      target: { startUrl, ssoRegion: region, keep: true },
    })
    await fixture.configure('[default\n')
    await decideInBrowser(attempt.url ?? '', 'allow')
    expect(await fixture.ended(attempt.attemptId)).toMatchObject({ state: 'signed-in' })
    expect(await fixture.identity('sso:example-corp')).toMatchObject({
      state: 'signed-in',
      problem: { code: 'CONFIG_INVALID', message: expect.stringContaining('not be listed after a restart') },
    })
    expect(await readFile(fixture.paths.configFile, 'utf8')).toBe('[default\n')
  })
})

describe('Signing out', () => {
  test('of one leaves the other, also two people at the same start URL', async () => {
    await fixture.configure(`${corpSection}\n${corpSection.replace('corp]', 'raj]')}`)
    await fixture.signIn('sso:corp', 'ana')
    await fixture.signIn('sso:raj', 'raj')
    const scope = { identityId: 'sso:raj', accountId: production, roleName: 'ReadOnly', region }
    expect((await fixture.service.caller(scope)).userName).toBe('raj')
    await fixture.service.signOut('sso:corp')
    const { identities } = await fixture.service.list()
    expect(identities.map(({ id, state }) => [id, state])).toEqual([
      ['sso:corp', 'signed-out'],
      ['sso:raj', 'signed-in'],
    ])
    expect(front.calls.filter(({ route }) => route === 'POST /logout')).toHaveLength(1)
    expect((await fixture.service.caller(scope)).userName).toBe('raj')
  })

  test('everywhere ends every portal session in the cache and what the CLI keeps of roles', async () => {
    await fixture.signIn()
    await cliLogin('raj', 'a session that nobody knows here')
    const { cliCacheFolder } = fixture.paths
    await fixture.write(join(cliCacheFolder, 'sso.json'), { ProviderType: 'sso', Credentials: {} })
    await fixture.write(join(cliCacheFolder, 'role.json'), { Credentials: {} })
    await fixture.service.signOutEverywhere()
    expect(front.calls.filter(({ route }) => route === 'POST /logout')).toHaveLength(2)
    expect(await readdir(cliCacheFolder)).toEqual(['role.json'])
    await expect(stat(fixture.tokenFile)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await fixture.identity('sso:corp')).toMatchObject({ state: 'signed-out' })
  })

  test('of one deletes the role credentials that the CLI keeps for its profiles', async () => {
    const profile = { accountId: production, roleName: 'ReadOnly' }
    await fixture.configure(
      `${corpSection}[profile r]\nsso_session = corp\nsso_account_id = ${production}\nsso_role_name = ReadOnly\n`,
    )
    await fixture.signIn()
    const name = roleCredentialsFileName({ ...profile, session: { name: 'corp', startUrl } })
    await fixture.write(join(fixture.paths.cliCacheFolder, name), { ProviderType: 'sso' })
    await fixture.service.signOut('sso:corp')
    expect(await readdir(fixture.paths.cliCacheFolder)).toEqual([])
  })
})

describe('Profiles without an sso-session', () => {
  const legacyConfig = `# by hand
[profile dev]
sso_start_url = ${startUrl}   # the portal
sso_region = ${region}
sso_account_id = ${production}
sso_role_name = ReadOnly
region = eu-central-1

[profile ops]
sso_start_url = ${startUrl}
sso_region = ${region}
sso_account_id = ${production}
sso_role_name = PlatformEngineer
`
  const legacyId = `legacy:${startUrl}`

  test('are signed in to under the CLI’s file name for a start URL', async () => {
    await fixture.configure(legacyConfig)
    expect((await fixture.service.list()).identities).toMatchObject([
      { id: legacyId, kind: 'identity-center', name: 'example-corp', legacyProfiles: ['dev', 'ops'] },
    ])
    await fixture.signIn(legacyId)
    expect(await readdir(fixture.paths.ssoCacheFolder)).toContain(tokenFileNameOf(startUrl))
    expect(await fixture.service.accounts(legacyId)).toHaveLength(3)
    const told = fixture.told(legacyId, 'signed-out')
    await rm(fixture.tokenFileOf(startUrl))
    await within(noticeLimitMilliseconds, told)
  })

  test('can be moved to one: the text around stays, and so does the sign-in', async () => {
    await fixture.configure(legacyConfig)
    await fixture.signIn(legacyId)
    expect(await fixture.service.migrate(legacyId)).toEqual({
      identityId: 'sso:example-corp',
      file: fixture.paths.configFile,
    })
    expect(await readFile(fixture.paths.configFile, 'utf8')).toBe(`# by hand
[profile dev]
sso_account_id = ${production}
sso_role_name = ReadOnly
region = eu-central-1
sso_session = example-corp

[profile ops]
sso_account_id = ${production}
sso_role_name = PlatformEngineer
sso_session = example-corp

[sso-session example-corp]
sso_start_url = ${startUrl}
sso_region = ${region}
sso_registration_scopes = sso:account:access
`)
    expect((await fixture.service.list()).identities).toMatchObject([
      { id: 'sso:example-corp', state: 'signed-in' },
    ])
    expect(await fixture.service.accounts('sso:example-corp')).toHaveLength(3)
    await expect(fixture.service.migrate('sso:example-corp')).rejects.toMatchObject({
      value: { code: 'INVALID_REQUEST' },
    })
  })
})

describe('Writing a profile', () => {
  const request = { identityId: 'sso:corp', accountId: production, roleName: 'ReadOnly', name: 'dev', region }

  test('adds it once, and does not take a name from another', async () => {
    await fixture.configure(`${corpSection}\n[profile dev]\nregion = us-east-1 # near\n`)
    const once = await fixture.service.writeProfile(request)
    expect(once).toEqual({ name: 'dev', file: fixture.paths.configFile })
    const text = await readFile(fixture.paths.configFile, 'utf8')
    expect(text).toBe(`${corpSection}
[profile dev]
region = ${region} # near
sso_session = corp
sso_account_id = ${production}
sso_role_name = ReadOnly
`)
    await fixture.service.writeProfile(request)
    expect(await readFile(fixture.paths.configFile, 'utf8')).toBe(text)
    const other = { ...request, roleName: 'PlatformEngineer' }
    await expect(fixture.service.writeProfile(other)).rejects.toMatchObject({
      value: { code: 'INVALID_REQUEST', message: expect.stringContaining('already gives other credentials') },
    })
    await fixture.service.writeProfile({ ...other, replace: true })
    expect(await readFile(fixture.paths.configFile, 'utf8')).toBe(
      text.replace('ReadOnly', 'PlatformEngineer'),
    )
  })

  test('refuses a name that the file cannot hold, and leaves a broken file alone', async () => {
    await expect(fixture.service.writeProfile({ ...request, name: 'a]\n[default' })).rejects.toMatchObject({
      value: { code: 'INVALID_REQUEST' },
    })
    expect(await readFile(fixture.paths.configFile, 'utf8')).toBe(corpSection)
  })
})
