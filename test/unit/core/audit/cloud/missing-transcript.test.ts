import { expect, test } from 'vitest'
import {
  type Absence,
  uploadPatienceMilliseconds,
  whyMissing,
  whyNowhere,
} from '../../../../../src/core/audit/cloud/missing-transcript.ts'
import type { TranscriptPlace } from '../../../../../src/core/audit/cloud/transcript-place.ts'

const now = 1_000_000_000
const group: TranscriptPlace = { kind: 'log-group', name: '/ecs/exec' }
const bucket: TranscriptPlace = { kind: 'bucket', name: 'transcripts', declaredEncrypted: true }
const over = { live: false, endedAt: now - uploadPatienceMilliseconds }
const nothing: Absence[] = [{ place: group, because: 'nothing-there' }]

test.each([
  ['logging-off', /set to log no/],
  ['no-awslogs', /awslogs/],
  ['task-unknown', /no longer knows the task/],
] as const)('AWS writes none: %s', (because, message) => {
  expect(whyNowhere(because)).toMatchObject({ later: false, causes: [expect.any(String)] })
  expect(whyNowhere(because).message).toMatch(message)
})

test.each([
  ['the session lives', nothing, { live: true }, /when the session is over/, 0, true],
  ['the session has just ended', nothing, { live: false, endedAt: now - 1000 }, /yet/, 0, true],
  [
    'the group is not there',
    [{ place: group, because: 'no-such-place' }],
    over,
    /group.*does not exist/,
    1,
    false,
  ],
  [
    'the bucket is not there',
    [{ place: bucket, because: 'no-such-place' }],
    over,
    /bucket.*does not exist/,
    1,
    false,
  ],
  [
    'the bucket is not encrypted as declared, which is certain, and the group just has none',
    [...nothing, { place: bucket, because: 'not-encrypted' }],
    over,
    /^The cluster declares bucket transcripts to be encrypted, and it is not/,
    1,
    false,
  ],
] satisfies [string, Absence[], { live: boolean; endedAt?: number }, RegExp, number, boolean][])(
  'why when %s',
  (_, absences, end, message, causes, later) => {
    const why = whyMissing(absences, end, now)
    expect(why.message).toMatch(message)
    expect(why.causes).toHaveLength(causes)
    expect(why.later).toBe(later)
  },
)

test('when nothing is certain every known cause is named, the missing program first', () => {
  const { causes, later } = whyMissing(nothing, over, now)
  expect(causes[0]).toContain('script')
  expect(causes.join()).toMatch(/task role.*kms:Decrypt.*VPC endpoint/)
  expect(causes.join()).not.toContain('s3:')
  expect(later).toBe(false)
})

test('of a bucket the causes are those of S3, of both places those of both', () => {
  const inBucket: Absence = { place: bucket, because: 'nothing-there' }
  const ofBucket = whyMissing([inBucket], over, now).causes.join()
  expect(ofBucket).toMatch(
    /s3:PutObject.*GetEncryptionConfiguration.*kms:GenerateDataKey.*way to S3.*lifecycle/,
  )
  expect(ofBucket).not.toMatch(/logs:|CloudWatch/)
  const both = whyMissing([...nothing, inBucket], over, now)
  expect(both.message).toBe('There is no transcript in /ecs/exec or transcripts.')
  expect(both.causes.join()).toMatch(/logs:PutLogEvents.*s3:PutObject.*CloudWatch Logs and S3/)
})
