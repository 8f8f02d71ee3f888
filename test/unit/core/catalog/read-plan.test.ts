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

describe('Read plan', () => {
  it('reads what it has never seen, and what counts otherwise than before', () => {
    expect(plan.isDue('a', counts, 0)).toBe(true)
    read(cluster('a'), 0)
    expect(plan.isDue('a', counts, 1)).toBe(false)
    expect(plan.isDue('a', { ...counts, running: 99 }, 1)).toBe(true)
    expect(plan.isDue('a', { ...counts, pending: 1 }, 1)).toBe(true)
    plan.forget('a')
    expect(plan.isDue('a', counts, 1)).toBe(true)
  })

  it('keeps an idle minute within its budget, however many clusters there are', () => {
    const clusters = Array.from({ length: 17 }, (_, index) => cluster(`c${index}`))
    const lookEvery = 15_000
    const minutes = 30
    let calls = 0
    for (const each of clusters) read(each, 0)
    for (let now = lookEvery; now <= minutes * minute; now += lookEvery)
      for (const each of clusters)
        if (plan.isDue(each.arn, counts, now)) {
          calls += callsToRead(each)
          read(each, now)
        }
    expect(calls / minutes).toBeLessThanOrEqual(idleReadsPerMinute)
    // Everything is seen anew all the same.
    expect(calls).toBeGreaterThan(10 * 17 * callsToRead(cluster('c0')))
  })

  it('looks at what moves every few seconds, and ever more rarely while nothing comes of it', () => {
    const [service] = cluster('a').services
    if (service === undefined) throw new Error('The fixture has no service.')
    const stuck = cluster('a', { services: [{ ...service, runningCount: 3, desiredCount: 4 }], tasks: [] })
    read(stuck, 0)
    expect(plan.isMoving()).toBe(true)
    expect(plan.isDue('a', counts, 5_000)).toBe(true)
    for (const at of [5_000, 15_000, 35_000]) read(stuck, at)
    expect(plan.isMoving()).toBe(false)
    read(stuck, 36_000, true)
    expect(plan.isMoving()).toBe(true)
  })

  it('reads again at every look what AWS throttled', () => {
    const problems = [{ code: 'THROTTLED' as const, message: '', retryable: true }]
    read(cluster('a', { problems }), 0)
    expect(plan.isDue('a', counts, 1)).toBe(true)
  })
})
