import { expect, test } from 'vitest'
import { keptWords } from '../../../../src/renderer/features/replay/kept-words.ts'

const now = new Date(2026, 10, 25, 12).getTime()
const session = { live: false, endedAt: now }

test('a recording is kept until its age is reached, or until the room is needed', () => {
  expect(keptWords(session, { days: 90 }, now)).toMatch(/^Until 23 Feb[^,]*(, 12:00)?$/)
  expect(keptWords(session, { days: 90, megabytes: 500 }, now)).toMatch(
    /^Until 23 Feb.*, while all fit in 500 MB$/,
  )
  expect(keptWords(session, { megabytes: 2048 }, now)).toBe('While all fit in 2 GB')
  expect(keptWords(session, {}, now)).toBe('For ever')
  expect(keptWords({ live: true }, { days: 90 }, now)).toBe('90 days from its end')
})

test('a hold says whose it is, because releasing the session does not release its task', () => {
  const kept = (holds: ('session' | 'task')[]) =>
    keptWords({ ...session, holds }, { days: 90, megabytes: 500 }, now)
  expect(kept(['session'])).toBe('On hold')
  expect(kept(['task'])).toBe('On hold, with its task')
  expect(kept(['session', 'task'])).toBe('On hold, itself and with its task')
})
