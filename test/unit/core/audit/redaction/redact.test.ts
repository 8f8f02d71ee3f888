import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainTextOf } from '../../../../../src/core/audit/redaction/plain-text.ts'
import {
  longestLineLength,
  RedactionStream,
  redact,
  redactionCount,
} from '../../../../../src/core/audit/redaction/redact.ts'

/** Put together here, so that no scanner takes this file for a leak. */
const awsSecret = `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYEXAMPLEKEY'}`
const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'c2lnbmF0dXJlLW9mLXRva2Vu'}`
const stsToken = `IQoJb3JpZ2luX2Vj${'EBYaCXVzLWVhc3QtMSJ'.repeat(8)}`

/** What is written, the secret in it, and how it is called. */
const secrets: [line: string, secret: string, kind: string][] = [
  ['id AKIAIOSFODNN7EXAMPLE here', 'AKIAIOSFODNN7EXAMPLE', 'aws-key-id'],
  [`aws_secret_access_key = ${awsSecret}`, awsSecret, 'aws-secret'],
  [`  "SecretAccessKey": "${awsSecret}",`, awsSecret, 'aws-secret'],
  [`AWS_SESSION_TOKEN=${stsToken}`, stsToken, 'aws-session-token'],
  [`token ${stsToken}`, stsToken, 'aws-session-token'],
  [`cookie ${jwt};`, jwt, 'jwt'],
  ['curl -H "Authorization: Bearer abcdefgh12345" x', 'abcdefgh12345', 'authorization'],
  ['Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz', 'authorization'],
  ['git clone https://ana:hunter2@example.com/x', 'hunter2', 'url-password'],
  ['postgres://app:p%40ss@db.internal:5432/shop', 'p%40ss', 'url-password'],
  ['tool --password hunter2 --verbose', 'hunter2', 'password'],
  ['tool --password=hunter2', 'hunter2', 'password'],
  ['tool --db-password "my long one" --x', 'my long one', 'password'],
  ['mysql -h db.internal -u app -phunter2 shop', 'hunter2', 'password'],
  ["mysqldump -u app -p'hun ter' shop", 'hun ter', 'password'],
  ['sshpass -p hunter2 ssh ana@db', 'hunter2', 'password'],
  ['redis-cli -h cache -a hunter2 ping', 'hunter2', 'password'],
  ['curl -u ana:hunter2 https://example.com', 'hunter2', 'password'],
  ['export DB_PASSWORD=hunter2', 'hunter2', 'assignment'],
  ['API_KEY="abc def" run', 'abc def', 'assignment'],
  ['  password: hunter2', 'hunter2', 'assignment'],
  ['{"apiToken": "0123abcd"}', '0123abcd', 'assignment'],
  ['GET /x?token=abc123&page=2', 'abc123', 'assignment'],
  [`use ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2'}`, `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2'}`, 'github'],
  [`post xoxb-${'1234567890-abcdefghij'}`, `xoxb-${'1234567890-abcdefghij'}`, 'slack'],
  [`charge sk_live_${'abcdefghijkl1234'}`, `sk_live_${'abcdefghijkl1234'}`, 'stripe'],
]

const harmless = [
  'echo $DB_PASSWORD',
  'export TOKEN=$(cat /run/token)',
  'PWD=/srv OLDPWD=/root',
  'tool --password-stdin < file',
  'mysql -h db.internal --port=3306 -u app -p',
  'Enter password: ',
  'proxy_pass http://127.0.0.1:3000;',
  'ssh-keygen -t ed25519',
  'the quick brown fox',
]

describe('a secret', () => {
  test.each(secrets)('in %j goes', (line, secret, kind) => {
    const { text, counts } = redact(line)
    expect(text).toBe(line.replace(secret, `‹redacted:${kind}:${secret.length}›`))
    expect(counts).toEqual({ [kind]: 1 })
  })

  test('of several lines goes, and counts once', () => {
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBg',
      'kqhkiG9w0=',
      '-----END PRIVATE KEY-----',
      'done',
    ]
    const { text, counts } = redact(key.join('\r\n'))
    expect(text.split('\n')).toEqual([key[0], '‹redacted:pem:14›', '‹redacted:pem:10›', key[3], 'done'])
    expect(counts).toEqual({ pem: 1 })
  })

  test('in one line with written line breaks goes', () => {
    const { text } = redact('KEY="-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----"')
    expect(text).not.toContain('MIIE')
  })

  test('is found behind colours and where a line editor wrapped it', () => {
    expect(redact('DB_PASSWORD=\x1b[31mhun\x1b[0mter2').text).toBe('DB_PASSWORD=‹redacted:assignment:7›')
    expect(redact('# mysql -phun \rter2').text).toBe('# mysql -p‹redacted:password:7›')
  })
})

test.each(harmless)('%j stays as it is', (line) => {
  expect(redact(line)).toEqual({ text: line, counts: {} })
})

test('what was redacted stays as it is', () => {
  for (const [line] of secrets) {
    const once = redact(line).text
    expect(redact(once)).toEqual({ text: once, counts: {} })
  }
})

const colours = fc.constantFrom('', '\x1b[1m', '\x1b[0;31m', '\x1b[K', '\x1b]0;title\x07', '\x1b]8;;\x1b\\')
const line = fc.oneof(
  fc.constantFrom(...secrets.map(([each]) => each), ...harmless),
  fc.string({ unit: fc.constantFrom(...'ab =:"\'$\\-‹›\r\x1b[]m\x07\x1b'), maxLength: 30 }),
)
const output = fc
  .array(fc.tuple(line, fc.constantFrom('\r\n', '\n', '\r', '')))
  .map((parts) => parts.flat().join(''))

function inPieces(text: string, cuts: number[]): string {
  const stream = new RedactionStream()
  const places = cuts.map((cut) => cut % (text.length + 1)).sort((left, right) => left - right)
  let from = 0
  let redacted = ''
  for (const to of [...places, text.length]) {
    redacted += stream.push(text.slice(from, to))
    from = to
  }
  return redacted + stream.flush()
}

test('pieces make what the whole makes, wherever they were cut', () => {
  fc.assert(
    fc.property(output, fc.array(fc.nat()), (text, cuts) => {
      expect(inPieces(text, cuts)).toBe(redact(text).text)
    }),
    { numRuns: 300 },
  )
})

test('no secret comes through, with colour anywhere in it and cut anywhere', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...secrets),
      colours,
      fc.nat(),
      fc.array(fc.nat()),
      (each, colour, at, cuts) => {
        const [text, secret] = each
        const start = text.indexOf(secret)
        const place = start + (at % secret.length)
        const coloured = `${text.slice(0, place)}${colour}${text.slice(place)}\r\nnext`
        const redacted = inPieces(coloured, cuts)
        expect(redacted).not.toContain(secret)
        expect(redacted).toMatch(/\nnext$/)
      },
    ),
    { numRuns: 400 },
  )
})

test('plain text holds no control characters but line breaks and tabs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      expect(plainTextOf(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
    }),
  )
})

test('lines without an end are given out in parts, and long ones take no time', () => {
  const stream = new RedactionStream()
  const words = 'password key token='.repeat(10_000)
  expect(stream.push(words).length).toBeGreaterThan(words.length - longestLineLength - 1000)
  for (const hostile of ['key', 'mysql ', 'secret=', 'a://', 'x:', '"\'', 'bearer ', 'curl -u ']) {
    const startedAt = performance.now()
    redact(hostile.repeat(20_000))
    // A generous limit: quadratic or worse would take minutes.
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  }
})

test('counts add up', () => {
  expect(redactionCount(redact('A_TOKEN=x1 B_TOKEN=y2 ana AKIAIOSFODNN7EXAMPLE').counts)).toBe(3)
})
