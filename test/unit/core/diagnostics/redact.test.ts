import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../../src/core/diagnostics/redact.ts'

const redact = createRedactor([])

describe('Redaction by pattern', () => {
  test.each([
    ['https://ana:hunter2@proxy.example:8080/x', 'https://[removed]@proxy.example:8080/x'],
    ['socks5://ana@proxy.example', 'socks5://[removed]@proxy.example'],
    [
      'wss://x/?X-Amz-Security-Token=abc%2Fdef&X-Amz-Signature=0123&role=a',
      'wss://x/?X-Amz-Security-Token=[removed]&X-Amz-Signature=[removed]&role=a',
    ],
    [
      'http://127.0.0.1:1/oauth/callback?code=abc&state=def',
      'http://127.0.0.1:1/oauth/callback?code=[removed]&state=[removed]',
    ],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [removed]'],
    ['Proxy-Authorization: Basic YW5hOmh1bnRlcjI=', 'Proxy-Authorization: Basic [removed]'],
    [
      'AWS4-HMAC-SHA256 Credential=AKIDX/2026/eu, Signature=0a1b',
      'AWS4-HMAC-SHA256 Credential=[removed], Signature=[removed]',
    ],
    ['aws_secret_access_key = wJalrXUtn', 'aws_secret_access_key = [removed]'],
    ['{"refreshToken":"aorAAAA","x":1}', '{"refreshToken":"[removed]","x":1}'],
    ['tool --password hunter22 --verbose', 'tool --password [removed] --verbose'],
    ['key AKIAIOSFODNN7EXAMPLE is gone', 'key AKIAIOSF…MPLE is gone'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '[removed]'],
    ['eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln', '[removed]'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----', '[removed]'],
  ])('%s', (text, expected) => expect(redact(text)).toBe(expected))

  test.each([
    '/home/ana/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json',
    'arn:aws:ecs:eu-west-1:111122223333:task/web/4f1c9ad2b7e84c0e9d7a1f6b2c3d4e5f',
    'AWSReservedSSO_PlatformEngineer_0123456789abcdef',
    'https://ecs.eu-west-1.amazonaws.com',
    'The token file names web_identity_token_file but no role_arn',
    'The sign-in token expired yesterday',
    '2026-11-25T09:56:52.000Z',
    'NO_PROXY has .internal.example.com,10.0.0.0/8',
    '/Applications/SessionManagerPlugin/bin/session-manager-plugin, 1.2.779.0',
  ])('%s stays as it is', (text) => expect(redact(text)).toBe(text))
})

describe('Redaction of what is known', () => {
  test('takes every occurrence, the longest first, and leaves short words alone', () => {
    const known = createRedactor(['hunter2', 'hunter2hunter2', 'prod'])
    expect(known('hunter2hunter2 and hunter2 in prod')).toBe('[removed] and [removed] in prod')
  })

  test('whatever surrounds it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60 }).filter((secret) => !'[removed]'.includes(secret.trim())),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const clean = createRedactor([secret])(`${before}${secret}${after}`)
          const left = `${before}${after}`.includes(secret) || `${before}[removed]${after}`.includes(secret)
          expect(clean.includes(secret) && !left).toBe(false)
        },
      ),
    )
  })

  test('ends in reasonable time on hostile text', () => {
    const started = performance.now()
    for (const piece of [
      'a',
      'A1a',
      '://',
      '@',
      'token=',
      '-----BEGIN PRIVATE KEY-----',
      'eyJaaaaaaaa.',
      ' ',
    ])
      redact(piece.repeat(20_000))
    // A generous limit: quadratic or worse would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
