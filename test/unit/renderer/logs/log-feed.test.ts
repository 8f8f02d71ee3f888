import { expect, test, vi } from 'vitest'
import type { LogBatch } from '../../../../src/contract/logs.ts'
import type { CoreClient } from '../../../../src/renderer/app/core/core-link.ts'
import { LogFeed, paceOf } from '../../../../src/renderer/features/logs/log-feed.ts'

const none: LogBatch = { lines: [], problems: [], complete: false, askedAt: 1 }
const task = {
  scope: { identityId: 'sso:corp', accountId: '111122223333', roleName: 'R', region: 'eu-west-1' },
  clusterArn: 'c',
  taskArn: 't',
  taskId: 't',
}

/** A core with 450 lines of the past and one that comes later. */
function core(calls: string[]) {
  let older = 450
  let given = false
  const answer = (name: string, params: { lines?: number }): unknown => {
    if (name === 'logs.open') return { id: crypto.randomUUID(), sources: [{ container: 'nginx' }] }
    if (name === 'logs.older') {
      const count = Math.min(older, params.lines ?? 0)
      older -= count
      const lines = Array.from({ length: count }, (_, index) => ({ source: 0, at: older + index, text: 'x' }))
      return { ...none, lines, complete: older === 0 }
    }
    if (name === 'logs.newer' && !given) {
      given = true
      return { ...none, lines: [{ source: 0, at: 9999, text: 'news' }] }
    }
    return name === 'logs.newer' ? new Promise(() => {}) : {}
  }
  const call = async (name: string, params: object) => {
    calls.push(name)
    return { ok: true as const, value: await answer(name, params) }
  }
  return { call, on: () => ({ [Symbol.dispose]() {} }) } as unknown as CoreClient
}

test('a feed shows the newest lines first, reads to the beginning and follows; closing it ends all', async () => {
  const calls: string[] = []
  const feed = new LogFeed(core(calls), { task, range: { from: 0 }, pattern: undefined }, () => true)
  const sizes: number[] = []
  feed.subscribe(() => sizes.push(feed.read().lines.length))
  await feed.start()
  await vi.waitFor(() => expect(feed.read().lines).toHaveLength(451))
  expect(sizes.find((size) => size > 0)).toBe(200)
  expect(feed.read()).toMatchObject({ phase: 'open', complete: true, loading: false })
  expect(feed.read().lines.at(-1)?.text).toBe('news')
  await feed.loadOlder()
  feed[Symbol.dispose]()
  expect(calls.filter((name) => name === 'logs.older')).toHaveLength(2)
  expect(calls.at(-1)).toBe('logs.close')
})

test('while nobody looks, nothing new is asked for', async () => {
  vi.useFakeTimers()
  try {
    const calls: string[] = []
    let watched = false
    const feed = new LogFeed(core(calls), { task, range: { from: 0 }, pattern: undefined }, () => watched)
    await feed.start()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls).not.toContain('logs.newer')
    watched = true
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls).toContain('logs.newer')
    feed[Symbol.dispose]()
  } finally {
    vi.useRealTimers()
  }
})

test('the pace is that of the last ten seconds', () => {
  const arrivals = [
    { at: 0, count: 500 },
    { at: 15_000, count: 20 },
    { at: 19_000, count: 20 },
  ]
  expect(paceOf(arrivals, 20_000)).toBe(4)
})
