import { expect, test } from 'vitest'
import { parseAwsConfig } from '../../../../src/core/aws/config-file.ts'
import { sessionOfStartUrl, sessionsOf } from '../../../../src/core/sign-in/sso-session.ts'

const nothingTaken = () => false

test('every sso-session of the config file is one, also when something is missing in it', () => {
  const config = parseAwsConfig(
    `[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access, codewhisperer:completions
[profile dev]
sso_session = corp
[sso-session half]
sso_region = us-east-1
`,
    '/c',
  )
  const [corp, half, ...others] = sessionsOf(config)
  expect(others).toEqual([])
  expect(corp).toEqual({
    name: 'corp',
    startUrl: 'https://corp.awsapps.com/start',
    region: 'us-east-1',
    scopes: ['sso:account:access', 'codewhisperer:completions'],
    definedIn: '/c',
  })
  expect(half?.scopes).toEqual(['sso:account:access'])
  expect(half?.problem).toMatchObject({
    code: 'CONFIG_INVALID',
    message: '[sso-session half] in line 7 of /c has no sso_start_url.',
  })
})

test.each([
  ['https://corp.awsapps.com/start', 'corp'],
  ['https://d-1234567890.awsapps.com/start/', 'd-1234567890'],
  ['http://127.0.0.1:8700/start', '127.0.0.1-8700'],
  ['http://localhost:8700/start', 'localhost-8700'],
])('%s typed in is the session %s', (startUrl, name) => {
  expect(sessionOfStartUrl({ startUrl: ` ${startUrl} `, ssoRegion: ' us-east-1 ' }, nothingTaken)).toEqual({
    name,
    startUrl,
    region: 'us-east-1',
    scopes: ['sso:account:access'],
  })
})

test('a name that another session has gets a number', () => {
  const taken = new Set(['corp', 'corp-2'])
  const typed = { startUrl: 'https://corp.awsapps.com/start', ssoRegion: 'us-east-1' }
  expect(sessionOfStartUrl(typed, (name) => taken.has(name)).name).toBe('corp-3')
})

test.each([
  ['corp.awsapps.com/start', 'us-east-1', 'INVALID_REQUEST'],
  ['http://corp.awsapps.com/start', 'us-east-1', 'ENDPOINT_REFUSED'],
  ['javascript:alert(1)', 'us-east-1', 'ENDPOINT_REFUSED'],
  ['https://corp.awsapps.com/start', 'Ireland', 'INVALID_REQUEST'],
])('%s in %s is refused', (startUrl, ssoRegion, code) => {
  expect(() => sessionOfStartUrl({ startUrl, ssoRegion }, nothingTaken)).toThrow(
    expect.objectContaining({ value: expect.objectContaining({ code }) }),
  )
})
