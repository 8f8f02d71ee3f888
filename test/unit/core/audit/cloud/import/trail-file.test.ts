import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../../../src/contract/errors.ts'
import { RecordScanError, scanRecords } from '../../../../../../src/core/audit/cloud/import/record-scanner.ts'
import { longestFileBytes, readTrailFile } from '../../../../../../src/core/audit/cloud/import/trail-file.ts'

const shell = {
  eventVersion: '1.11',
  eventID: 'e-1',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: '2026-07-31T12:25:25Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '123456789012',
  userIdentity: { type: 'AssumedRole', principalId: 'AROA:raj' },
  requestParameters: { cluster: 'web', task: 'abc', command: '/bin/sh', interactive: true },
  responseElements: null,
}
const other = { ...shell, eventID: 'e-2', eventName: 'RunTask' }

const now = Date.UTC(2026, 7, 1)

const bytesOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

describe('a file is read', () => {
  const delivered = JSON.stringify({ Records: [shell, other] })
  const lookedUp = {
    Events: [{ EventId: 'e-1', CloudTrailEvent: JSON.stringify(shell) }, { CloudTrailEvent: '{' }],
  }
  test.each([
    ['as CloudTrail delivers it', bytesOf(delivered), 2],
    ['packed', gzipSync(delivered), 2],
    [
      'of several packed parts',
      Buffer.concat([gzipSync(delivered.slice(0, 20)), gzipSync(delivered.slice(20))]),
      2,
    ],
    ['as LookupEvents answers', bytesOf(JSON.stringify({ NextToken: 'a[{"', ...lookedUp }, null, 4)), 2],
    ['as a bare list', bytesOf([shell, other]), 2],
    ['with a byte order mark', bytesOf(`\ufeff${delivered}\r\n`), 2],
  ])('%s', async (_, bytes, records) => {
    const read = await readTrailFile('trail.json', bytes, now)
    expect(read.records).toBe(records)
    expect(read.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(read.events).toMatchObject([
      { eventId: 'e-1', userName: 'raj', accountId: '123456789012', taskId: 'abc' },
    ])
  })

  test('without an account nothing can be said', async () => {
    const { recipientAccountId: _, ...nowhere } = shell
    const read = await readTrailFile('trail.json', bytesOf({ Records: [nowhere] }), now)
    expect(read).toMatchObject({ records: 1, events: [] })
  })
})

/** Nine parts of 16 MB each, packed to 16 KB. */
const bomb = Buffer.concat(
  Array.from<Buffer>({ length: 9 }).fill(gzipSync(Buffer.alloc(16 * 1024 * 1024, ' '))),
)

describe('a file is refused, by name and place', () => {
  const text = JSON.stringify({ Records: [shell] })
  test.each([
    ['torn', bytesOf(text.slice(0, 100)), /ends too early, at byte 100/],
    ['torn while packed', gzipSync(text).subarray(0, 60), /cannot be unpacked/],
    ['unpacks to too much', bomb, /unpacks to more than 128 MB/],
    ['too large', Buffer.alloc(longestFileBytes + 1, ' '), /larger than 32 MB/],
    ['empty', bytesOf(''), /ends too early, at byte 0/],
    ['no JSON', bytesOf('hello'), /should be a \{, at byte 0/],
    ['another JSON', bytesOf({ logs: [] }), /no Records and no Events/],
    ['broken within', bytesOf('{"Records":[{"eventID":1,}]}'), /no JSON, at byte 12/],
    [
      'no events',
      bytesOf({ Records: [shell, { hello: 1 }] }),
      /Entry 2 is no event of CloudTrail, at byte \d+/,
    ],
    [
      'with a value without end',
      bytesOf(`{"Records":[{"a":"${'x'.repeat(2_000_000)}"}]}`),
      /longer than 1 MB, at byte 12/,
    ],
    [
      'from the future',
      bytesOf({ Records: [shell, { ...shell, eventTime: '2026-08-02T00:00:01Z' }] }),
      /Entry 2 is from the future, at byte \d+/,
    ],
    ['with more behind it', bytesOf(`${text}{}`), /behind its end/],
    ['deep', bytesOf(`{"Records":[${'['.repeat(500_000)}`), /ends too early/],
  ])('%s', async (_, bytes, words) => {
    const refusal = await readTrailFile('strange.json', bytes, now).catch((thrown: unknown) => thrown)
    if (!(refusal instanceof PortholeError)) throw refusal
    expect(refusal.value.code).toBe('FILE_REFUSED')
    expect(refusal.value.message).toMatch(/^strange\.json was not imported\. /)
    expect(refusal.value.message).toMatch(words)
  })
})

test('what is found is what JSON.parse finds, however it is written', () => {
  const spaces = fc.constantFrom('', ' ', '\n\t', '\r\n  ')
  const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), { maxLength: 6 })
  fc.assert(
    fc.property(
      values,
      fc.constantFrom(0, 1, '\t'),
      spaces,
      fc.jsonValue(),
      (records, indent, space, more) => {
        const text = `${space}{"more":${space}${JSON.stringify(more)},"Records"${space}:${JSON.stringify(records, null, indent)}${space}}${space}`
        const found = [...scanRecords(Buffer.from(text))]
        expect(found.map(({ record }) => record)).toEqual(JSON.parse(text).Records)
      },
    ),
    { numRuns: 200 },
  )
})

test('whatever else it is, it is refused with a place in it', () => {
  const almost = fc
    .tuple(fc.constant(JSON.stringify({ Records: [shell, other] })), fc.nat(900), fc.string({ maxLength: 3 }))
    .map(([text, at, noise]) => Buffer.from(text.slice(0, at) + noise + text.slice(at + 1)))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), almost), (bytes) => {
      try {
        for (const { record } of scanRecords(bytes)) JSON.stringify(record)
      } catch (thrown) {
        if (!(thrown instanceof RecordScanError)) throw thrown
        expect(thrown.position).toBeLessThanOrEqual(bytes.length)
      }
    }),
    { numRuns: 300 },
  )
})
