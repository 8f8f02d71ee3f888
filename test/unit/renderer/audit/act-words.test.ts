import { describe, expect, test } from 'vitest'
import { type RecordActKind, recordActMatters } from '../../../../src/contract/record-acts.ts'
import { actWords, howMuch, isAlarming } from '../../../../src/renderer/features/audit/record/act-words.ts'

const amount = (kind: RecordActKind, detail: Record<string, string> = {}) => howMuch({ kind, detail })

describe('what an act comes to', () => {
  test.each<[RecordActKind, Record<string, string>, string]>([
    [
      'audit.imported',
      { file: 'trail.json', sha256: '0123456789ab', records: '1204', shells: '1' },
      'trail.json, 1 shell of 1,204 events, SHA-256 01234567',
    ],
    [
      'cloud.pruned',
      { events: '12', before: '2026-08-27T12:00:00.000Z', sha256: 'feedface00' },
      '12 events, from before 27 Aug 2026, SHA-256 feedface',
    ],
    ['audit.exported', { selection: 'task', forms: 'recordings, text' }, 'one task, recordings, text'],
    [
      'audit.exported',
      { selection: 'range', forms: 'redacted', from: '2026-11-01T12:00:00Z', to: '2026-11-08T12:00:00Z' },
      'a span of time, 1 Nov 2026 to 8 Nov 2026, redacted',
    ],
    ['recording.shredded', { cause: 'retention', bytes: '4096' }, 'older or more than is kept, 4 KB'],
    ['retention.changed', { days: '90', megabytes: 'no limit' }, '90 days, no limit'],
    ['retention.changed', { days: 'for ever', megabytes: '2048' }, 'for ever, at most 2,048 MB'],
    ['audit.verified', { events: '9214', findings: '0' }, '9,214 events, intact'],
    ['audit.verified', { events: '1', findings: '2' }, '1 event, differs in 2 places'],
    ['recording.viewed', { sessionOf: 'raj' }, 'of raj'],
    ['recording.paused', { reason: 'a password' }, 'a password'],
    ['ledger.created', {}, ''],
  ])('%s', (kind, detail, words) => {
    expect(amount(kind, detail)).toBe(words)
  })

  test('is said of every kind, also where nobody did it or nothing is told', () => {
    for (const kind of Object.keys(recordActMatters) as RecordActKind[]) {
      expect(actWords[kind].words || actWords[kind].alone).toBeTruthy()
      expect(amount(kind)).not.toContain('undefined')
      expect(amount(kind)).not.toContain('NaN')
    }
  })
})

test('what speaks against the record stands out', () => {
  expect(isAlarming({ kind: 'audit.verified', detail: { findings: '1' } })).toBe(true)
  expect(isAlarming({ kind: 'audit.verified', detail: { findings: '0' } })).toBe(false)
  expect(isAlarming({ kind: 'record.doubted', detail: {} })).toBe(true)
})
