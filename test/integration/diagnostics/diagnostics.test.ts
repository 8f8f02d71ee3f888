import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DiagnosticSection, Diagnostics } from '../../../src/contract/diagnostics.ts'
import { createConfigReader } from '../../../src/core/aws/config-reader.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { awsPaths } from '../../../src/core/aws/paths.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { createDiagnostics, type DiagnosedApp } from '../../../src/core/diagnostics/create-diagnostics.ts'
import { createRecentErrors } from '../../../src/core/diagnostics/recent-errors.ts'
import { createIdentityService } from '../../../src/core/identity/identity-service.ts'
import { createNetwork } from '../../../src/core/network/network.ts'
import { tokenFileName } from '../../../src/core/sign-in/token-cache.ts'
import { createAuthority } from '../../fixtures/throwaway-certificates.ts'

/** Every one of these is planted somewhere, and none may come out. */
const secrets = {
  variableKey: 'envSecretKey/AbCdEf0123456789+Variable00',
  variableToken: 'env-session-token-short',
  otherToken: 'github_pat_planted_in_a_variable',
  proxyPassword: 'pr0xy-p@ssword',
  fileKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYPLANTEDKEY',
  fileToken: 'file-session-token-planted',
  processArgument: 'vault-s3cret-argument-1234',
  endpointPassword: 'endpoint-password-9',
  accessToken: 'short-access-token-1',
  refreshToken: 'short-refresh-token-2',
  clientSecret: 'short-client-secret-3',
  accessKeyId: 'AKIAPLANTEDINAFILE42',
}

let resources: AsyncDisposableStack
let home: string
let app: DiagnosedApp

beforeEach(async () => {
  resources = new AsyncDisposableStack()
  home = await mkdtemp(path.join(tmpdir(), 'porthole-diagnostics-'))
  resources.defer(() => rm(home, { recursive: true }))
})
afterEach(() => resources.disposeAsync())

async function setUp(
  files: { config: string; credentials?: string },
  environment: Record<string, string> = {},
) {
  const folder = path.join(home, '.aws')
  await mkdir(path.join(folder, 'sso', 'cache'), { recursive: true })
  await writeFile(path.join(folder, 'config'), files.config, { mode: 0o600 })
  if (files.credentials) await writeFile(path.join(folder, 'credentials'), files.credentials, { mode: 0o644 })
  const paths = awsPaths(environment, home)
  const configReader = createConfigReader(paths.configFile, systemClock)
  const credentialsReader = createConfigReader(paths.credentialsFile, systemClock)
  const endpoints = createEndpoints({ environment, config: configReader.config })
  const network = resources.use(createNetwork({ environment, homeFolder: home }))
  const connection = resources.use(createAwsConnection({ endpoints, version: '1.2.3', network }))
  const signIn = resources.use(
    createIdentityService({
      connection,
      paths,
      configReader,
      environment,
      profilesInUse: { get: () => [], set: async () => {} },
      clock: systemClock,
      random: Math.random,
      log: () => {},
    }),
  )
  app = {
    facts: { version: '1.2.3', demo: false, system: 'linux x64, 6', programs: { Node: '24' } },
    environment,
    homeFolder: home,
    dataFolder: path.join(home, 'data'),
    platform: 'linux',
    paths,
    configReader,
    credentialsReader,
    endpoints,
    network,
    clockDifference: connection.clockDifference,
    signIn,
    plugin: { find: async () => ({ candidates: [], searched: ['/usr/local/bin'] }) },
    errors: createRecentErrors(systemClock),
    clock: systemClock,
  }
}

function section({ sections }: Diagnostics, title: string): DiagnosticSection {
  const found = sections.find((each) => each.title === title)
  if (!found) throw new Error(`There is no section "${title}".`)
  return found
}

function row(report: Diagnostics, title: string, label: string | RegExp) {
  const { rows } = section(report, title)
  const found = rows.find((each) =>
    typeof label === 'string' ? each.label === label : label.test(each.label),
  )
  if (!found) throw new Error(`There is no row "${label}" in ${JSON.stringify(rows)}`)
  return found
}

describe('Diagnostics', () => {
  test('say what each profile gives and why', async () => {
    await setUp({
      config: `[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[default]
region = eu-west-1
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
[profile lost]
sso_session = gone
[profile ops]
role_arn = arn:aws:iam::111122223333:role/Ops
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/ana
[profile loop]
role_arn = arn:aws:iam::111122223333:role/Loop
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::111122223333:role/Loop2
source_profile = loop
[profile tool]
credential_process = /opt/bin/vault-helper --token ${secrets.processArgument}
`,
      credentials: `[keys]\naws_access_key_id = ${secrets.accessKeyId}\naws_secret_access_key = ${secrets.fileKey}\n`,
    })
    const report = await createDiagnostics(app).report({})
    expect(row(report, 'Profiles', 'default (in force)').value).toBe('No credentials, in eu-west-1')
    expect(row(report, 'Profiles', 'dev')).toMatchObject({
      value: 'Identity Center corp, ReadOnly in 111122223333',
      note: 'sso_session, sso_account_id, sso_role_name in config',
    })
    expect(row(report, 'Profiles', 'ops')).toMatchObject({
      value: 'Access keys, then arn:aws:iam::111122223333:role/Ops with an MFA code',
      note: 'role_arn, source_profile, mfa_serial in config',
    })
    expect(row(report, 'Profiles', 'loop')).toMatchObject({
      tone: 'bad',
      value: expect.stringContaining('leads back to itself'),
    })
    expect(row(report, 'Profiles', 'lost')).toMatchObject({
      tone: 'bad',
      value: expect.stringContaining('"gone"'),
    })
    expect(row(report, 'Profiles', 'tool').value).toBe('The program vault-helper')
    expect(row(report, 'Files', 'AWS credentials')).toMatchObject({
      tone: 'warn',
      value: expect.stringContaining('mode 644'),
    })
    expect(row(report, 'Files', 'AWS config').value).toMatch(/^~\/\.aws\/config, \d+ bytes, 8 sections$/)
    expect(section(report, 'Sign-ins').rows.map(({ label }) => label)).toContain('corp')
  })

  test('say where endpoints come from and how they are reached', async () => {
    await setUp(
      {
        config:
          '[profile work]\nservices = local\n[services local]\necs =\n  endpoint_url = http://127.0.0.1:4566\n',
      },
      {
        AWS_PROFILE: 'work',
        AWS_USE_FIPS_ENDPOINT: 'true',
        HTTPS_PROXY: 'http://proxy.example:3128',
        NO_PROXY: 'sts-fips.eu-west-1.amazonaws.com',
      },
    )
    const report = await createDiagnostics(app).report({ region: 'eu-west-1' })
    expect(row(report, 'Endpoints', /^ECS/)).toMatchObject({
      value: 'http://127.0.0.1:4566',
      note: 'endpoint_url of ecs in [services local]; directly: this computer itself is reached without a proxy',
      tone: 'warn',
    })
    expect(row(report, 'Endpoints', /^STS/)).toMatchObject({
      value: 'https://sts-fips.eu-west-1.amazonaws.com',
      note: 'partition aws, AWS_USE_FIPS_ENDPOINT; directly: NO_PROXY has sts-fips.eu-west-1.amazonaws.com',
    })
    expect(row(report, 'Endpoints', /^Systems Manager/).note).toBe(
      'partition aws, AWS_USE_FIPS_ENDPOINT; through http://proxy.example:3128 by HTTPS_PROXY',
    )
    expect(row(report, 'Proxy', 'To AWS')).toMatchObject({
      value: 'http://proxy.example:3128',
      note: 'HTTPS_PROXY',
    })
  })

  test('say whom connections trust, the clock, the plugin and what went wrong', async () => {
    const bundle = path.join(home, 'ca.pem')
    await writeFile(bundle, createAuthority('Company').certificate)
    await setUp({ config: '' }, { AWS_CA_BUNDLE: bundle, NODE_EXTRA_CA_CERTS: '/nowhere.pem' })
    app.errors.add('catalog.refresh', {
      code: 'NETWORK',
      message: 'ECS cannot be reached.',
      detail: 'ECONNREFUSED',
      retryable: true,
    })
    app.errors.add('catalog.refresh', {
      code: 'NETWORK',
      message: 'ECS cannot be reached.',
      detail: 'ECONNREFUSED',
      retryable: true,
    })
    app.clockDifference.observe(new Date(Date.now() + 600_000).toUTCString(), Date.now(), Date.now())
    const report = await createDiagnostics(app).report({})
    expect(row(report, 'Certificate authorities', 'Only those of')).toMatchObject({
      value: '~/ca.pem, 1 certificate',
      note: 'AWS_CA_BUNDLE',
    })
    expect(row(report, 'Certificate authorities', 'And those of')).toMatchObject({
      tone: 'bad',
      note: 'NODE_EXTRA_CA_CERTS',
    })
    expect(row(report, 'Clock', 'Against AWS')).toMatchObject({
      tone: 'bad',
      value: expect.stringMatching(/^(9|10) min.* behind AWS$/),
    })
    expect(row(report, 'session-manager-plugin', 'Not found').value).toBe('searched /usr/local/bin')
    expect(section(report, 'Last errors').rows).toMatchObject([
      { value: 'NETWORK: ECS cannot be reached.', note: 'catalog.refresh; 2 times; ECONNREFUSED' },
    ])
    expect(row(report, 'Profiles', 'None').value).toBe('Neither file has a profile')
  })

  test('no secret comes out, wherever it was planted', async () => {
    await setUp(
      {
        config: `[sso-session corp]
sso_start_url = https://ana:${secrets.endpointPassword}@corp.awsapps.com/start
sso_region = eu-west-1
[default]
endpoint_url = https://ana:${secrets.endpointPassword}@aws.example
[profile tool]
credential_process = helper --token=${secrets.processArgument}
[profile broken]
role_arn = arn:aws:iam::111122223333:role/X
source_profile = ${secrets.fileToken}
`,
        credentials: `[keys]
aws_access_key_id = ${secrets.accessKeyId}
aws_secret_access_key = ${secrets.fileKey}
aws_session_token = ${secrets.fileToken}
`,
      },
      {
        AWS_SECRET_ACCESS_KEY: secrets.variableKey,
        AWS_SESSION_TOKEN: secrets.variableToken,
        GITHUB_TOKEN: secrets.otherToken,
        HTTPS_PROXY: `http://ana:${encodeURIComponent(secrets.proxyPassword)}@proxy.example:3128`,
        ALL_PROXY: `socks5://ana:${secrets.proxyPassword}@proxy.example`,
        AWS_ENDPOINT_URL_ECS: `https://ana:${secrets.endpointPassword}@ecs.example`,
      },
    )
    const { accessToken, refreshToken, clientSecret } = secrets
    await writeFile(
      path.join(app.paths.ssoCacheFolder, tokenFileName('corp')),
      JSON.stringify({
        startUrl: 'x',
        region: 'eu-west-1',
        accessToken,
        refreshToken,
        clientSecret,
        expiresAt: '2020-01-01T00:00:00Z',
      }),
    )
    for (const secret of Object.values(secrets))
      app.errors.add(`doing ${secret}`, {
        code: 'AWS_ERROR',
        message: `Somebody quoted ${secret} here.`,
        detail: `{"detail":"${secret}"} https://x/?X-Amz-Signature=${secret} ${encodeURIComponent(secret)}`,
        retryable: false,
      })
    const report = await createDiagnostics(app).report({ region: 'eu-west-1' })
    const whole = JSON.stringify(report)
    for (const secret of Object.values(secrets)) {
      expect(whole).not.toContain(secret)
      expect(whole).not.toContain(encodeURIComponent(secret))
    }
    expect(report.text).toContain('AKIAPLAN…LE42')
    expect(report.text).not.toContain(home)
    expect(section(report, 'Last errors').rows).toHaveLength(Object.keys(secrets).length)
  })

  test('every part fails on its own', async () => {
    await setUp({ config: '[profile' }, { HTTPS_PROXY: 'ftp://nowhere' })
    app.plugin = { find: () => Promise.reject(new Error('no such program')) }
    app.signIn = { list: () => Promise.reject(new Error('identities are gone')) }
    app.network = { ...app.network, authorities: () => Promise.reject(new Error('no store')) }
    const report = await createDiagnostics(app).report({})
    expect(section(report, 'session-manager-plugin').problem?.detail).toContain('no such program')
    expect(section(report, 'Sign-ins').problem?.detail).toContain('identities are gone')
    expect(section(report, 'Certificate authorities').problem?.detail).toContain('no store')
    expect(row(report, 'Files', 'AWS config')).toMatchObject({
      tone: 'bad',
      value: expect.stringContaining('Line 1'),
    })
    expect(row(report, 'Proxy', 'To AWS')).toMatchObject({ tone: 'bad' })
    expect(section(report, 'Endpoints').rows.every(({ tone }) => tone === 'bad')).toBe(true)
    expect(row(report, 'Versions', 'Porthole').value).toBe('1.2.3')
    expect(report.text).toContain('!! ')
  })

  test('text from files cannot pretend to be a line of the report', async () => {
    await setUp({ config: '[profile a]\nregion = x\n' })
    app.errors.add('x', {
      code: 'AWS_ERROR',
      message: 'one\n\nVersions\n  Porthole: 9.9.9',
      retryable: false,
    })
    const { text } = await createDiagnostics(app).report({})
    expect(text.split('\n').filter((line) => line.startsWith('  Porthole:'))).toEqual(['  Porthole: 1.2.3'])
  })
})
