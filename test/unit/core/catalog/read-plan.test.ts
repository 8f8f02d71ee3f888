import { beforeEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../../src/contract/catalog.ts'
import { callsToRead } from '../../../../src/core/catalog/ecs-reader.ts'
import { createReadPlan, idleReadsPerMinute, type ReadPlan } from '../../../../src/core/catalog/read-plan.ts'
import * as world from '../../../../src/renderer/preview/fixture-world.ts'

const minute = 60_000
const counts = { services: 4, running: 100, pending: 0 }
const steady = world.clusters(0).find(({ name }) => name === 'data')

let plan: ReadPlan
beforeEach(() => {
  plan = createReadPlan()
})

/** A cluster at rest with 100 tasks in four services: four calls. */
function cluster(arn: string, change: Partial<Cluster> = {}): Cluster {
  const [task] = steady?.tasks ?? []
  if (steady === undefined || task === undefined) throw new Error('The fixture has no task.')
  const [service] = world.clusters(0).flatMap(({ services }) => services)
  if (service === undefined) throw new Error('The fixture has no service.')
  const atRest = {
    ...service,
    runningCount: 25,
    desiredCount: 25,
    pendingCount: 0,
    rolloutState: 'COMPLETED',
  }
  return {
    ...steady,
    arn,
    services: Array.from({ length: 4 }, () => atRest),
    tasks: Array.from({ length: 100 }, () => ({ ...task, status: 'RUNNING', desiredStatus: 'RUNNING' })),
    problems: [],
    ...change,
  }
}

function read(each: Cluster, at: number, changed = false): void {
  plan.noteRead(each, { at, counts, changed })
}

const isDue = (arn: string, now: number, seen = counts) => plan.due([{ arn, counts: seen }], now).has(arn)

describe('Read plan', () => {
  it('reads what it has never seen, and what counts otherwise than before', () => {
    expect(isDue('a', 0)).toBe(true)
    read(cluster('a'), 0)
    expect(isDue('a', 1)).toBe(false)
    expect(isDue('a', 1, { ...counts, running: 99 })).toBe(true)
    expect(isDue('a', 1, { ...counts, pending: 1 })).toBe(true)
    plan.forget('a')
    expect(isDue('a', 1)).toBe(true)
  })

  it('keeps every idle minute within its budget, however many clusters there are', () => {
    const clusters = Array.from({ length: 17 }, (_, index) => cluster(`c${index}`))
    const seen = clusters.map(({ arn }) => ({ arn, counts }))
    const most = callsToRead(cluster('c0'))
    const looksPerMinute = 4
    const reads = new Map<string, number>()
    plan.due(seen, 0)
    for (const each of clusters) read(each, 0)
    for (let look = 1; look <= 40 * looksPerMinute; look += looksPerMinute) {
      let calls = 0
      for (let part = 0; part < looksPerMinute; part += 1) {
        const now = ((look + part) * minute) / looksPerMinute
        for (const arn of plan.due(seen, now)) {
          calls += most
          reads.set(arn, (reads.get(arn) ?? 0) + 1)
          read(cluster(arn), now)
        }
      }
      // A look may begin one read more than it has calls for, and the next ones pay for it.
      expect(calls).toBeLessThanOrEqual(idleReadsPerMinute + most)
    }
    // All take turns: 40 minutes of 24 calls are 14 reads of each.
    for (const { arn } of clusters) expect(reads.get(arn)).toBeGreaterThanOrEqual(13)
  })

  it('does not save up calls while nobody looks', () => {
    const clusters = Array.from({ length: 100 }, (_, index) => cluster(`c${index}`))
    const seen = clusters.map(({ arn }) => ({ arn, counts }))
    plan.due(seen, 0)
    for (const each of clusters) read(each, 0)
    const most = callsToRead(cluster('c0'))
    expect(plan.due(seen, 600 * minute).size * most).toBeLessThanOrEqual(idleReadsPerMinute + most)
  })

  it('looks at what moves every few seconds, and ever more rarely while nothing comes of it', () => {
    const [service] = cluster('a').services
    if (service === undefined) throw new Error('The fixture has no service.')
    const stuck = cluster('a', { services: [{ ...service, runningCount: 3, desiredCount: 4 }], tasks: [] })
    read(stuck, 0)
    expect(plan.isMoving()).toBe(true)
    expect(isDue('a', 5_000)).toBe(true)
    for (const at of [5_000, 15_000, 35_000]) read(stuck, at)
    expect(plan.isMoving()).toBe(false)
    read(stuck, 36_000, true)
    expect(plan.isMoving()).toBe(true)
  })

  it('reads again at every look what AWS throttled', () => {
    const problems = [{ code: 'THROTTLED' as const, message: '', retryable: true }]
    read(cluster('a', { problems }), 0)
    expect(isDue('a', 1)).toBe(true)
  })
})
