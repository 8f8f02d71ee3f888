import { expect, test } from 'vitest'
import type { AuditEvent } from '../../../../src/core/audit/ledger/audit-events.ts'
import { TaskNews } from '../../../../src/core/audit/task-news.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'

const chunk = (taskArn: string) => ({ type: 'recording.chunk', taskArn }) as AuditEvent
const end = (taskArn: string) => ({ type: 'session.end', taskArn }) as AuditEvent

test('a recording that grows is told once a second, anything else at once', async () => {
  const clock = createHandClock()
  const told: string[] = []
  using news = new TaskNews(clock, ({ taskArn }) => told.push(taskArn))
  for (let count = 0; count < 50; count += 1) news.noted(chunk('one'))
  news.noted(chunk('two'))
  expect(told).toEqual([])
  await clock.advance(1000)
  expect(told).toEqual(['one', 'two'])
  news.noted(chunk('one'))
  news.noted(end('one'))
  expect(told).toEqual(['one', 'two', 'one'])
  await clock.advance(5000)
  expect(told).toHaveLength(3)
})

test('nothing is told after its end, and what belongs to no task is no news', async () => {
  const clock = createHandClock()
  const told: string[] = []
  const news = new TaskNews(clock, ({ taskArn }) => told.push(taskArn))
  news.noted(chunk('one'))
  news.noted({ type: 'schema.migrated' } as AuditEvent)
  news[Symbol.dispose]()
  expect(clock.pendingTimers).toBe(0)
  expect(told).toEqual([])
})
