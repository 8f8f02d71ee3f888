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

  test('the order is service variable, variable, services section, profile', async () => {
    const variables = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5',
      AWS_ENDPOINT_URL_SSO_OIDC: 'http://127.0.0.1:6',
    }
    expect(await url('sso-oidc', variables)).toBe('http://127.0.0.1:6/')
    expect(await url('ecs', variables)).toBe('http://127.0.0.1:5/')
    expect(await url('logs', { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://127.0.0.1:7' })).toBe(
      'http://127.0.0.1:7/',
    )
    expect(await url('sso-oidc', { AWS_PROFILE: 'dev' })).toBe('http://127.0.0.1:2001/')
    expect(await url('ecs', { AWS_PROFILE: 'dev' })).toBe('http://127.0.0.1:2000/')
    expect(await url('ecs')).toBe('http://127.0.0.1:1000/')
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
    ['http://10.0.0.1:4566', 'ENDPOINT_REFUSED'],
    ['http://127.0.0.1.example.com', 'ENDPOINT_REFUSED'],
    ['file:///etc/passwd', 'ENDPOINT_REFUSED'],
    ['localhost', 'INVALID_REQUEST'],
  ])('%s is refused', async (endpoint, code) => {
    await expect(url('ecs', { AWS_ENDPOINT_URL: endpoint })).rejects.toMatchObject({ value: { code } })
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
    })
    expect(
      awsPaths({ AWS_CONFIG_FILE: '~/elsewhere', AWS_SHARED_CREDENTIALS_FILE: '/srv/keys' }, '/home/ana'),
    ).toEqual({
      configFile: '/home/ana/elsewhere',
      credentialsFile: '/srv/keys',
      ssoCacheFolder: '/home/ana/.aws/sso/cache',
    })
  })
})
