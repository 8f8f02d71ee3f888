import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import { formatAwsConfig, parseAwsConfig, readAwsConfig } from '../../../../src/core/aws/config-file.ts'

const parse = (text: string) => parseAwsConfig(text, '/home/ana/.aws/config')

function problemOf(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof PortholeError && error.value.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  throw new Error('The text was parsed.')
}

describe('AWS config file', () => {
  test('reads the sections that the CLI writes', () => {
    const config = parse(`# company defaults
[default]
region = eu-west-1

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start/#/
sso_region = us-east-1   ; where Identity Center is
sso_registration_scopes = sso:account:access

[profile dev]
sso_session=corp
services: local

[services local]
ecs =
  endpoint_url = http://127.0.0.1:4566
sso_oidc =
    endpoint_url = http://localhost:4567
`)
    expect(config.section('profile', 'default')?.values.get('region')).toBe('eu-west-1')
    const session = config.section('sso-session', 'corp')
    expect(session?.line).toBe(5)
    expect(Object.fromEntries(session?.values ?? [])).toEqual({
      sso_start_url: 'https://corp.awsapps.com/start/#/',
      sso_region: 'us-east-1',
      sso_registration_scopes: 'sso:account:access',
    })
    expect(config.section('profile', 'dev')?.values.get('services')).toBe('local')
    const nested = config.section('services', 'local')?.nested
    expect(nested?.get('ecs')?.get('endpoint_url')).toBe('http://127.0.0.1:4566')
    expect(nested?.get('sso_oidc')?.get('endpoint_url')).toBe('http://localhost:4567')
  })

  test('takes CRLF, a byte order mark, names with spaces, indented keys and repeated sections', () => {
    const config = parse(
      '\uFEFF[profile "my prof"]\r\n  region = eu-west-1\r\n  output = json\r\n[profile two words]\r\nregion=a\r\n[profile "my prof"]\r\nREGION = eu-west-2\r\n',
    )
    expect(Object.fromEntries(config.section('profile', 'my prof')?.values ?? [])).toEqual({
      region: 'eu-west-2',
      output: 'json',
    })
    expect(config.section('profile', 'two words')?.values.get('region')).toBe('a')
    expect(config.sections).toHaveLength(2)
  })

  test('joins the continued lines of a value', () => {
    const config = parse('[default]\nkey = one\n  two = 2\nother = 3\n')
    expect(config.section('profile', 'default')?.values.get('key')).toBe('one\ntwo = 2')
    expect(config.section('profile', 'default')?.values.get('other')).toBe('3')
  })

  test('keeps names that mean something to JavaScript', () => {
    const config = parse('[profile __proto__]\nconstructor = x\n')
    expect(config.section('profile', '__proto__')?.values.get('constructor')).toBe('x')
  })

  test.each([
    ['region = eu-west-1\n', 'Line 1 of /home/ana/.aws/config has a setting before the first [section].'],
    [
      '[default]\n\nnonsense\n',
      'Line 3 of /home/ana/.aws/config is not a [section], a "key = value" or a comment.',
    ],
    ['[default\n', 'Line 1 of /home/ana/.aws/config has a section header that does not end with "]".'],
    ['[default] x\n', 'Line 1 of /home/ana/.aws/config has a section header that does not end with "]".'],
    ['[ ]\n', 'Line 1 of /home/ana/.aws/config has a section header without a name.'],
    ['[profile ""]\n', 'Line 1 of /home/ana/.aws/config has a section header without a name.'],
    [
      '[services x]\necs =\n  nonsense\n',
      'Line 3 of /home/ana/.aws/config is indented under "ecs" but is not a "key = value".',
    ],
  ])('refuses %j with the line', (text, message) => {
    expect(problemOf(text)).toBe(message)
  })

  test('never quotes a line: it may hold a secret', () => {
    expect(problemOf('[default]\naws_secret_access_key AbCdEf0123\n')).not.toContain('AbCdEf')
  })

  test('takes a file or a folder that does not exist as empty, and names one that cannot be read', async () => {
    expect((await readAwsConfig('/nonexistent/.aws/config')).sections).toEqual([])
    await expect(readAwsConfig('/')).rejects.toMatchObject({ value: { code: 'CONFIG_INVALID' } })
  })

  const line = fc.oneof(
    fc.constantFrom('[default]', '[profile a b]', '[sso-session x]', '[services s]', '# c', '; c', '', '  '),
    fc.constantFrom(
      'key = value',
      '  nested = 1',
      'empty =',
      '\tindented: 2',
      'KEY=v # comment',
      '[broken',
      'x',
    ),
    fc.string({ maxLength: 12 }),
  )
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 14 })
    .map((lines) => lines.flat().join(''))

  test('any text is parsed and written back byte for byte, or refused with a line number', () => {
    fc.assert(
      fc.property(text, (content) => {
        try {
          expect(formatAwsConfig(parse(content))).toBe(content)
        } catch (error) {
          if (!(error instanceof PortholeError)) throw error
          const [, number] = /^Line (\d+) /.exec(error.message) ?? []
          expect(Number(number)).toBeGreaterThan(0)
          expect(Number(number)).toBeLessThanOrEqual(content.split('\n').length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('reads back every value that it was given', () => {
    const word = fc.stringMatching(/^[a-z_]{1,10}$/)
    const value = fc.stringMatching(/^[\w/:.+-]{1,20}$/)
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, value)), (profiles) => {
        const written = Object.entries(profiles)
          .flatMap(([name, values]) => [
            `[profile ${name}]`,
            ...Object.entries(values).map(([key, text]) => `${key} = ${text}`),
          ])
          .join('\n')
        const config = parse(written)
        for (const [name, values] of Object.entries(profiles)) {
          expect(Object.fromEntries(config.section('profile', name)?.values ?? [])).toEqual({ ...values })
        }
      }),
    )
  })
})
