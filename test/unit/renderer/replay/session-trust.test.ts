import { expect, test } from 'vitest'
import type { IntegrityFinding, IntegrityState } from '../../../../src/contract/integrity.ts'
import { verdictOn } from '../../../../src/renderer/features/replay/session-trust.tsx'

const session = { sessionId: 'one', endedAt: 1000, hasRecording: true }

function checked(
  findings: IntegrityFinding[],
  more: { at?: number; findingCount?: number } = {},
): IntegrityState {
  return {
    keyStore: 'file',
    problems: [],
    report: {
      at: 2000,
      intact: findings.length === 0,
      events: 9,
      checkpoints: 1,
      recordings: 2,
      bytes: 100,
      unfinished: 0,
      findings,
      findingCount: findings.length,
      ...more,
    },
  }
}

test('a session is verified by a check that came after its end and found nothing in it', () => {
  const other: IntegrityFinding = { kind: 'recording', message: 'Another one was changed.', sessionId: 'two' }
  expect(verdictOn(session, checked([]))?.problem).toBeUndefined()
  expect(verdictOn(session, checked([]))).toBeDefined()
  expect(verdictOn(session, checked([other]))?.problem).toBeUndefined()
  const changed: IntegrityFinding = { kind: 'recording', message: 'Byte 17 was changed.', sessionId: 'one' }
  expect(verdictOn(session, checked([other, changed]))?.problem).toBe('Byte 17 was changed.')
})

test('nothing is called verified without a recording, or by a ledger that is damaged itself', () => {
  expect(verdictOn({ ...session, hasRecording: false }, checked([]))).toBeUndefined()
  const gone: IntegrityFinding = { kind: 'recording-missing', message: 'It is gone.', sessionId: 'one' }
  expect(verdictOn({ ...session, hasRecording: false }, checked([gone]))?.problem).toBe('It is gone.')
  for (const kind of ['event', 'events-missing', 'rewritten', 'checkpoint', 'outside'] as const)
    expect(verdictOn(session, checked([{ kind, message: 'The ledger was changed.' }]))).toBeUndefined()
})

test('without a check, before its end, and behind a cut list nothing is said', () => {
  expect(verdictOn(session, undefined)).toBeUndefined()
  expect(verdictOn(session, { keyStore: 'file', problems: [] })).toBeUndefined()
  expect(verdictOn(session, checked([], { at: 500 }))).toBeUndefined()
  expect(verdictOn({ ...session, endedAt: undefined }, checked([]))).toBeUndefined()
  expect(verdictOn(session, checked([], { findingCount: 200 }))).toBeUndefined()
})
