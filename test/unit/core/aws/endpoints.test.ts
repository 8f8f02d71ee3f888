import { describe, expect, test } from 'vitest'
import { parseAwsConfig } from '../../../../src/core/aws/config-file.ts'
import { type AwsService, createEndpoints } from '../../../../src/core/aws/endpoints.ts'
import { awsPaths, type EnvironmentVariables } from '../../../../src/core/aws/paths.ts'

const config = `[default]
endpoint_url = http://127.0.0.1:1000
[profile dev]
services = local
endpoint_url = http://127.0.0.1:2000
[profile quiet]
endpoint_url = http://127.0.0.1:3000
ignore_configured_endpoint_urls = true
[services local]
sso_oidc =
  endpoint_url = http://127.0.0.1:2001
`

async function url(
  service: AwsService,
  environment: EnvironmentVariables = {},
  text = config,
  region = 'eu-west-1',
) {
  const endpoints = createEndpoints({ environment, config: async () => parseAwsConfig(text, 'config') })
  return (await endpoints.url(service, region)).href
}

describe('Endpoints', () => {
  test.each([
    ['sso-oidc', 'us-east-1', 'https://oidc.us-east-1.amazonaws.com/'],
    ['sso', 'eu-west-1', 'https://portal.sso.eu-west-1.amazonaws.com/'],
    ['ecs', 'us-gov-west-1', 'https://ecs.us-gov-west-1.amazonaws.com/'],
    ['ecs', 'cn-north-1', 'https://ecs.cn-north-1.amazonaws.com.cn/'],
    ['logs', 'eusc-de-east-1', 'https://logs.eusc-de-east-1.amazonaws.eu/'],
    ['sts', 'us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov/'],
    ['kms', 'us-isob-east-1', 'https://kms.us-isob-east-1.sc2s.sgov.gov/'],
  ] as const)('%s in %s is its partition’s own host', async (service, region, expected) => {
    expect(await url(service, {}, '', region)).toBe(expected)
  })

  describe('the order, every source taken away in turn', () => {
    const everything = `[default]
endpoint_url = http://127.0.0.1:90
[profile dev]
services = local
endpoint_url = http://127.0.0.1:50
[services local]
ecs =
  endpoint_url = http://127.0.0.1:40
`
    const withoutSection = everything.replace('services = local', '')
    const nothing = withoutSection.replaceAll(/^endpoint_url.*$/gm, '')
    const profile = { AWS_PROFILE: 'dev' }
    const shared = { ...profile, AWS_ENDPOINT_URL: 'http://127.0.0.1:30' }
    const both = { ...shared, AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:20' }

    test.each([
      ['--endpoint-url', 'http://127.0.0.1:10', both, everything, 'http://127.0.0.1:10/'],
      ['AWS_ENDPOINT_URL_ECS', undefined, both, everything, 'http://127.0.0.1:20/'],
      ['AWS_ENDPOINT_URL', undefined, shared, everything, 'http://127.0.0.1:30/'],
      ['endpoint_url of ecs in [services local]', undefined, profile, everything, 'http://127.0.0.1:40/'],
      ['endpoint_url of profile dev', undefined, profile, withoutSection, 'http://127.0.0.1:50/'],
      ['partition aws', undefined, profile, nothing, 'https://ecs.eu-west-1.amazonaws.com/'],
      ['endpoint_url of profile default', undefined, {}, everything, 'http://127.0.0.1:90/'],
      [
        'endpoint_url of profile dev',
        undefined,
        { AWS_DEFAULT_PROFILE: 'dev' },
        withoutSection,
        'http://127.0.0.1:50/',
      ],
    ])('%s', async (source, explicitUrl, environment, text, expected) => {
      const endpoints = createEndpoints({
        environment,
        explicitUrl,
        config: async () => parseAwsConfig(text, 'config'),
      })
      const found = await endpoints.find('ecs', 'eu-west-1')
      expect([found.source, found.url.href]).toEqual([source, expected])
    })

    test('the profile of an identity goes before AWS_PROFILE', async () => {
      const endpoints = createEndpoints({
        environment: { AWS_PROFILE: 'default' },
        config: async () => parseAwsConfig(everything, 'config'),
      })
      expect((await endpoints.url('ecs', 'eu-west-1', 'dev')).href).toBe('http://127.0.0.1:40/')
      expect((await endpoints.url('ecs', 'eu-west-1')).href).toBe('http://127.0.0.1:90/')
    })

    test('each service has its own names', async () => {
      expect(await url('sso-oidc', { AWS_ENDPOINT_URL_SSO_OIDC: 'http://127.0.0.1:6' })).toContain(':6/')
      expect(await url('logs', { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:7' })).toContain(':7/')
      expect(await url('sso-oidc', { AWS_PROFILE: 'dev' })).toBe('http://127.0.0.1:2001/')
    })
  })

  test('configured endpoints can be switched off', async () => {
    const own = 'https://ecs.eu-west-1.amazonaws.com/'
    expect(await url('ecs', { AWS_PROFILE: 'quiet' })).toBe(own)
    expect(
      await url('ecs', {
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:5',
        AWS_PROFILE: 'dev',
      }),
    ).toBe(own)
  })

  test.each([
    [{ AWS_USE_FIPS_ENDPOINT: 'true' }, '', 'https://ecs-fips.eu-west-1.amazonaws.com/'],
    [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, '', 'https://ecs.eu-west-1.api.aws/'],
    [{}, '[default]\nuse_fips_endpoint = true', 'https://ecs-fips.eu-west-1.amazonaws.com/'],
    [{}, '[default]\nuse_dualstack_endpoint = true', 'https://ecs.eu-west-1.api.aws/'],
    [
      { AWS_USE_FIPS_ENDPOINT: 'false' },
      '[default]\nuse_fips_endpoint = true',
      'https://ecs.eu-west-1.amazonaws.com/',
    ],
  ])('%j with %j asks for another host', async (environment, text, expected) => {
    expect(await url('ecs', environment, text)).toBe(expected)
  })

  test.each([
    ['http://10.0.0.1:4566', 'ENDPOINT_REFUSED'],
    ['http://127.0.0.1.example.com', 'ENDPOINT_REFUSED'],
    ['file:///etc/passwd', 'ENDPOINT_REFUSED'],
    ['localhost', 'INVALID_REQUEST'],
  ])('%s is refused', async (endpoint, code) => {
    await expect(url('ecs', { AWS_ENDPOINT_URL: endpoint })).rejects.toMatchObject({ value: { code } })
  })

  test('a login in a refused URL is not repeated', async () => {
    const refused = url('ecs', { AWS_ENDPOINT_URL: 'http://ana:hunter2@10.0.0.1:4566' })
    await expect(refused).rejects.toThrow('http://10.0.0.1:4566 is not used')
  })

  test.each(['http://localhost:1', 'http://127.8.9.1:1', 'http://[::1]:1', 'https://aws.example.com'])(
    '%s is allowed',
    async (endpoint) => {
      expect(await url('ecs', { AWS_ENDPOINT_URL: endpoint })).toBe(`${endpoint}/`)
    },
  )

  test.each(['', 'evil.com/x?', 'us-east', 'US-EAST-1', 'us-east-1.evil.com'])(
    'the Region %j cannot become part of a host name',
    async (region) => {
      await expect(url('ecs', {}, '', region)).rejects.toMatchObject({ value: { code: 'INVALID_REQUEST' } })
    },
  )
})

describe('Paths', () => {
  test('are the CLI’s own, moved by its variables', () => {
    expect(awsPaths({}, '/home/ana')).toEqual({
      configFile: '/home/ana/.aws/config',
      credentialsFile: '/home/ana/.aws/credentials',
      ssoCacheFolder: '/home/ana/.aws/sso/cache',
      cliCacheFolder: '/home/ana/.aws/cli/cache',
      loginCacheFolder: '/home/ana/.aws/login/cache',
    })
    expect(
      awsPaths({ AWS_CONFIG_FILE: '~/elsewhere', AWS_SHARED_CREDENTIALS_FILE: '/srv/keys' }, '/home/ana'),
    ).toEqual({
      configFile: '/home/ana/elsewhere',
      credentialsFile: '/srv/keys',
      ssoCacheFolder: '/home/ana/.aws/sso/cache',
      cliCacheFolder: '/home/ana/.aws/cli/cache',
      loginCacheFolder: '/home/ana/.aws/login/cache',
    })
  })
})
