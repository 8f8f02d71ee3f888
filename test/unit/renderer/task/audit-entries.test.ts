import { describe, expect, test } from 'vitest'
import type { HistoryLine } from '../../../../src/contract/audit.ts'
import type { CloudEvent } from '../../../../src/contract/cloud-audit.ts'
import {
  dayLabel,
  filterEntries,
  groupByDay,
  keyOf,
  lastShells,
  listedEntries,
  visitorsOf,
  visitsOf,
  withContainerNames,
} from '../../../../src/renderer/features/task/audit-entries.ts'

const minute = 60_000
const now = new Date(2026, 10, 18, 14, 40).getTime()

let made = 0
function session(userName: string, at: number, length: number | undefined, containerName = 'nginx') {
  made += 1
  return {
    kind: 'session' as const,
    seq: made,
    sessionId: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    at,
    userName,
    containerName,
    hasRecording: true,
    ...(length !== undefined && { endedAt: at + length }),
  }
}

const refused: HistoryLine = {
  kind: 'refused',
  seq: 1001,
  sessionId: '00000000-0000-4000-8000-00000000ffff',
  containerName: 'nginx',
  userName: 'lena',
  at: now - 100 * minute,
}
const replaced: HistoryLine = { kind: 'task-replaced', seq: 1002, userName: 'raj', at: now - minute }

describe('the list', () => {
  const entries = [replaced, session('ana', now - 10 * minute, undefined), refused]

  test('has the start of the task at its own place', () => {
    const listed = listedEntries({
      lines: entries,
      start: { at: now - 50 * minute, taskDefinition: 'storefront:187' },
    })
    expect(listed.map(({ kind }) => kind)).toEqual(['task-replaced', 'session', 'started', 'refused'])
    expect(listed.map(({ at }) => at)).toEqual(
      listed.map(({ at }) => at).toSorted((one, other) => other - one),
    )
  })

  test('stays empty while nothing was done', () => {
    expect(listedEntries({ lines: [], start: { at: now, taskDefinition: 'storefront:187' } })).toEqual([])
  })

  test('is filtered by what happened', () => {
    const kinds = (filter: Parameters<typeof filterEntries>[1]) =>
      filterEntries(entries, filter).map(({ kind }) => kind)
    expect(kinds('all')).toHaveLength(3)
    expect(kinds('sessions')).toEqual(['session'])
    expect(kinds('refused')).toEqual(['refused'])
    expect(kinds('deployments')).toEqual(['task-replaced'])
  })

  test('has rows that are told apart', () => {
    expect(new Set(entries.map(keyOf)).size).toBe(3)
  })
})

describe('days', () => {
  test.each([
    [new Date(2026, 10, 18, 0, 0), 'Today'],
    [new Date(2026, 10, 17, 23, 59), 'Yesterday'],
    [new Date(2026, 10, 17, 0, 0), 'Yesterday'],
    [new Date(2026, 10, 16, 23, 59), '16 Nov'],
    [new Date(2025, 11, 31, 12, 0), '31 Dec 2025'],
  ])('%s is %s', (date, label) => {
    expect(dayLabel(date.getTime(), now)).toBe(label)
  })

  test('yesterday is the day before by the calendar, also when the clocks change', () => {
    const afterChange = new Date(2026, 2, 29, 23, 30).getTime()
    expect(dayLabel(new Date(2026, 2, 28, 0, 15).getTime(), afterChange)).toBe('Yesterday')
    expect(dayLabel(new Date(2026, 0, 1, 9, 0).getTime(), new Date(2026, 0, 2, 0, 1).getTime())).toBe(
      'Yesterday',
    )
  })

  test('group entries and keep their order', () => {
    const times = [now, now - minute, now - 24 * 60 * minute, now - 72 * 60 * minute]
    const days = groupByDay(
      times.map((at) => session('ana', at, minute)),
      now,
    )
    expect(days.map(({ label }) => label)).toEqual(['Today', 'Yesterday', '15 Nov'])
    expect(days.flatMap(({ entries }) => entries).map(({ at }) => at)).toEqual(times)
  })
})

describe('who was inside', () => {
  test('is counted by person, up to now while somebody is', () => {
    const entries = [
      session('ana', now - 10 * minute, undefined),
      session('raj', now - 60 * minute, 30 * minute),
      session('ana', now - 99 * minute, 5 * minute),
      refused,
    ]
    expect(visitorsOf(visitsOf(entries), now)).toEqual([
      { userName: 'raj', sessions: 1, inside: 30 * minute, live: false },
      { userName: 'ana', sessions: 2, inside: 15 * minute, live: true },
    ])
  })

  test('last is told by container, a live shell first', () => {
    const live = session('ana', now - 50 * minute, undefined)
    const later = session('raj', now - 5 * minute, minute)
    const app = session('raj', now - 90 * minute, minute, 'app')
    const older = session('ana', now - 95 * minute, minute, 'app')
    const last = lastShells(visitsOf([later, live, app, older]))
    expect(last.get('nginx')).toMatchObject({ key: live.sessionId, live: true })
    expect(last.get('app')?.key).toBe(app.sessionId)
    expect(last.has('log-router')).toBe(false)
    // Whoever it was, and wherever it was recorded.
    const lena: CloudEvent = {
      eventId: 'e',
      kind: 'exec',
      at: now - minute,
      accountId: '1',
      region: 'r',
      taskId: 't',
      containerName: 'app',
      userName: 'lena',
      client: 'aws-cli',
      live: false,
    }
    const refused = { ...lena, eventId: 'f', at: now, refusal: { code: 'AccessDeniedException' } }
    expect(lastShells(visitsOf([app], [lena, refused])).get('app')).toMatchObject({
      userName: 'lena',
      startedAt: lena.at,
    })
  })

  test('a session that went around ECS is of the container that its runtime id names', () => {
    const direct: CloudEvent = {
      eventId: 'around',
      kind: 'direct',
      at: 5,
      accountId: '1',
      region: 'r',
      taskId: 't',
      runtimeId: 'rt-2',
      userName: 'raj',
      client: 'aws-cli',
      live: false,
    }
    const containers = [
      { name: 'app', runtimeId: 'rt-1' },
      { name: 'nginx', runtimeId: 'rt-2' },
    ]
    const gone = { ...direct, eventId: 'gone', runtimeId: 'rt-3' }
    const events = withContainerNames([direct, gone], containers)
    expect(events.map(({ containerName }) => containerName)).toEqual(['nginx', undefined])
    expect([...lastShells(visitsOf([], events)).keys()]).toEqual(['nginx'])
  })
})
