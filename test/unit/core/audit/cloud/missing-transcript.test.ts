import { expect, test } from 'vitest'
import {
  uploadPatienceMilliseconds,
  whyMissing,
} from '../../../../../src/core/audit/cloud/missing-transcript.ts'
import type { TranscriptPlace } from '../../../../../src/core/audit/cloud/transcript-place.ts'

const now = 1_000_000_000
const group: TranscriptPlace = { kind: 'log-group', name: '/ecs/exec' }
const over = { live: false, endedAt: now - uploadPatienceMilliseconds }

test.each([
  [
    'logging is off',
    { kind: 'nowhere', because: 'logging-off' } as const,
    over,
    false,
    /set to log no/,
    1,
    false,
  ],
  [
    'there is no awslogs',
    { kind: 'nowhere', because: 'no-awslogs' } as const,
    over,
    false,
    /awslogs/,
    1,
    false,
  ],
  [
    'it goes to S3',
    { kind: 'bucket', name: 'b', prefix: 'p' } as const,
    over,
    false,
    /b\/p\/<session ID>\.log/,
    0,
    false,
  ],
  ['the session lives', group, { live: true }, false, /when the session is over/, 0, true],
  ['the session has just ended', group, { live: false, endedAt: now - 1000 }, false, /yet/, 0, true],
  ['the group is not there', group, over, true, /does not exist/, 1, false],
])('why when %s', (_, place, end, groupMissing, message, causes, later) => {
  const why = whyMissing(place, end, now, groupMissing)
  expect(why.message).toMatch(message)
  expect(why.causes).toHaveLength(causes)
  expect(why.later).toBe(later)
})

test('when nothing is certain every known cause is named, the missing program first', () => {
  const { causes, later } = whyMissing(group, over, now)
  expect(causes[0]).toContain('script')
  expect(causes.join()).toMatch(/task role.*kms:Decrypt.*VPC endpoint/)
  expect(later).toBe(false)
})
