import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../../../../src/contract/audit.ts'
import type { CloudEvent } from '../../../../../src/contract/cloud-audit.ts'
import {
  deliveryGraceMilliseconds,
  reconcile,
  sameRefusalMilliseconds,
} from '../../../../../src/core/audit/cloud/reconcile.ts'
import { sampleContainer } from '../../../../fixtures/session-samples.ts'

const hour = 3600_000
const now = 1000 * hour
const read = { from: 0, to: now }

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function session(number: number, startedAt: number, awsSessionId?: string, earlier?: string[]): AuditEntry {
  return {
    kind: 'session',
    sessionId: uuid(number),
    awsSessionId,
    earlierAwsSessionIds: earlier,
    container: sampleContainer,
    command: 'sh',
    userName: 'ana',
    startedAt,
    live: false,
    outputBytes: 1,
    hasRecording: true,
  }
}

function refused(number: number, at: number): AuditEntry {
  const facts = { container: sampleContainer, command: 'sh', code: 'ACCESS_DENIED', message: 'no' }
  return { kind: 'refused', sessionId: uuid(number), userName: 'ana', at, ...facts }
}

function event(eventId: string, at: number, changes: Partial<CloudEvent> = {}): CloudEvent {
  return {
    eventId,
    kind: 'exec',
    at,
    accountId: '111122223333',
    region: 'eu-west-1',
    taskId: sampleContainer.taskId,
    containerName: 'api',
    userName: 'ana',
    client: 'aws-cli',
    live: false,
    ...changes,
  }
}

const stateOf = (entries: AuditEntry[], events: CloudEvent[], range: typeof read | undefined = read) =>
  reconcile({ entries, events, read: range, now }).sources[uuid(1)]

describe('a session of the ledger', () => {
  test('and its event are one', () => {
    const { events, sources } = reconcile({
      entries: [session(1, now - hour, 'aws-1')],
      events: [event('e', now - hour, { awsSessionId: 'aws-1' })],
      read,
      now,
    })
    expect(events).toEqual([])
    expect(sources[uuid(1)]).toMatchObject({ state: 'matched', event: { eventId: 'e' } })
  })

  test('takes the events of all that AWS granted for it', () => {
    const events = ['aws-1', 'aws-2'].map((id) => event(id, now - hour, { awsSessionId: id }))
    const entries = [session(1, now - hour, 'aws-2', ['aws-1'])]
    expect(reconcile({ entries, events, read, now }).events).toEqual([])
  })

  test.each([
    ['may still come', now - deliveryGraceMilliseconds + 1, read, 'pending', undefined],
    ['should have come', now - deliveryGraceMilliseconds, read, 'local-only', deliveryGraceMilliseconds],
    ['has been missing for long', now - 17 * hour, read, 'local-only', 17 * hour],
    ['was not read for yet', now - 2 * hour, { from: 0, to: now - 2 * hour }, 'pending', undefined],
    ['is older than what was read', 1, { from: 2, to: now }, 'unknown', undefined],
    ['was never read for', now - hour, undefined, 'unknown', undefined],
  ] as const)('whose event %s', (_, startedAt, range, state, missingFor) => {
    const source = reconcile({ entries: [session(1, startedAt, 'aws-1')], events: [], read: range, now })
    expect(source.sources[uuid(1)]).toEqual({ state, ...(missingFor !== undefined && { missingFor }) })
  })

  test('without an id of AWS cannot be looked for', () => {
    expect(stateOf([session(1, now - hour)], [])).toEqual({ state: 'unknown' })
  })

  test('that was deleted leaves its event cloud only', () => {
    const events = [event('e', now - hour, { awsSessionId: 'aws-1', client: 'porthole' })]
    expect(reconcile({ entries: [], events, read, now }).events).toEqual(events)
  })
})

describe('a refusal', () => {
  const refusal = { code: 'AccessDeniedException' }

  test("and CloudTrail's are one when it is the same person at about the same time", () => {
    expect(stateOf([refused(1, now - hour)], [event('e', now - hour - 900, { refusal })])).toMatchObject({
      state: 'matched',
    })
  })

  test.each([
    ['somebody else', event('e', now - hour, { refusal, userName: 'lena' })],
    ['another container', event('e', now - hour, { refusal, containerName: 'worker' })],
    ['another time', event('e', now - hour - sameRefusalMilliseconds - 1, { refusal })],
    ['a session that opened', event('e', now - hour)],
  ])('is not that of %s', (_, other) => {
    const { events, sources } = reconcile({ entries: [refused(1, now - hour)], events: [other], read, now })
    expect(events).toEqual([other])
    expect(sources[uuid(1)]).toEqual({ state: 'unknown' })
  })
})

test('a second event of Session Manager for a session of ECS is no bypass', () => {
  const events = [
    event('one', now - hour, { awsSessionId: 'aws-1' }),
    event('two', now - hour, { awsSessionId: 'aws-1', kind: 'direct' }),
    event('three', now - hour, { awsSessionId: 'aws-2', kind: 'direct' }),
  ]
  const left = reconcile({ entries: [], events, read, now }).events
  expect(left.map(({ eventId }) => eventId)).toEqual(['one', 'three'])
})

test('every session has one answer, and every event is in one place', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const local = fc.uniqueArray(fc.tuple(ids, fc.integer({ min: 0, max: now })), { selector: ([id]) => id })
  const cloud = fc.uniqueArray(fc.tuple(ids, fc.integer({ min: 0, max: now })), { selector: ([id]) => id })
  fc.assert(
    fc.property(local, cloud, (sessions, trail) => {
      const entries = sessions.map(([id, at], index) => session(index, at, id))
      const events = trail.map(([id, at]) => event(`event ${id}`, at, { awsSessionId: id }))
      const { events: left, sources } = reconcile({ entries, events, read, now })
      const matched = Object.values(sources).flatMap(({ event: found }) => found?.awsSessionId ?? [])
      const localIds = new Set(sessions.map(([id]) => id))
      expect(Object.keys(sources)).toHaveLength(entries.length)
      expect(matched.toSorted()).toEqual(
        trail
          .map(([id]) => id)
          .filter((id) => localIds.has(id))
          .toSorted(),
      )
      expect([...left.map(({ awsSessionId }) => awsSessionId), ...matched].toSorted()).toEqual(
        trail.map(([id]) => id).toSorted(),
      )
    }),
    { numRuns: 200 },
  )
})
