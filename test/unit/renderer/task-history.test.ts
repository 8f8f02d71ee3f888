import { expect, test } from 'vitest'
import type { HistoryLine, TaskHistory } from '../../../src/contract/audit.ts'
import { followHistory, isLive } from '../../../src/renderer/app/core/task-history.ts'

const line = (seq: number, at: number, endedAt?: number): HistoryLine => ({
  kind: 'session',
  seq,
  at,
  userName: 'ana',
  sessionId: `session ${seq}`,
  containerName: 'nginx',
  hasRecording: true,
  ...(endedAt !== undefined && { endedAt }),
})
const answer = (place: string, lines: HistoryLine[], isWhole = false): TaskHistory => ({
  place,
  isWhole,
  lines,
  newest: [],
})

test('news come to their places, and what they do not mention stays the same', () => {
  const first = followHistory(undefined, answer('1', [line(5, 50), line(1, 40), line(2, 30)], true))
  const second = followHistory(first, answer('2', [line(7, 60), line(5, 50, 55), line(6, 35)]))
  expect(second.lines.map(({ seq }) => seq)).toEqual([7, 5, 1, 6, 2])
  expect(second.lines.map(isLive)).toEqual([true, false, true, true, true])
  expect(second.lines[2]).toBe(first.lines[1])
  expect(second.place).toBe('2')
  // Nothing new: whoever shows the lines has nothing to do.
  expect(followHistory(second, answer('3', [])).lines).toBe(second.lines)
})

test('another history takes the place of the one before', () => {
  const first = followHistory(undefined, answer('1', [line(5, 50)], true))
  expect(followHistory(first, answer('1', [line(1, 10)], true)).lines).toEqual([line(1, 10)])
  expect(followHistory(first, answer('1', [], true)).lines).toEqual([])
})
